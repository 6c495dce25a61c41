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
