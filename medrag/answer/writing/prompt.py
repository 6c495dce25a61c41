"""Prompts are files: read with their hash, filled once, never expanded twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from medrag.identifiers import sha256_text
from medrag.protocols import Message
from medrag.vocabulary import Language

__all__ = ["PROMPT", "Prompt", "load_prompt"]

#: Name and version of the prompt in force; a changed prompt is a new file.
PROMPT: Final = "answer-1"
#: The line between what the system says and what the user's message holds.
DIVIDER: Final = "\n---\n"
SLOT: Final = re.compile(r"\{\{(\w+)\}\}")
#: A question in French is put in the English prompt, which asks for French.
FILES: Final[Mapping[Language, str]] = {"en": "en", "fr": "en", "zh": "zh"}
NAMES: Final[Mapping[Language, str]] = {"en": "English", "zh": "简体中文", "fr": "French"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt with slots such as ``{{question}}``. ``sha256`` is of the file's bytes."""

    name: str
    system: str
    user: str
    sha256: str
    #: How the prompt calls the language to write in.
    language: str

    def fill(self, told: Mapping[str, str]) -> tuple[Message, Message]:
        """The messages. What is put into a slot is not searched for slots again. Raises KeyError for an unknown slot."""
        given = {**told, "language": self.language}
        return tuple(  # type: ignore[return-value]
            Message(role, SLOT.sub(lambda match: given[match[1]], text))
            for role, text in (("system", self.system), ("user", self.user))
        )


@cache
def load_prompt(language: Language, name: str = PROMPT) -> Prompt:
    """The prompt in the asker's language, shipped as ``medrag/prompts/NAME.LANGUAGE.md``."""
    file = f"{name}.{FILES[language]}"
    text = files("medrag.prompts").joinpath(f"{file}.md").read_text(encoding="utf-8")
    system, user = text.split(DIVIDER)
    return Prompt(file, system.strip(), user.strip(), sha256_text(text), NAMES[language])
