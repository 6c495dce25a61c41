"""Reads which diseases and states a label's section on contraindications names, with the words that narrow them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from medrag.records import Document
from medrag_graph.labels.lines import CONTRAINDICATIONS, Line
from medrag_graph.labels.names import Book, Mention
from medrag_graph.labels.owners import Owner
from medrag_graph.labels.statements import Statement, other_drugs, owners_of

__all__ = ["read_conditions"]

_FORBIDS: Final = re.compile(
    r"\bcontra-?indicat|\b(?:should|must|do|may|can) not (?:\w+ ){0,2}?(?:be )?(?:use|given|give|administ|take)",
    re.IGNORECASE,
)
_WEAKENS: Final = re.compile(
    r"\b(?:caution|relative(?:ly)? contra|may (?:also )?be contra|not contra)|^\W*if\b", re.IGNORECASE
)
#: Where a sentence stops naming who must not take the drug and says why, or for whom it may be given after all.
_STOP: Final = re.compile(
    r"\b(?:because|since|due to|as it|as they|which|may|might|can|could|to avoid|to prevent|see|"
    r"in order|should|if used|reactions|"
    r"except|unless|without|in the absence of|other than|not|observed|resulting|leading|manifest\w*|"
    r"characteri[sz]ed|such as rash)\b",
    re.IGNORECASE,
)
_EXCEPT: Final = re.compile(r"\b(?:except|unless|without)\b[^.;()\[\]\n]{3,140}", re.IGNORECASE)
#: Remarks that interrupt a list: "(see WARNINGS)", "(except in patients with a pacemaker)".
_REMARK: Final = re.compile(r"[(\[]\s*(?:see|except|unless)\b[^)\]]*[)\]]", re.IGNORECASE)
#: Signs that one condition counts only with another, or only in some people: then the whole line is the limit.
_TIED: Final = re.compile(
    r"\b(?:in whom|in which|for whom|when|secondary to|associated with|accompanied|combined with|"
    r"infants?|neonates?|children|plus|chronic use|the use of)\b"
    r"|\band an? |\bdue to\b",
    re.IGNORECASE,
)
LONGEST_LIMIT: Final = 200
#: Named, but not as what the patient has.
_NOT_HAD: Final = re.compile(
    r"(?:hypersensitiv|allerg|anaphyla|intoleran|sensitiv)[^.;]{0,120}$"
    r"|(?:\btreatment|\btherapy|\bmanagement|\bprevention|\bprophylaxis|\brisk|\brelief) (?:of|for) (?:\S+ ){0,3}$"
    r"|\b(?:no|previous treatment for|related to) (?:\S+ ){0,2}$",
    re.IGNORECASE,
)
#: What parts one condition of a list from the next.
_EDGE: Final = re.compile(
    r"[,;:()\[\]\n.]|\b(?:or|and|in|with|of|who|have|has|having|patients|presence|is|are|the|any)\b",
    re.IGNORECASE,
)
#: An allergy is to the drug itself; other names are of measurements, and of people told of by what they have.
_NO_DISEASE: Final = re.compile(
    r"hypersensitiv|allerg|anaphyla|idiosyncra|history|creatinine|pressure|potassium|^syndrome$|"
    r"^disease|depression|infants|neonates|elderly"
    r"|children|shock reaction",
    re.IGNORECASE,
)
#: A bare line of the section is a list's item; a longer one says its own verb.
LONGEST_ITEM: Final = 160


def read_conditions(line: Line, document: Document, owner: Owner, book: Book) -> Iterator[Statement]:
    """Drug and disease, for every disease a contraindication names. A line about two drugs is no such line: its
    disease narrows the interaction."""
    if line.code != CONTRAINDICATIONS or _WEAKENS.search(line.text):
        return
    introduced = line.introduction.of(document.text) if line.introduction else ""
    if not (_FORBIDS.search(f"{introduced} {line.text}") or is_item(line)):
        return
    drugs = book.drugs.find(line.text)
    if other_drugs(line.text, drugs, owner, book):
        return
    subjects = owners_of(line, drugs, document, owner, book)
    for mention in named(line.text, book):
        condition = narrowed(line.text, mention)
        for subject in subjects:
            yield Statement(subject, mention.concepts[0], False, "contraindicated", condition, line)


def is_item(line: Line) -> bool:
    """Whether a line is a bare item of the section's list: short, and without a sentence's stop."""
    return len(line.text) <= LONGEST_ITEM and not re.search(
        r"\b(?:is|are|was|were|has|have|may|should)\b", line.text
    )


def named(text: str, book: Book) -> Iterator[Mention]:
    """The diseases of a line that the patient is said to have."""
    plain = _REMARK.sub(lambda match: " " * len(match[0]), text)
    forbidding = _FORBIDS.search(plain)
    start = forbidding.end() if forbidding else 0
    stop = _STOP.search(plain, start)
    end = stop.start() if stop else len(plain)
    for mention in book.diseases.find(plain):
        span = mention.span
        inside = start <= span.start and span.end <= end
        before = forbidding is not None and span.end <= forbidding.start()
        if (inside or before) and not (
            _NOT_HAD.search(plain[: span.start]) or _NO_DISEASE.search(span.of(plain))
        ):
            yield mention


def narrowed(text: str, mention: Mention) -> str:
    """The words around a disease that make it narrower, and what is excepted; "" where there are none."""
    span = mention.span
    if _TIED.search(text):
        return " ".join(_REMARK.sub(" ", text).split()).strip("•-– ,")[:LONGEST_LIMIT]
    before = [match.end() for match in _EDGE.finditer(text, 0, span.start)]
    after = _EDGE.search(text, span.end)
    end = after.start() if after else len(text)
    stop = _STOP.search(text, span.end, end)
    phrase = " ".join(text[max(before, default=0) : stop.start() if stop else end].split()).strip("•-– ")
    if re.search(r"\bhistory of (?:\w+ ){0,3}$", text[: span.start], re.IGNORECASE):
        phrase = f"history of {phrase}"
    told = [phrase] if phrase.lower() != span.of(text).lower() else []
    excepted = _EXCEPT.search(text, span.end)
    if excepted and not re.search(r"[.;,\n]", text[span.end : excepted.start()]):
        told.append(" ".join(excepted[0].split()).rstrip(" ,"))
    return "; ".join(told)
