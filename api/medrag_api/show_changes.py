"""Shows a comparison of two editions at a terminal: counts on top, then the gravest first, both sides quoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final, cast

from rich.console import Console

from medrag.vocabulary import Language
from medrag_api.change_words import KIND, LEVEL, WORDS
from medrag_api.show import console, put

__all__ = ["by_class_line", "evidence_line", "members_line", "quotes_of", "show_changes", "show_differing"]

Json = Mapping[str, Any]
#: A quote at a terminal; --json and --html have it whole.
LONGEST: Final = 240
STYLE: Final = {"raised": "bold red", "added": "red", "lowered": "green", "removed": "yellow"}
#: Lines told of one question's answer.
MOST_LINES: Final = 3
#: What a side is quoted by, in this order.
ROLES: Final = ("level", "condition", "management")


def show_changes(document: Json) -> None:
    """The whole comparison."""
    out, language = console(), cast(Language, document["language"])
    before, after = document["before"]["label"], document["after"]["label"]
    put(out, f"{document['work']['title']}: {before} → {after}", style="bold")
    told = [f"{count:,} {KIND[kind][language]}" for kind, count in document["counts"].items() if count]
    put(out, " · ".join(told), after=1)
    for note in document["notes"]:
        put(out, note, style="yellow", after=1)
    if not document["changes"] and not document.get("members") and not document.get("renamed"):
        put(out, WORDS["nothing"][language])
    (show_sections if document["kind"] == "text" else show_entries)(out, document, language)


def show_differing(document: Json) -> None:
    """Each question answered otherwise than before, with what went and what came."""
    out = console()
    put(
        out,
        f"{len(document['affected'])} of {document['asked']} questions are answered otherwise",
        style="bold",
    )
    for item in document["affected"]:
        put(out, f"{item['source']}: {item['question']}", indent=2, style="bold")
        if item.get("answer"):
            put(out, f"medrag replay {item['answer']}", indent=6, style="dim")
        status = item["status"]
        if status["before"] != status["after"]:
            put(out, f"{status['before']} → {status['after']}", indent=6)
        for key in ("says", "cites"):
            for sign, side in (("-", "gone"), ("+", "come")):
                for line in item[key][side][:MOST_LINES]:
                    put(out, f"{sign} {quoted(line)}", indent=6)
    before, after = document["before"], document["after"]
    without = f" without {before['without']}" if before["without"] else ""
    put(out, f"before: {before['snapshot']}{without} · after: {after['snapshot']}", style="dim")


def show_entries(out: Console, document: Json, language: Language) -> None:
    for gravest, held in groupby(document["changes"], key=lambda item: (words_alone(item), item["gravest"])):
        put(out, LEVEL[gravest[1]][language].upper(), style="bold", after=0)
        for change in held:
            show_entry(out, change, document, language)
        out.print()
    for item in document["members"]:
        put(out, f"{KIND['members'][language]}: {item['name']}", style="bold", indent=2)
        put(out, members_line(item, language), indent=6)
    for item in document["renamed"]:
        put(out, f"{KIND['renamed'][language]}: {item['old']} → {item['new']}", style="bold", indent=2)
        put(out, evidence_line(item, language), indent=6, style="dim")


def words_alone(change: Json) -> int:
    """Changes of levels, then of advice, then of reasons."""
    return (
        ("management", "mechanism").index(change["kind"]) + 1
        if change["kind"] in ("management", "mechanism")
        else 0
    )


def show_entry(out: Console, change: Json, document: Json, language: Language) -> None:
    sides = [change[side] for side in ("before", "after")]
    levels = " → ".join(LEVEL[side["severity"]][language] for side in sides if side is not None)
    told = f"{KIND[change['kind']][language]}: {' + '.join(change['names'])} ({levels})"
    put(out, told, indent=2, style=STYLE.get(change["kind"], "bold"))
    for name, side in (("before", change["before"]), ("after", change["after"])):
        for line in quotes_of(side, change["kind"]):
            put(out, f"{document[name]['label']} {line}", indent=6)
    for item in change["by_class"][:2]:
        put(out, by_class_line(change, item, language), indent=6, style="dim")


def quotes_of(side: Json | None, kind: str) -> Iterator[str]:
    """``“words” passage`` for every level of a side, and what they say in our words; the reasons only where they are what
    changed."""
    roles = (*ROLES, "mechanism") if kind == "mechanism" else ROLES
    for graded in side["graded"] if side is not None else ():
        quotes = {quote["role"]: quote for quote in graded["quotes"] if quote["role"] in roles}
        held = list({(q["start"], q["end"]): q for role in roles if (q := quotes.get(role))}.values())
        said = f" [{graded['said']}]" if graded.get("said") else ""
        if held:
            words = " … ".join(quote["exact"] for quote in held)
            yield f"{quoted(words)} {held[0]['passage'] or held[0]['document']}{said}"


def quoted(words: str) -> str:
    """On one line, and no longer than a terminal bears."""
    line = " ".join(words.split())
    return f"“{line}”" if len(line) <= LONGEST else f"“{line[:LONGEST].rstrip()}…”"


def by_class_line(change: Json, item: Json, language: Language) -> str:
    words = WORDS["by_class_after" if change["after"] is None else "by_class_before"][language]
    return words.format(a=item["names"][0], b=item["names"][1], level=LEVEL[item["severity"]][language])


def members_line(item: Json, language: Language) -> str:
    """Who came, who left, and what of the class that concerns."""
    told = [
        f"{WORDS[word][language]}: {', '.join(item[key])}"
        for word, key in (("came", "added"), ("went", "removed"))
        if item[key]
    ]
    if item["gravest"] is not None:
        level = LEVEL[item["gravest"]][language]
        told.append(WORDS["concerns"][language].format(n=item["entries"], level=level))
    return " · ".join(told)


def evidence_line(item: Json, language: Language) -> str:
    """Why a name was taken for another's."""
    return WORDS["evidence"][language].format(
        before=item["members_before"],
        after=item["members_after"],
        shared=item["members_shared"],
        partners=round(100 * item["partners_shared"]),
        likeness=round(100 * item["likeness"]),
    )


def show_sections(out: Console, document: Json, language: Language) -> None:
    for change in document["changes"]:
        where = " › ".join([change["title"], *change["section"]])
        put(out, f"{KIND[change['kind']][language]}: {where}", style="bold", indent=2)
        gone, come = change["numbers_gone"], change["numbers_come"]
        if gone or come:
            put(
                out,
                f"{WORDS['numbers'][language]}: {', '.join(gone) or '-'} → {', '.join(come) or '-'}",
                indent=6,
            )
        for name, side in (("before", change["before"]), ("after", change["after"])):
            if side is not None:
                line = f"{quoted(side['text'])} {side['passage'] or side['document']}"
                put(out, f"{document[name]['label']} {line}", indent=6)
