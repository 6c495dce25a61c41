"""Whether a clause contradicts what the graph holds in force for the pair it names: severity is never a model's to say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from medrag.answer.proof.marks import DRUGLIKE, Piece
from medrag.answer.proof.records import PairVerdict
from medrag.concepts import Linker, names_in
from medrag.vocabulary import Severity

__all__ = ["called_harmless", "contradicted"]

#: What each force of words says of a pair; a pair graded otherwise contradicts it.
SAYS: Final[dict[str, frozenset[Severity]]] = {
    "contraindicated": frozenset(["contraindicated"]),
    "not_recommended": frozenset(["contraindicated", "major"]),
    "avoid": frozenset(["contraindicated", "major"]),
    "caution": frozenset(["moderate", "unknown"]),
}
GRADES: Final = (
    ("contraindicated", r"contraindicated interaction|禁忌性相互作用"),
    ("major", r"(?:major|severe|serious)(?: drug)? interaction|严重(?:的)?(?:药物)?相互作用"),
    ("moderate", r"moderate(?: drug)? interaction|中度(?:的)?(?:药物)?相互作用"),
    ("minor", r"(?:minor|mild|slight)(?: drug)? interaction|轻(?:微|度)(?:的)?(?:药物)?相互作用"),
)
HARMLESS = re.compile(
    r"\bsafe(?:ly)?\b|\bno (?:known |clinically (?:relevant|significant) )?(?:drug )?interaction|do(?:es)? not interact"
    r"|(?:can|may|could) (?:safely )?be (?:used|taken|given|combined|co-?administered|prescribed)"
    r"|安全|(?:无|没有|未见|不存在)(?:明显|显著|已知)?(?:的)?(?:药物)?相互作用|可以?(?:安全)?(?:与.{0,12})?(?:合用|联用|联合|同服|同用|同时|一起)"
)
#: What no pair is called that any source grades above minor.
SAFE = re.compile(
    r"\bsafe(?:ly)?\b(?! (?:dose|if|when|only|with)\b)|安全|\bno (?:known )?(?:drug )?interaction"
    r"|(?:无|没有|不存在)(?:任何)?相互作用"
)
#: Verdicts that "may be combined" contradicts.
SERIOUS: Final = frozenset(["contraindicated", "major"])


def contradicted(piece: Piece, verdicts: Sequence[PairVerdict], linker: Linker) -> str | None:
    """The pair whose verdict the clause contradicts, in words; None when it contradicts none."""
    for verdict in verdicts:
        if (
            names(piece, verdict.a, linker)
            and names(piece, verdict.b, linker)
            and differs(piece, verdict.severity)
        ):
            return f"{verdict.a[0]} + {verdict.b[0]}"
    return None


def called_harmless(piece: Piece, verdicts: Sequence[PairVerdict], linker: Linker) -> str | None:
    """The pair a clause calls harmless though a verdict above minor on it is in force; None when it calls none so. Told of a
    source's own words: other sources' grades are disagreement to be shown, "safe together" is none."""
    for verdict in verdicts:
        denied = HARMLESS if verdict.severity in SERIOUS else SAFE
        grave = verdict.severity != "minor" and denied.search(piece.text)
        forces = piece.of_kind("force") & {"contraindicated", "avoid", "not_recommended"}
        if grave and not forces and names(piece, verdict.a, linker) and names(piece, verdict.b, linker):
            return f"{verdict.a[0]} + {verdict.b[0]}"
    return None


def names(piece: Piece, wanted: tuple[str, ...], linker: Linker) -> bool:
    """Whether a clause names one of a verdict's members, by any of its names."""
    things = {thing.id for name in wanted for thing in linker.named(name)}
    said = {id for name in (*piece.names, *piece.head) if name.kind in DRUGLIKE for id in name.ids}
    return bool(things & said) or names_in(wanted, piece.text.replace("-", " "))


def differs(piece: Piece, severity: Severity) -> bool:
    """Whether the clause says of a pair what its verdict does not."""
    forces = piece.of_kind("force")
    if any(severity not in SAYS[force] for force in forces if force in SAYS):
        return True
    if severity in SERIOUS and HARMLESS.search(piece.text):
        return not forces & {"contraindicated", "avoid", "not_recommended"}
    if severity not in ("unknown",) and re.search(
        r"\bno (?:\w+ )?interaction|无(?:\w{0,4})相互作用", piece.text
    ):
        return True
    return any(grade != severity and re.search(words, piece.text) for grade, words in GRADES)
