"""Writes a comparison of two editions as one page: self-contained, escaped, side by side, changed words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from html import escape
from typing import Any, Final, cast

from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.change_words import KIND, LEVEL, WORDS
from medrag_api.show import plain
from medrag_api.show_changes import by_class_line, evidence_line, members_line

__all__ = ["changes_page"]

Json = Mapping[str, Any]
#: Words longer than this together are shown without marks: comparing them takes minutes, and the eye finds nothing.
MOST_MARKED: Final = 6_000
WORD: Final = re.compile(r"\s+|[^\s]+")
#: Roles of an entry's words in the order they are read.
ROLES: Final = ("level", "condition", "management", "mechanism", "note")

STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--gone:#d33;--come:#187a2f;--soft:#8881}
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:76rem;padding:1.5rem}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
.dim{opacity:.7}.counts{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0;padding:0;list-style:none}
.counts li{border:1px solid var(--line);border-radius:.4rem;padding:.2rem .6rem}.counts b{font-size:1.1em}
article{border:1px solid var(--line);border-left:.35rem solid var(--line);border-radius:.4rem;margin:.6rem 0;padding:.6rem .8rem}
article.contraindicated{border-left-color:#b00020}article.major{border-left-color:#d9480f}
article.moderate{border-left-color:#e0a800}article.minor{border-left-color:#3b7dd8}
h3{font-size:1rem;margin:0 0 .4rem}.sides{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
.sides>div{min-width:0;overflow-wrap:anywhere}blockquote{margin:.3rem 0;
padding:.3rem .6rem;background:var(--soft);white-space:pre-wrap}
del{color:var(--gone);text-decoration:line-through}ins{color:var(--come);text-decoration:none;border-bottom:1px solid}
code{font-size:.8em;opacity:.7}table{border-collapse:collapse}td,th{text-align:left;
padding:.2rem .8rem .2rem 0;vertical-align:top}
@media(max-width:46rem){.sides{grid-template-columns:1fr}}
"""


def changes_page(document: Json) -> str:
    """The whole page. Every word of a source is escaped and freed of characters that would turn the line around."""
    language = cast(Language, document["language"])
    title = f"{document['work']['title']}: {document['before']['label']} → {document['after']['label']}"
    body = "\n".join(told_body(document, language))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{safe(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{safe(WORDS['title'][language])}</h1>\n<p>{safe(title)}</p>\n{body}\n</body>\n</html>\n"
    )


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
                yield f"<h2>{safe(LEVEL[gravest][language])}</h2>"
                yield from (entry_article(change, document, language) for change in held)
    yield from tables(document, language)


def is_wording(change: Json) -> bool:
    return change["kind"] in ("management", "mechanism")


def entry_article(change: Json, document: Json, language: Language) -> str:
    sides = [side for side in (change["before"], change["after"]) if side is not None]
    levels = " → ".join(LEVEL[side["severity"]][language] for side in sides)
    head = f"{KIND[change['kind']][language]}: {' + '.join(change['names'])} ({levels})"
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
    return f"<article class={change['gravest']}><h3>{safe(head)}</h3><div class=sides>{cells}</div>{through}</article>"


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
        old, new = safe("".join(one[a:b])), safe("".join(other[c:d]))
        left.append(old if tag == "equal" or not old.strip() else f"<del>{old}</del>")
        right.append(new if tag == "equal" or not new.strip() else f"<ins>{new}</ins>")
    return "".join(left), "".join(right)


def section_article(change: Json, document: Json, language: Language) -> str:
    head = f"{KIND[change['kind']][language]}: {' › '.join([change['title'], *change['section']])}"
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
    return f"<article><h3>{safe(head)}</h3>{numbers}<div class=sides>{cells}</div></article>"


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
    told = "".join(f"<tr><th>{safe(one)}</th><td>{safe(other)}</td></tr>" for one, other in rows)
    return f"<h2>{safe(head)}</h2><table>{told}</table>"
