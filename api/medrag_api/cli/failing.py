"""Tells a failure at the command line: in words on stderr, or as one problem document on stdout, with its exit code."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from typing import Any

import click

from medrag.errors import MedragError
from medrag_api.problems import problem_json, problem_of_error

__all__ = ["exit_code_of", "put_json"]

INTERRUPTED = 130


def put_json(told: Any) -> None:
    """One document on stdout, UTF-8 whatever the terminal says. Half characters become JSON's own escapes."""
    import json

    click.echo(json.dumps(told, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace"))


def exit_code_of(error: BaseException, words: Sequence[str]) -> int:
    """Says what went wrong and gives the code; ``words`` are the command line."""
    as_json = "--json" in words[: words.index("--") if "--" in words else len(words)]
    instance = f"urn:medrag:command:{command_of(words)}"
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return tell(
            problem_json("interrupted", "Interrupted", 499, "Stopped.", instance), INTERRUPTED, as_json
        )
    if isinstance(error, click.ClickException):
        return tell_usage(error, instance, as_json)
    if isinstance(error, MedragError):
        problem = problem_of_error(error, instance, places=True)
        return tell(problem, error.exit_code, as_json, str(error))
    return tell_unexpected(error, instance, as_json)


def command_of(words: Sequence[str]) -> str:
    """The command's name for a document; whatever else stood there is not told back."""
    from medrag_api.cli import COMMANDS

    return next((word for word in words if word in COMMANDS), "medrag")


def tell_usage(error: click.ClickException, instance: str, as_json: bool) -> int:
    """click's own words, which name the option and the way to help."""
    if not as_json:
        error.show()
        return error.exit_code
    option = getattr(getattr(error, "param", None), "name", None)
    said = error.format_message()
    errors = [(option, said)] if option else []
    return tell(
        problem_json("usage-error", "The call is wrong", 422, said, instance, errors),
        error.exit_code,
        as_json,
    )


def tell_unexpected(error: BaseException, instance: str, as_json: bool) -> int:
    """A fault of medrag's own: its kind and place, and the whole trace when it is asked for."""
    if os.environ.get("MEDRAG_LOG_LEVEL", "").lower() == "debug":
        click.echo("".join(traceback.format_exception(error)), err=True)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a name in a traceback
    detail = f"{type(error).__name__} in {where}. This is a fault in medrag; MEDRAG_LOG_LEVEL=debug shows its trace."
    return tell(problem_json("unexpected", "Something failed", 500, detail, instance), 1, as_json)


def tell(problem: dict[str, Any], code: int, as_json: bool, words: str = "") -> int:
    """The document on stdout, or ``Title: words`` on stderr."""
    if as_json:
        put_json(problem | {"exit_code": code})
    else:
        click.echo(f"{problem['title']}: {words or problem['detail']}", err=True)
    return code
