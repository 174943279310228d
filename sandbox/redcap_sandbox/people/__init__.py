"""Who may do what in a project: members, roles, rights, tokens."""
