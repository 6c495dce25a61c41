"""Reads what a turn does to the drugs: taken, asked about, stopped, put in the place of another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from medrag.dialogue.draft import Draft
from medrag.dialogue.marks import DRUGS, Clause, Marked, Name, clauses_of, marks_in, sentences_of
from medrag.dialogue.records import Role, Slot, Unclear
from medrag.dialogue.words import alternatives, cue, kin_codes

__all__ = ["read_regimen"]

OLD, NEW = rf"(?P<old>{DRUGS})", rf"(?P<new>{DRUGS})"
WHOM: Final = r"(?: (?:him|her|them|the patient|it|this|that|over))*"
THE: Final = r"(?:the |his |her |their |all |any |taking |using |my )*"
#: One drug for another, both named.
EXCHANGES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:switch|chang|swap|convert|transition|mov)[a-z]*{WHOM} (?:from )?{THE}{OLD} (?:to|for|with) {THE}{NEW}",
        rf"replac[a-z]* {THE}{OLD} (?:with|by|for) {THE}{NEW}",
        rf"substitut[a-z]* {NEW} for {THE}{OLD}",
        rf"{NEW} (?:instead of|in place of|rather than|in lieu of) {THE}{OLD}",
        rf"instead of {THE}{OLD},? (?:[a-z]+ ){{0,4}}?{NEW}",
        rf"{NEW}(?: [a-z]+){{0,2}} replac[a-z]* {THE}{OLD}",
        rf"{OLD} (?:was |is |has been |were |got )+(?:replaced|switched|changed|swapped|converted) (?:with|by|to|for) {NEW}",
        rf"{NEW},? (?:and )?not {OLD}",
        rf"(?<![a-z])not {OLD},? (?:but |it is |it's |it was )+{NEW}",
        rf"{OLD}[^§,]{{0,4}}(?:换|改|替换|更换|调整)(?:成|为|用|到|服|做)?了?{NEW}",
        rf"用{NEW}来?(?:代替|替代|取代|替换|替){OLD}",
        rf"{NEW}(?:能|可以|可|能否|能不能)?(?:代替|替代|取代|替换){OLD}",
        rf"不是{OLD},? ?而?(?:应该)?是{NEW}",
        rf"(?:没有|没|不)在?(?:服用|吃|用|服){OLD},? ?而?(?:是|吃的是|用的是|服的是){NEW}",
        rf"是{NEW},? ?而?不是{OLD}",
    )
)
#: A drug in the place of one that is not named.
SWITCHES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:switch|chang|swap|convert|transition|mov)[a-z]*{WHOM} to {THE}{NEW}",
        rf"(?<![a-z])(?:go|went|going|gone) back (?:to|on) {THE}{NEW}",
        rf"(?:替换|更换|换|改)(?:成|为|用|到|服)?回?{NEW}",
        rf"用{NEW}来?(?:代替|替代|取代)",
    )
)
#: "What about ...?": in the place of what was asked about before.
ELLIPSES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:what|how) about (?:using |giving |trying )?{THE}{NEW}",
        rf"^(?:and|or|then|so)?,? ?(?:with |for |if )?(?:the |oral |topical |plain )?{NEW}(?: then)?$",
        rf"{NEW} instead",
        rf"would {NEW} be (?:an? )?(?:better|safer|alternative|option|ok|okay|preferable)",
        rf"(?:那|那么|要是|如果是)?(?:用|吃|换)?{NEW}(?:呢|怎么样|如何|行吗|行不行|可以吗)$",
    )
)
STOPS: Final = (
    re.compile(rf"(?:{alternatives('stop')})了? ?{THE}{OLD}"),
    re.compile(rf"{OLD}(?![^§]*{DRUGS})[^§,]{{0,10}}?(?:{alternatives('stopped')})"),
)
#: 不用 before a verb says "need not": only at an end, or with 了, does it say that a drug is not taken.
NEED_NOT: Final = re.compile(r"不(?:用|吃|服|加|要)(?!了|的|$|,|§)")
STOPPED_IT: Final = re.compile(rf"(?:{alternatives('stop')})了? ?(?:{alternatives('it')})(?![a-z])")
#: What was taken before something else is not taken now.
PAST: Final = re.compile(rf"(?:{alternatives('past')})了?过?着? ?{THE}{OLD}")
#: A clause that takes back what the one before it says is taken.
NOT_NOW: Final = re.compile(
    r"(?:but )?(?:not|no) (?:any ?more|longer|now)|(?:现在|目前|后来)?(?:已经|都|就)?(?:不|没)(?:再)?(?:吃|用|服)了?"
)
ANY_MORE: Final = re.compile(rf"(?:not|n't) (?:take|use|on|taking|using) {THE}{OLD}")


@dataclass(slots=True)
class Read:
    """What has been read of a turn. ``done`` are marks already dealt with; ``gone`` the drugs stopped by this turn."""

    marked: Marked
    draft: Draft
    done: set[int] = field(default_factory=set)
    gone: list[str] = field(default_factory=list)
    #: Drugs this turn brought: they do not make way for one another.
    fresh: set[str] = field(default_factory=set)

    def names(self, marks: str) -> list[Name]:
        """The drugs of a row of marks; what can mean several is left unclear and not used."""
        found = []
        for at in marks_in(marks):
            name = self.marked.drugs[at]
            if len(name.names) > 1:
                self.done.add(at)
                self.draft.unclear.append(Unclear("drugs", "ambiguous", name.said, name.names))
            else:
                found.append(name)
        return found

    def held(self) -> list[Slot]:
        return self.draft.held("drugs")


def read_regimen(marked: Marked, text: str, draft: Draft) -> None:
    """Brings the drugs of the conversation to where this turn leaves them."""
    read = Read(marked, draft)
    for sentence, _ in sentences_of(text):
        for pattern in EXCHANGES:
            for match in pattern.finditer(sentence):
                exchange(read, match)
    clauses = clauses_of(text)
    for before, clause in zip([None, *clauses], clauses, strict=False):
        if not clause.asks:
            stop(read, clause)
        if before is not None and NOT_NOW.fullmatch(clause.text):
            take_back(read, before)
    renew(read, clauses)
    for clause in clauses:
        for pattern in SWITCHES:
            for match in pattern.finditer(clause.text):
                switch(read, match["new"])
        for pattern in ELLIPSES:
            for match in pattern.finditer(clause.text):
                ellipsis(read, match["new"], clause)
        mention(read, clause)


def unread(read: Read, marks: str) -> bool:
    return not read.done.intersection(marks_in(marks))


def exchange(read: Read, match: re.Match[str]) -> None:
    """The new in the place of the old; an old one that is not held only brings the new."""
    if not unread(read, match["old"]) or not unread(read, match["new"]):
        return
    old, new = read.names(match["old"]), read.names(match["new"])
    read.done.update((*marks_in(match["old"]), *marks_in(match["new"])))
    for gone in old:
        for meant in referred(read, gone):
            if new:
                read.draft.exchange(meant, new[0].name, new[0].said, "")
                read.fresh.add(new[0].name)
            else:
                read.draft.remove("drugs", [meant])
    for name in new:
        read.draft.add("drugs", name.name, name.said, "taken")
        read.fresh.add(name.name)


def referred(read: Read, name: Name) -> list[str]:
    """The held drugs a name refers to: the drug itself, or the one drug of the class that is named."""
    held = [str(slot.value) for slot in read.held()]
    if name.name in held or name.kind != "class":
        return [name.name] if name.name in held else []
    stem = name.name.split()[0].casefold().rstrip("s")
    said = name.said.rstrip("类药s")
    kin = [s for s in read.held() if stem in str(s.value).casefold() or (said and said in s.said)]
    return [str(kin[0].value)] if len(kin) == 1 else []


def stop(read: Read, clause: Clause) -> None:
    """Takes out what a clause says is no longer taken; a question whether to stop takes out nothing."""
    text = NEED_NOT.sub("  ", clause.text)
    for pattern in (*STOPS, ANY_MORE, PAST):
        for match in pattern.finditer(text):
            if not unread(read, match["old"]):
                continue
            for name in read.names(match["old"]):
                read.gone += read.draft.remove("drugs", referred(read, name)) or [name.name]
            read.done.update(marks_in(match["old"]))
    if STOPPED_IT.search(text) and not marks_in(text) and read.held():
        read.gone += read.draft.remove("drugs", [str(read.held()[-1].value)])


def take_back(read: Read, clause: Clause) -> None:
    """Stops every drug of a clause."""
    for name in read.names(clause.text):
        read.gone += read.draft.remove("drugs", referred(read, name)) or [name.name]
    read.done.update(marks_in(clause.text))


def renew(read: Read, clauses: Sequence[Clause]) -> None:
    """A question of two drugs or more, none of them held, is another question: what was asked about before goes."""
    marks = {at for clause in clauses for at in marks_in(clause.text) if clause.asks} - read.done
    names = {read.marked.drugs[at].name for at in marks if read.marked.drugs[at].kind == "drug"}
    held = {str(slot.value) for slot in read.held()}
    adds = any(
        re.search(r"(?<![a-z])(?:add|also|too)(?![a-z])|再|还|加|另外", clause.text) for clause in clauses
    )
    if len(names) > 1 and not names & held and not adds:
        read.draft.remove("drugs", [str(s.value) for s in read.held() if s.role == "asked"])


def switch(read: Read, marks: str) -> None:
    """A drug in the place of one that is not named: one stopped just now, its kin, the one asked about, the only one."""
    if not unread(read, marks):
        return
    names = read.names(marks)
    read.done.update(marks_in(marks))
    if not names:
        return
    name = names[0]
    old = None if read.gone else place_of(read, name.name, read.held())
    if old is not None:
        read.draft.exchange(old, name.name, name.said, "")
    elif not read.gone and len(read.held()) > 1 and name.name not in {slot.value for slot in read.held()}:
        candidates = tuple(str(slot.value) for slot in read.held())
        read.draft.unclear.append(Unclear("drugs", "which_replaced", name.said, candidates))
        read.draft.add("drugs", name.name, name.said, "asked")
    else:
        read.draft.add("drugs", name.name, name.said, "taken")
    read.fresh.add(name.name)


def place_of(read: Read, name: str, slots: Sequence[Slot]) -> str | None:
    """The held drug a new one comes in place of; None when it cannot be told."""
    old = [slot for slot in slots if slot.value not in read.fresh]
    if name in {slot.value for slot in old}:
        return None
    for code in kin_codes(name):
        kin = [slot for slot in old if code in kin_codes(str(slot.value))]
        if len(kin) == 1:
            return str(kin[0].value)
    asked = [slot for slot in old if slot.role == "asked"]
    if asked:
        return str(asked[-1].value)
    return str(old[0].value) if len(old) == 1 else None


def ellipsis(read: Read, marks: str, clause: Clause) -> None:
    """ "And naproxen?": in the place of what was asked about, never of what is taken."""
    if not unread(read, marks):
        return
    names = read.names(marks)
    read.done.update(marks_in(marks))
    before, _, after = clause.text.partition(marks)
    if not clause.asks and after.startswith(" instead") and role_of(clause, before, after) == "taken":
        take(read, names)
    else:
        ask_about(read, names, replaces=len(names) == 1 and len(marks_in(clause.text)) == 1)


def take(read: Read, names: Sequence[Name]) -> None:
    for name in names:
        read.draft.add("drugs", name.name, name.said, "taken")
        read.fresh.add(name.name)


def ask_about(read: Read, names: Sequence[Name], *, replaces: bool, kin: bool = False) -> None:
    """Adds drugs that are asked about; ``kin``: in the place of a drug of their own group alone, as a whole new question
    may be of a drug beside the other."""
    for name in names:
        asked = [slot for slot in read.held() if slot.role == "asked"]
        known = name.name in {slot.value for slot in read.held()}
        old = place_of(read, name.name, asked) if replaces and not known and not read.gone else None
        if kin and old is not None and not set(kin_codes(name.name)) & set(kin_codes(old)):
            old = None
        if old is not None:
            read.draft.exchange(old, name.name, name.said, "asked")
        else:
            read.draft.add("drugs", name.name, name.said, "asked")
        read.fresh.add(name.name)


def mention(read: Read, clause: Clause) -> None:
    """The drugs of a clause that are left: taken, added or asked about."""
    for match in re.finditer(DRUGS, clause.text):
        marks = [f"§{at}§" for at in marks_in(match[0]) if at not in read.done]
        names = [name for mark in marks for name in read.names(mark)]
        read.done.update(marks_in(match[0]))
        if not names or generic(names, clause.text[: match.start()]):
            continue
        before, after = clause.text[: match.start()], clause.text[match.end() :]
        if role_of(clause, before, after) == "taken":
            take(read, names)
        else:
            alone = (
                len(names) == 1 and not cue("add").search(clause.text) and not before.endswith(("和", "跟"))
            )
            held = {slot.value for slot in read.held()}
            known = any(
                item.name in held for item in map(read.marked.drugs.__getitem__, marks_in(clause.text))
            )
            ask_about(read, names, replaces=alone and not (known and names[0].name not in held), kin=True)


def generic(names: Sequence[Name], before: str) -> bool:
    """ "What antibiotic ...": a class that is asked for is no drug of the regimen."""
    return all(name.kind == "class" for name in names) and cue("which").search(before) is not None


def role_of(clause: Clause, before: str, after: str) -> Role:
    """taken when the words beside it say so; in a question only the words next to it count."""
    if re.search(rf"(?:{alternatives('wish')})", before):
        return "asked"
    next_to = re.search(
        rf"(?:{alternatives('taken')}) ?(?:chronic |long term |low dose |daily |a |an |the |着|了|过)*$",
        before,
    )
    if next_to or re.match(
        r"的(?:患者|病人|人|老人|孕妇|女性|男性|糖友)| (?:patient|user|therapy|treatment)", after
    ):
        return "taken"
    if clause.asks:
        return "asked"
    return (
        "taken"
        if cue("take").search(before) or re.match(r"(?: was| is)? ?(?:added|started|prescribed)", after)
        else "asked"
    )
