"""Writes a comparison of two editions as one page: self-contained, escaped, side by side, changed words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from html import escape
from typing import Any, Final, cast

from medrag.page_style import badge, whole_page
from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.change_words import KIND, LEVEL, WORDS
from medrag_api.show import plain
from medrag_api.show_changes import by_class_line, evidence_line, members_line

__all__ = ["changes_page"]

Json = Mapping[str, Any]
#: Words longer than this together are shown without marks: comparing them takes minutes, and the eye finds nothing.
MOST_MARKED: Final = 6_000
#: Words and gaps between them shown on each side of a change.
BESIDE: Final = 40
WORD: Final = re.compile(r"\s+|[^\s]+")
#: Roles of an entry's words in the order they are read.
ROLES: Final = ("level", "condition", "management", "mechanism", "note")


def changes_page(document: Json) -> str:
    """The whole page. Every word of a source is escaped and freed of characters that would turn the line around."""
    language = cast(Language, document["language"])
    title = f"{document['work']['title']}: {document['before']['label']} → {document['after']['label']}"
    head = f"<h1>{safe(WORDS['title'][language])}</h1>\n<p>{safe(title)}</p>"
    return whole_page(language, plain(title), [head, *told_body(document, language)])


def safe(told: object) -> str:
    return escape(plain(told))


def told_body(document: Json, language: Language) -> Iterator[str]:
    counts = [(KIND[kind][language], count) for kind, count in document["counts"].items() if count]
    yield f"<ul class=counts>{''.join(f'<li><b>{n:,}</b> {safe(word)}</li>' for word, n in counts)}</ul>"
    for note in document["notes"]:
        yield f"<p>{safe(note)}</p>"
    if document["kind"] == "text":
        yield from (section_article(change, document, language) for change in document["changes"])
        return
    for words in (False, True):
        for gravest in SEVERITY_ORDER:
            held = [c for c in document["changes"] if c["gravest"] == gravest and is_wording(c) == words]
            if held:
                yield f"<h2>{badge(gravest, plain(LEVEL[gravest][language]))} ({len(held):,})</h2>"
                yield from (entry_article(change, document, language) for change in held)
    yield from tables(document, language)


def is_wording(change: Json) -> bool:
    return change["kind"] in ("management", "mechanism")


def entry_article(change: Json, document: Json, language: Language) -> str:
    sides = [side for side in (change["before"], change["after"]) if side is not None]
    head = head_of(
        safe(" + ".join(change["names"])), KIND[change["kind"]][language], levels_of(sides, language)
    )
    texts = [entry_text(side) for side in (change["before"], change["after"])]
    marked = marks(*texts) if all(texts) else tuple(map(safe, texts))
    cells = "".join(
        side_cell(document[name], words, entry_places(side), side, language)
        for name, words, side in zip(
            ("before", "after"), marked, (change["before"], change["after"]), strict=True
        )
    )
    through = "".join(
        f"<p class=dim>{safe(by_class_line(change, item, language))}</p>" for item in change["by_class"][:4]
    )
    return f"<article class={change['gravest']}>{head}<div class=sides>{cells}</div>{through}</article>"


def levels_of(sides: list[Json], language: Language) -> str:
    """The level before and after, each with its mark; one where there is no other."""
    told = [badge(side["severity"], LEVEL[side["severity"]][language]) for side in sides]
    return f"<span>{' → '.join(told if len(set(told)) > 1 else told[:1])}</span>"


def head_of(name: str, kind: str, levels: str = "") -> str:
    """What changed, in which way, and how grave it is."""
    return f"<div class=head><h3>{name}</h3><span class=kind>{safe(kind)}</span>{levels}</div>"


def entry_text(side: Json | None) -> str:
    """All an entry says, level by level."""
    told = []
    for graded in side["graded"] if side is not None else ():
        quotes = {quote["role"]: quote for quote in graded["quotes"]}
        unique = {(q["start"], q["end"]): q["exact"].strip() for role in ROLES if (q := quotes.get(role))}
        told.append("\n".join(unique.values()))
    return "\n\n".join(told)


def entry_places(side: Json | None) -> str:
    passages = [
        q["passage"] or q["document"]
        for graded in (side or {"graded": []})["graded"]
        for q in graded["quotes"]
    ]
    return " ".join(dict.fromkeys(passages))


def side_cell(edition: Json, words: str, places: str, side: Json | None, language: Language) -> str:
    told = f"<blockquote>{words}</blockquote><code>{safe(places)}</code>"
    if side is None:
        told = f"<p class=dim>{safe(WORDS['not_stated'][language])}</p>"
    said = [graded["said"] for graded in (side or {}).get("graded", ()) if graded.get("said")]
    ours = (
        f"<p><span class=dim>{safe(WORDS['our_words'][language])}:</span> {safe(' '.join(said))}</p>"
        if said
        else ""
    )
    return f"<div><b>{safe(edition['label'])}</b>{told}{ours}</div>"


def marks(before: str, after: str) -> tuple[str, str]:
    """Both texts escaped, with the words marked that only one of them has."""
    if len(before) + len(after) > MOST_MARKED:
        return safe(before), safe(after)
    one, other = WORD.findall(before), WORD.findall(after)
    old_words, new_words = ([" " if word.isspace() else word for word in words] for words in (one, other))
    left, right = [], []
    for tag, a, b, c, d in SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
        if tag == "equal":
            left.append(folded(one[a:b], first=a == 0, last=b == len(one)))
            right.append(folded(other[c:d], first=c == 0, last=d == len(other)))
            continue
        old, new = safe("".join(one[a:b])), safe("".join(other[c:d]))
        left.append(f"<del>{old}</del>" if old.strip() else old)
        right.append(f"<ins>{new}</ins>" if new.strip() else new)
    return "".join(left), "".join(right)


def folded(words: list[str], *, first: bool, last: bool) -> str:
    """Words both sides have, escaped; of a long run those beside a change, the whole stands in the passages named."""
    if len(words) <= 3 * BESIDE or (first and last):
        return safe("".join(words))
    head = "" if first else safe("".join(words[:BESIDE]))
    tail = "" if last else safe("".join(words[-BESIDE:]))
    return f"{head}<span class=dim>[…]</span>{tail}"


def section_article(change: Json, document: Json, language: Language) -> str:
    head = head_of(safe(" › ".join([change["title"], *change["section"]])), KIND[change["kind"]][language])
    sides = (change["before"], change["after"])
    texts = ["" if side is None else side["text"] for side in sides]
    marked = marks(texts[0], texts[1]) if all(texts) else tuple(map(safe, texts))
    cells = "".join(
        side_cell(document[name], words, (side or {}).get("passage") or "", side, language)
        for name, words, side in zip(("before", "after"), marked, sides, strict=True)
    )
    numbers = ""
    if change["numbers_gone"] or change["numbers_come"]:
        gone, come = (", ".join(change[key]) or "-" for key in ("numbers_gone", "numbers_come"))
        numbers = (
            f"<p>{safe(WORDS['numbers'][language])}: <del>{safe(gone)}</del> → <ins>{safe(come)}</ins></p>"
        )
    return f"<article>{head}{numbers}<div class=sides>{cells}</div></article>"


def tables(document: Json, language: Language) -> Iterator[str]:
    """Members and names, at the end."""
    rows = [(item["name"], members_line(item, language)) for item in document["members"]]
    yield table(KIND["members"][language], rows)
    renamed = [
        (f"{item['old']} → {item['new']}", evidence_line(item, language)) for item in document["renamed"]
    ]
    yield table(KIND["renamed"][language], renamed)


def table(head: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    told = "".join(f"<tr><th scope=row>{safe(one)}</th><td>{safe(other)}</td></tr>" for one, other in rows)
    return f"<h2>{safe(head)} ({len(rows):,})</h2><div class=wide tabindex=0><table>{told}</table></div>"
