"""Plain text keeps its own offsets; Chinese label headings are sections with codes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.readers.laws import outline, read_one


def test_paragraphs_and_pages() -> None:
    document = read_one("text", "First line\nsecond line\n \nNext\fThird\n", name="note.txt")
    assert [words for _, words, _ in outline(document)] == ["First line\nsecond line", "Next\fThird"]
    assert (document.key, document.title) == ("note.txt", "note")
    assert [block.page for block in read_one("text", "a\n\n\fb\n\n\f\fc").blocks] == [1, 2, 4]


def test_chinese_label_headings_carry_section_codes() -> None:
    text = "说明书\n【药物相互作用】\n与甲药合用须谨慎。\n【禁 忌】对本品过敏者禁用。\n【自编标题】文字"
    document = read_one("text", text)
    assert outline(document) == [
        ("paragraph", "说明书", []),
        ("heading", "【药物相互作用】", []),
        ("paragraph", "与甲药合用须谨慎。", ["【药物相互作用】"]),
        ("heading", "【禁 忌】", []),
        ("paragraph", "对本品过敏者禁用。", ["【禁 忌】"]),
        ("heading", "【自编标题】", []),
        ("paragraph", "文字", ["【自编标题】"]),
    ]
    assert [b.code for b in document.blocks] == [None, "34073-7", "34073-7", "34070-3", "34070-3", None, None]


def test_lost_characters_are_counted() -> None:
    assert read_one("text", "caf\ufffd and \ufffd").lost_characters == 2


@given(st.text(st.sampled_from("a中 【】\n\f\t\r"), min_size=1).filter(str.strip))
def test_blocks_hold_all_but_white_space(text: str) -> None:
    read_one("text", text)
