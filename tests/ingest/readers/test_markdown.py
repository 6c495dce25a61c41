"""Markdown keeps the file's own text; its blocks hold all of it and say what each needs to be read alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.readers.laws import outline, read_one

GUIDE = """\
# Heart failure

**Doses** depend on kidney function. Reduce them as follows:

- **eGFR below 30:** halve the dose (Grade 1B).
  - Check potassium after 3 days:
    - weekly in hospital
- Stop below 15.

  Then call the clinic.

---

## Monitoring `daily`

| Drug | Every |
|------|-------|
| Cordil | 2 days |
| Fentaol | 7 days |

Setext part
-----------

```
if K > 5.5: stop
```

> Quoted words

[link]: https://example.org
"""
PIECES = st.sampled_from(
    ["# A", "## B", "words here", "- item", "  - nested", "1. one", "| a | b |", "|---|---|", "| 1 | 2 |", "```", "> q",
     "---", "===", "", "", "    code", "[a]: /b", "<div>", "中文：", "-", "\t- tab", "   ", "a:", "* * *", "+ x\r"]
)  # fmt: skip


def test_blocks_say_what_each_needs_to_be_read_alone() -> None:
    intro, head, sub = (
        "**Doses** depend on kidney function. Reduce them as follows:",
        "Heart failure",
        "Monitoring `daily`",
    )
    item, nested = "- **eGFR below 30:** halve the dose (Grade 1B).", "- Check potassium after 3 days:"
    table = "| Drug | Every |\n|------|-------|"
    assert outline(read_one("markdown", GUIDE)) == [
        ("heading", "# Heart failure", []),
        ("paragraph", intro, [head]),
        ("list_item", item, [head, intro]),
        ("list_item", nested, [head, intro, item]),
        ("list_item", "- weekly in hospital", [head, intro, item, nested]),
        ("list_item", "- Stop below 15.", [head, intro]),
        ("list_item", "Then call the clinic.", [head, intro, "- Stop below 15."]),
        ("heading", "---\n\n## Monitoring `daily`", [head]),
        ("table_header", table, [head, sub]),
        ("table_row", "| Cordil | 2 days |", [head, sub, table]),
        ("table_row", "| Fentaol | 7 days |", [head, sub, table]),
        ("heading", "Setext part\n-----------", [head]),
        ("paragraph", "```\nif K > 5.5: stop\n```", [head, "Setext part"]),
        ("paragraph", "> Quoted words", [head, "Setext part"]),
        ("paragraph", "[link]: https://example.org", [head, "Setext part"]),
    ]


def test_sections_are_plain_words_and_the_first_heading_is_the_title() -> None:
    document = read_one("markdown", GUIDE, name="guide.md")
    assert (document.key, document.title, document.text) == ("guide.md", "Heart failure", GUIDE)
    assert document.blocks[9].section == ("Heart failure", "Monitoring daily")
    assert [segment.locator for segment in document.segments] == [f"chars:0-{len(GUIDE)}"]


def test_a_paragraph_that_does_not_introduce_is_no_scope() -> None:
    assert outline(read_one("markdown", "A plain sentence.\n\n- item\n"))[1] == ("list_item", "- item", [])


def test_a_long_introduction_gives_its_last_sentence() -> None:
    long = "Filler words go on. " * 20 + "Give these:"
    assert outline(read_one("markdown", f"{long}\n- item\n"))[1] == ("list_item", "- item", ["Give these:"])


def test_front_matter_is_no_heading() -> None:
    document = read_one("markdown", "---\ntitle: x\nyear: 2020\n---\n\n# Real\n\nWords.\n")
    assert [kind for kind, _, _ in outline(document)] == ["caption", "heading", "paragraph"]
    assert document.title == "Real"


def test_nesting_beyond_the_parser_loses_nothing() -> None:
    text = "".join("  " * depth + f"- level {depth}\n" for depth in range(40))
    assert "level 39" in "".join(words for _, words, _ in outline(read_one("markdown", text)))


def test_crlf_is_normalised_and_its_offsets_lead_back() -> None:
    raw = "# A\r\n\r\nfirst\r\nsecond\r\n"
    document = read_one("markdown", raw)
    assert document.text == "# A\n\nfirst\nsecond\n"
    for segment in document.segments:
        start, end = map(int, segment.locator.removeprefix("chars:").split("-"))
        assert raw[start:end] == document.text[segment.start : segment.end]


@given(st.lists(PIECES, min_size=1, max_size=25).filter(lambda lines: any(line.strip() for line in lines)))
def test_blocks_hold_all_but_white_space_whatever_the_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    document = read_one("markdown", text)
    assert document.text == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1).filter(str.strip))
def test_blocks_hold_all_but_white_space_whatever_the_text(text: str) -> None:
    read_one("markdown", text)
