"""The command `redcap-sandbox`."""

from __future__ import annotations

import gc
import signal
from pathlib import Path
from threading import Event

import click

from redcap_sandbox.sandbox import Sandbox, serve
from redcap_sandbox.wire.refusals import Refusal
from redcap_sandbox.wire.server import DEFAULT_BODY_LIMIT

# How rarely garbage is looked for: an export makes millions of rows that are gone at once and hold no cycles.
_COLLECTING = (100_000, 50, 100)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A local server that speaks REDCap's API, for demos, tests and rehearsals.

    Not REDCap, and not affiliated with or endorsed by its makers. Only programs on this computer can reach it.
    """


@main.command("serve")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port; 0 takes a free one."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to keep the projects in; made if it is not there.",
)
@click.option(
    "--super-token",
    required=True,
    envvar="REDCAP_SANDBOX_SUPER_TOKEN",
    help="The token that creates projects: 64 characters out of 0-9 and A-F. [env: REDCAP_SANDBOX_SUPER_TOKEN]",
)
@click.option("--timezone", default="UTC", show_default=True, help="The server's time zone, e.g. Europe/London.")
@click.option(
    "--largest-body",
    type=click.IntRange(1),
    default=DEFAULT_BODY_LIMIT // 1024**2,
    show_default=True,
    metavar="MIB",
    help="The largest request that is read.",
)
@click.option(
    "--faults",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that says what goes wrong, and when: see docs/sandbox-faults.md.",
)
@click.option(
    "--base-url",
    default="",
    metavar="URL",
    help="What survey links begin with, e.g. https://redcap.example.org/redcap/; by default this server's address.",
)
def serve_command(
    port: int, data: Path, super_token: str, timezone: str, largest_body: int, faults: Path | None, base_url: str
) -> None:
    """Serve REDCap's API on this computer until interrupted.

    Prints one line with the word ready and the API's address once it listens.

    \b
    Example:
      export REDCAP_SANDBOX_SUPER_TOKEN=$(openssl rand -hex 32 | tr a-f A-F)
      redcap-sandbox serve --data sandbox-data
    """  # noqa: D301  (\b is click's mark for a paragraph that keeps its lines)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
    with _started(port, data, super_token, timezone, largest_body, faults, base_url) as sandbox:
        print(f"redcap-sandbox ready: {sandbox.url}", flush=True)
        stop.wait()


def _started(
    port: int, data: Path, super_token: str, timezone: str, largest_body: int, faults: Path | None, base_url: str
) -> Sandbox:
    try:
        limit = largest_body * 1024**2
        return serve(data, super_token, port, timezone, body_limit=limit, faults=faults, base_url=base_url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except Refusal as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise click.ClickException(
            f"The sandbox cannot start with port {port} and folder {data}: {why}. Use another port (0 takes a free "
            "one) or a folder you may write to."
        ) from error


if __name__ == "__main__":
    main()
