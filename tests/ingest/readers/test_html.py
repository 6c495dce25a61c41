"""HTML gives the main text a person sees, with tables and lists that can be read alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.readers.laws import outline, read_one

PAGE = """<!DOCTYPE html><html><head><title>Cordil &amp; you</title><style>p{}</style></head><body>
<nav><a href="/">Home</a></nav><main><h1>Cordil</h1>
<p>Take 10<sup>3</sup> units of CO<sub>2</sub>, &lt;5&nbsp;mg.<br>Then <b>rest</b>.</p>
<p style="display: none">secret</p><script>alert(1)</script>
<p>Stop when:</p><ul><li>dizzy:<ul><li>at night</li></ul></li><li><p>faint</p><p>or cold</p></li></ul>
<table><caption>Doses</caption><tr><th>Group<th colspan=2>mg</tr><tr><td rowspan=2>Adult<td>1<td>2</tr>
<tr><td>3<td>4</tr><tr><td colspan=3>Kidney failure</tr><tr><td>Child<td>5<td>6</tr></table>
<dl><dt>Fentaol<dd>Never together</dl><img src="x.png" alt="graph"></main><footer>2020</footer></body></html>"""


def test_the_main_text_with_what_each_block_needs() -> None:
    document = read_one("html", PAGE, name="page.html")
    head, table = ["Cordil"], ["Cordil", "Doses", "Group | mg | mg"]
    assert outline(document) == [
        ("heading", "Cordil", []),
        ("paragraph", "Take 10³ units of CO₂, <5 mg.\nThen rest.", head),
        ("paragraph", "Stop when:", head),
        ("list_item", "dizzy:", ["Cordil", "Stop when:"]),
        ("list_item", "at night", ["Cordil", "Stop when:", "dizzy:"]),
        ("list_item", "faint", ["Cordil", "Stop when:"]),
        ("list_item", "or cold", ["Cordil", "Stop when:", "faint"]),
        ("caption", "Doses", head),
        ("table_header", "Group | mg | mg", ["Cordil", "Doses"]),
        ("table_row", "Adult | 1 | 2", table),
        ("table_row", "Adult | 3 | 4", table),
        ("table_row", "Kidney failure", table),
        ("table_row", "Child | 5 | 6", [*table, "Kidney failure"]),
        ("list_item", "Fentaol", head),
        ("list_item", "Never together", ["Cordil", "Fentaol"]),
    ]
    assert (document.title, document.notes) == ("Cordil & you", {"hidden": 2, "images_dropped": 1})


def test_locators_are_xpaths_into_the_page() -> None:
    from lxml import html

    document = read_one("html", PAGE)
    tree = html.document_fromstring(PAGE)
    for block, segment in zip(document.blocks, document.segments, strict=True):
        (element,) = tree.xpath(segment.locator)
        first_word = document.text[block.start : block.end].split()[0]
        assert first_word in element.text_content() or "1" in first_word or first_word == "Adult"


def test_a_declared_charset_is_used() -> None:
    page = '<meta charset="gb2312"><p>药物相互作用</p>'.encode("gb2312")
    assert read_one("html", page).text == "药物相互作用"


def test_a_layout_table_is_no_table() -> None:
    assert outline(read_one("html", "<table><tr><td><h2>A</h2><p>x</p></td><td>y</td></tr></table>")) == [
        ("heading", "A", []),
        ("paragraph", "x", ["A"]),
        ("paragraph", "y", ["A"]),
    ]


TAGS = [
    f"<{edge}{name}>"
    for name in ("p", "ul", "li", "table", "tr", "td", "th", "b", "h2", "dl", "dt")
    for edge in ("", "/")
]


@given(st.lists(st.sampled_from([*TAGS, "<br>", *["word"] * 6]), max_size=30))
def test_no_word_is_lost_whatever_the_tags(pieces: list[str]) -> None:
    document = read_one("html", "<p>word</p>" + " ".join(pieces))
    assert document.text.split().count("word") == 1 + pieces.count("word")
