"""What Alembic runs to apply a migration: on the connection, and in the transaction, that `store.schema` hands over."""

from alembic import context

from breakthrough.store.columns import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
