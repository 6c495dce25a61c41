"""The command line: a table of commands, each loaded when it is called, so that ``medrag --help`` is there at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

import click

from medrag_api.cli.failing import exit_code_of

__all__ = ["COMMANDS", "main"]

#: Name: where the command is, and its line in the help.
COMMANDS: Final = {
    "try": ("medrag_api.cli.trial:try_it", "Fill the starter shelf, then answer two questions."),
    "ingest": ("medrag_api.cli.ingest:ingest", "Put works on the shelf: manifest files or shelf ids."),
    "ask": ("medrag_api.cli.ask:ask", "Answer a question with exact quotes."),
    "replay": ("medrag_api.cli.replay:replay", "Show an answer again as it was given, and ask it again."),
    "consult": ("medrag_api.cli.consult:consult", "Ask in turns: it remembers, and asks back."),
    "check": ("medrag_api.cli.check:check", "Check drugs against each other and the patient."),
    "drug": ("medrag_api.cli.drug:drug", "One drug: names, codes, classes, risks, interactions."),
    "search": ("medrag_api.cli.search:search", "Find passages, and how each was found."),
    "graph": ("medrag_api.cli.graph:graph", "The drug and disease graph: stats, path, report, export."),
    "shelf": ("medrag_api.cli.shelf:shelf", "What is held: list, show, diff, history."),
    "packs": ("medrag_api.cli.packs:packs", "Specialty packs: list, show."),
    "serve": ("medrag_api.cli.serve:serve", "Serve HTTP on this machine."),
    "mcp": ("medrag_api.cli.mcp:mcp", "Serve agents over stdin and stdout (MCP)."),
    "keys": ("medrag_api.cli.keys:keys", "Keys for the server: create, list, rotate, revoke."),
    "audit": ("medrag_api.cli.audit:audit", "Who did what at the server: show, verify."),
    "backup": ("medrag_api.cli.backup:backup", "Everything kept, as one file."),
    "restore": ("medrag_api.cli.backup:restore", "Put a backup back, whole or not at all."),
    "doctor": ("medrag_api.cli.doctor:doctor", "Check everything kept, and say what to do."),
    "bench": ("medrag_api.cli.bench:bench", "Measure speed on this machine: interactions, ingest, verify."),
    "eval": ("medrag_api.cli.evaluate:evaluate", "Measure retrieval on question sets (BEIR layout)."),
}


#: 128 + SIGPIPE, as cat or grep end when their reader goes away.
PIPE_GONE: Final = 141


class Doors(click.Group):
    """The table as a click group. Whatever fails is told in words and by exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command. click would end a broken pipe with 1, as if the command had failed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(leave_pipe()) from None

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> NoReturn:
        """Runs a command and exits: see medrag.errors for the codes; 130 after Ctrl-C, 141 when the reader went away."""
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            code = super().main(words, *rest, **extra)
            sys.stdout.flush()
        except BrokenPipeError:
            code = leave_pipe()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last door of the command line
            code = exit_code_of(error, words)
        sys.exit(code if isinstance(code, int) else 0)


def leave_pipe() -> int:
    """Points stdout nowhere, since Python flushes it once more at exit; gives the code a SIGPIPE would."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return PIPE_GONE


def show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        import medrag

        click.echo(f"medrag {medrag.__version__}")
        ctx.exit()


@click.group(cls=Doors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Answers medication and guideline questions from sources it can show.

    Every sentence of an answer is proved by an exact quote from a named edition of a named source. medrag does not
    diagnose, triage or write prescriptions.

    Exit codes: 0 done, 2 wrong usage, 3 input refused, 4 a name was not resolved, 5 a source, index or model is
    unavailable. Every command takes --json and --home.
    """
