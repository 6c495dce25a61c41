"""Recognises what medrag does not do: diagnosis, prescriptions, triage, emergencies in progress, harm, other fields."""

from __future__ import annotations

import re
from typing import Final

from medrag.answer.signs import CLINICAL, SIGNS, UNLESS_CLINICAL, UNLESS_MEDICAL
from medrag.concepts import default_linker
from medrag.text.normalise import to_simplified

__all__ = ["KINDS", "refusal_kind"]

KINDS: Final = tuple(kind for kind, _ in SIGNS)
COMPILED: Final = tuple(
    (kind, tuple(re.compile(sign, re.IGNORECASE | re.DOTALL) for sign in signs)) for kind, signs in SIGNS
)
WORK: Final = re.compile(CLINICAL, re.IGNORECASE)
#: The asker is the patient: no clinical wording.
SELF: Final = re.compile(
    r"(?:我|本人)(?:是|作为).{0,8}?(?:患者|病人)|\b(?:i am|i'm|as) an? (?:\w+ )?patient\b", re.IGNORECASE
)
MEDICAL: Final = frozenset(["drug", "class", "disease"])


def refusal_kind(question: str) -> str | None:
    """One of `KINDS`, or None when the question is medrag's to answer.

    A pharmacist who asks for a maximum dose, the management of an overdose or a lethal interaction is answered: the
    signs of harm and need ask for a person in the sentence, and all but those of harm give way to clinical wording.
    """
    text = to_simplified(question)
    clinical = WORK.search(SELF.sub("", text)) is not None
    for kind, signs in COMPILED:
        if kind in UNLESS_CLINICAL and clinical:
            continue
        if any(sign.search(text) for sign in signs) and not (kind in UNLESS_MEDICAL and is_medical(question)):
            return kind
    return None


def is_medical(question: str) -> bool:
    """Whether it names a drug, a class or a disease."""
    return any(mention.thing.kind in MEDICAL for mention in default_linker().find(question))
