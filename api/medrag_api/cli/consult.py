"""``medrag consult``: a conversation at a terminal; what is understood stands under every answer, and can be corrected."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.backends import Models
    from medrag.dialogue.keeping import MemoryConversations
    from medrag.settings import Settings
    from medrag_api.desk import Desk

__all__ = ["consult"]

#: Words at a line's beginning that are no turns.
PLAN, SLOTS, NEW, END = "/plan", "/slots", "/new", "/end"
#: Seconds this process's own conversation lives: as long as it does.
AS_LONG_AS_IT_TAKES = 7 * 86400.0


@click.command(short_help="Ask in turns: it remembers, and asks back.")
@click.option(
    "--script",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="Take turns from this file, one a line (- is stdin), instead of asking for them.",
)
@door
def consult(script: Path | None, as_json: bool, settings: Settings) -> None:
    """A consultation in turns. Drugs and facts of the patient are kept from turn to turn, shown, and corrected by saying
    so ("not 78, 68"; "换成布洛芬呢？"). Nothing of it is written to disk; it ends with this command.

    /plan shows the checklist and what to monitor, /slots what is known, /new starts anew, /end ends.
    """
    from medrag.dialogue.keeping import MemoryConversations
    from medrag_api.wiring import open_models, reading_all

    talk = Talk(MemoryConversations(AS_LONG_AS_IT_TAKES, 1), open_models(settings), as_json)
    with reading_all(settings) as desk:
        for line in turns_of(script):
            if line == END:
                break
            talk.take(line, desk, settings)
    if as_json:
        put_json({"turns": talk.told})


def turns_of(script: Path | None) -> Iterator[str]:
    """One turn a line, from a script or a person."""
    if script is None:
        while True:
            try:
                line = click.prompt(">", prompt_suffix=" ", default="", show_default=False, err=True).strip()
            except click.Abort:
                return
            if line:
                yield line
    elif str(script) == "-":
        yield from (line.strip() for line in sys.stdin if line.strip())
    else:
        yield from (line.strip() for line in script.read_text(encoding="utf-8").splitlines() if line.strip())


class Talk:
    """The conversation of one command."""

    def __init__(self, store: MemoryConversations, models: Models, as_json: bool) -> None:
        self.store, self.models, self.as_json = store, models, as_json
        self.identifier = "new"
        #: Every document so far, for --json.
        self.told: list[dict[str, Any]] = []

    def take(self, line: str, desk: Desk, settings: Settings) -> None:
        """One line: a turn, or a word that begins with a slash."""
        if line == NEW:
            self.identifier = "new"
        elif line in (PLAN, SLOTS):
            self.show_known(line, desk)
        else:
            self.answer(line, desk, settings)

    def show_known(self, word: str, desk: Desk) -> None:
        from medrag_api.conversing import export_json
        from medrag_api.plans import make_plan
        from medrag_api.show_consultation import show_plan, show_slots

        if self.identifier == "new":
            click.echo("Nothing has been said yet.", err=True)
            return
        kept = self.store.get(self.identifier, "")
        document = make_plan(desk, kept.dialogue) if word == PLAN else export_json(kept, self.store.where)
        if self.as_json:
            self.told.append(document)
        elif word == PLAN:
            show_plan(document)
        else:
            show_slots(document["slots"])

    def answer(self, line: str, desk: Desk, settings: Settings) -> None:
        from medrag.answer.service import ask
        from medrag_api.conversing import hear, reply
        from medrag_api.requests import AskRequest, validated
        from medrag_api.reviewing import DeskReviewer
        from medrag_api.schemas import answer_json
        from medrag_api.show import show_answer
        from medrag_api.show_consultation import show_conversation

        asked = validated(AskRequest, {"question": line, "conversation_id": self.identifier})
        said = hear(asked, desk, self.store, "")
        document = reply(
            said,
            answer_json(ask(desk.shelf, said.question, settings, DeskReviewer(desk), self.models)),
            desk,
            self.store,
        )
        self.identifier = document["conversation"]["id"]
        if self.as_json:
            self.told.append(document)
            return
        show_answer(document)
        show_conversation(document["conversation"], document["language"])
