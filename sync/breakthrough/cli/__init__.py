"""The command line: click commands, progress bars, exit codes. Everything else is done in the rooms below."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module

import click

from breakthrough import __version__
from breakthrough.errors import BreakthroughError
from breakthrough.worker import faults

# Each is imported only when it is called, so that --help stays quick.
_COMMANDS = {
    "demo": "A whole collaborative month on this computer; no REDCap needed.",
    "init": "Start a deployment folder: settings and a collaborative to change.",
    "check": "Say what is wrong with settings, tokens, store, mail and more, and what to do.",
    "instruments": "List, show and preview what people fill in.",
    "lint": "Say what is wrong with a data dictionary, instrument ZIP or project XML.",
    "plan": "Say what deploy would change in REDCap, step by step, and what it would cost.",
    "deploy": "Bring a REDCap project in line with the definitions: forms, repeats, groups, roles, people.",
    "import": "Take counts by team and month from a spreadsheet into the monthly form.",
    "pull": "Bring the records from REDCap into the local store.",
    "status": "Show when records were last pulled, what is held, and what is due.",
    "measures": "Work out each measure by team and month, with its state.",
    "explain": "Say where a figure comes from, down to the rows of REDCap.",
    "report": "Write the reports of a month as web pages, to look at before they go out.",
    "send": "Email the reports of a month; what has gone out already is not sent again.",
    "outbox": "List messages; show, release, resend or cancel some.",
    "write-back": "List what went back into REDCap; settle what needs a person.",
    "store": "Upgrade the store, back it up, put a backup in place, erase a record.",
    "run": "Keep pulling, reporting and sending by the calendar.",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"breakthrough.cli.{'intake' if cmd_name == 'import' else cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "BREAKTHROUGH",
        "max_content_width": 100,
    },
    epilog="New here? Run: breakthrough demo",
)
@click.version_option(__version__, "-V", "--version", prog_name="breakthrough")
def group() -> None:
    """Run a Breakthrough Series Collaborative on REDCap: records in, progress reports out, every month."""


def main() -> None:
    """Runs the command line and exits: 0 done, 1 unknown fault, 2 wrong use, else the code of the error's family."""
    try:
        group.main(standalone_mode=False)
    except BreakthroughError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever reads our output has seen enough; nothing more may be written to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(
            f"Error: {where}{error.strerror or type(error).__name__}. Check the path and who may use it.", err=True
        )
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 (a traceback's last line may repeat what a field or a statement held)
        faults.record(logging.getLogger("breakthrough"), "the command", error)
        sys.exit(1)
