"""shelf diff and shelf affected: the same facts as text, JSON and a page that cannot give orders."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from medrag_api.changes_page import changes_page, marks
from medrag_api.show_changes import show_changes, show_differing

EVIL = "<script>alert(1)</script>\u202e&\x1b[2J"


def side(severity: str, words: str) -> dict[str, Any]:
    quote = {
        "role": "level",
        "exact": words,
        "document": "d_1",
        "start": 0,
        "end": len(words),
        "passage": "p_1",
    }
    return {"severity": severity, "graded": [{"quotes": [quote], "said": ""}]}


def document() -> dict[str, Any]:
    change = {
        "kind": "raised",
        "names": [EVIL, "tramadol"],
        "gravest": "major",
        "before": side("minor", f"be aware {EVIL}"),
        "after": side("major", f"not advised {EVIL}"),
        "by_class": [{"names": [EVIL, "b"], "severity": "minor"}],
    }
    return {
        "kind": "interactions",
        "language": "zh",
        "work": {"title": EVIL},
        "before": {"label": "1"},
        "after": {"label": "2"},
        "notes": [EVIL],
        "counts": {"raised": 1, "same": 3},
        "changes": [change, {**change, "kind": "added", "before": None}],
        "members": [{"name": EVIL, "added": [EVIL], "removed": [], "entries": 2, "gravest": "major"}],
        "renamed": [
            {
                "old": EVIL,
                "new": "n",
                "members_before": 1,
                "members_after": 2,
                "members_shared": 1,
                "partners_shared": 0.5,
                "likeness": 0.9,
            }
        ],
    }


class Tags(HTMLParser):
    """The tags a page opens and leaves open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)
        if tag not in ("meta",):
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def test_a_page_is_whole_and_a_source_cannot_write_into_it() -> None:
    page = changes_page(document())
    tags = Tags()
    tags.feed(page)
    assert tags.opened == []
    assert "script" not in tags.seen
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert 'lang="zh"' in page
    assert "升级" in page


def test_words_that_only_one_side_has_are_marked() -> None:
    assert marks("take 5 mg <b>", "take 10 mg <b>") == (
        "take <del>5</del> mg &lt;b&gt;",
        "take <ins>10</ins> mg &lt;b&gt;",
    )


def test_long_runs_that_both_sides_have_are_folded_between_changes() -> None:
    run = " ".join(f"w{n}" for n in range(200))
    before, after = marks(f"take 5 mg {run} at night <i>", f"take 10 mg {run} at noon <i>")
    for told, word in ((before, "5"), (after, "10")):
        assert (
            f">{word}</" in told and "[…]" in told and "w0 " in told and "w199" in told and "w100" not in told
        )
        assert told.endswith("&lt;i&gt;")
    assert marks(run, run) == (run, run)


def test_a_terminal_shows_counts_then_both_quotes_with_their_passages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_changes({**document(), "language": "en"})
    told = capsys.readouterr().out
    assert told.index("1 raised") < told.index("MAJOR") < told.index("be aware") < told.index("not advised")
    assert told.count("p_1") == 3
    assert "\x1b[2J" not in told


def test_a_terminal_shows_what_an_answer_lost_and_gained(capsys: pytest.CaptureFixture[str]) -> None:
    item = {
        "source": "site",
        "question": "Q?",
        "drugs": [],
        "status": {"before": "answered", "after": "abstained"},
        "says": {"gone": ["old words"], "come": []},
        "cites": {"gone": [], "come": ["new quote"]},
    }
    show_differing(
        {
            "before": {"snapshot": "s_1", "without": "ansm@2020-10"},
            "after": {"snapshot": "s_1"},
            "asked": 2,
            "affected": [item],
        }
    )
    told = capsys.readouterr().out
    for words in ("1 of 2", "answered → abstained", "- “old words”", "+ “new quote”", "without ansm@2020-10"):
        assert words in told
