"""Passages: the laws they keep on any document, and how sections, lists and tables fall into them."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medrag.errors import DocumentRefused
from medrag.identifiers import content_id, sha256_text
from medrag.records import Passage, Span
from medrag.text.length import estimate_tokens, weigh_tokens
from medrag_ingest.atoms import cut_long
from medrag_ingest.parsed import BlockKind, ParsedDocument, TextBuilder
from medrag_ingest.passages import PassageRules, split_passages

KINDS: list[BlockKind] = [
    "heading",
    "paragraph",
    "list_item",
    "table_header",
    "table_row",
    "caption",
    "entry",
]
WORDS = [
    "Start metformin at 500 mg.",
    "Stop it, e.g. when eGFR < 30 mL/min/1.73 m²;",
    "Association déconseillée: risque d'hyperkaliémie.",
    "二甲双胍应在eGFR低于30时停用。",
    "请咨询医生！",
    "😀👩‍⚕️",
    "e\u0301te\u0301",
    "x" * 300,
    "1234567890,123.5",
    "the following:",
    "| a | b |",
    "\n- item",
    "  ",
    "?",
]
sentence = st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
block_text = st.lists(sentence, min_size=1, max_size=12).map(" ".join).filter(lambda text: bool(text.strip()))


@st.composite
def documents(draw: st.DrawFn) -> ParsedDocument:
    builder = TextBuilder()
    for _ in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(KINDS))
        text = draw(block_text)
        code = draw(st.sampled_from([None, None, "34073-7", "34068-7"]))
        page = draw(st.sampled_from([None, 1, 2]))
        if kind == "heading":
            level = draw(st.integers(1, 4))
            builder.heading(text[:80].strip() or "h", level, locator="x", code=code, page=page)
        else:
            separator = draw(st.sampled_from(["\n\n", "\n", " "]))
            builder.write(kind, text, locator="x", separator=separator, code=code, page=page)
    text, blocks, segments = builder.finish()
    return ParsedDocument(key="doc", title="A title", text=text, blocks=blocks, segments=segments)


def split(parsed: ParsedDocument, limit: int = 220) -> list[Passage]:
    return split_passages(parsed, "work@1", "d_1", PassageRules(max_tokens=limit))


LAWS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LAWS
@given(documents(), st.sampled_from([40, 60, 220]))
def test_passages_hold_every_word_once_and_slice_back(parsed: ParsedDocument, limit: int) -> None:
    passages = split(parsed, limit)
    at = 0
    for number, passage in enumerate(passages):
        assert passage.ordinal == number
        assert passage.text == parsed.text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert not parsed.text[at : passage.start].strip()
        assert passage.start >= at
        at = passage.end
    assert not parsed.text[at:].strip()
    assert len({passage.id for passage in passages}) == len(passages)
    assert passages == split(parsed, limit)


@LAWS
@given(documents(), st.sampled_from([40, 60, 220]))
def test_headings_never_stand_alone_before_other_text(parsed: ParsedDocument, limit: int) -> None:
    long = limit / 2
    headings = [
        block
        for block in parsed.blocks
        if block.kind == "heading" and weigh_tokens(parsed.text[block.start : block.end]) <= long
    ]
    body = [block for block in parsed.blocks if block not in headings]
    for passage in split(parsed, limit):
        inside = [b for b in body if b.start < passage.end and passage.start < b.end]
        after = [b for b in body if b.start >= passage.end]
        assert inside or not after


@LAWS
@given(documents(), st.sampled_from([40, 60, 220]))
def test_a_passage_is_no_longer_than_its_rule_but_for_what_leads_it(
    parsed: ParsedDocument, limit: int
) -> None:
    for passage in split(parsed, limit):
        leads = sum(
            weigh_tokens(parsed.text[block.start : block.end])
            for block in parsed.blocks
            if block.kind in ("heading", "caption", "table_header")
            and passage.start <= block.start < passage.end
        )
        # White space that is not ASCII's usual six weighs something; the splitter's sum leaves it out.
        odd = [char for char in passage.text if char.isspace() and char not in " \t\n\r\x0b\x0c"]
        spaces = sum(weigh_tokens(char) for char in odd)
        assert weigh_tokens(passage.text) <= max(limit, limit / 2 + leads) + spaces + 0.01


@LAWS
@given(documents())
def test_a_passage_keeps_to_one_code(parsed: ParsedDocument) -> None:
    for passage in split(parsed):
        inside = [
            block
            for block in parsed.blocks
            if block.kind != "heading" and block.start < passage.end and passage.start < block.end
        ]
        assert {block.code for block in inside} <= {passage.code}


@LAWS
@given(documents(), st.sampled_from([40, 220]))
def test_scope_is_outside_the_passage_and_holds_its_headings(parsed: ParsedDocument, limit: int) -> None:
    for passage in split(parsed, limit):
        assert list(passage.scope) == sorted(set(passage.scope))
        for span in passage.scope:
            assert not (passage.start <= span.start and span.end <= passage.end)
        first = next(b for b in parsed.blocks if b.start <= passage.start < b.end)
        assert {s for s in first.scope if s.end <= passage.start} <= set(passage.scope)


@given(
    st.text(st.sampled_from("ab 1.,2患者；e\u0301👩\u200d⚕"), min_size=1, max_size=400),
    st.sampled_from([6.0, 20.0, 60.0]),
)
def test_long_runs_are_cut_losing_nothing(text: str, limit: float) -> None:
    pieces = list(cut_long(text, Span(0, len(text)), limit))
    at = 0
    for piece in pieces:
        assert not text[at : piece.start].strip()
        assert piece.of(text).strip() == piece.of(text) != ""
        at = piece.end
    assert not text[at:].strip()
    for one, other in pairwise(pieces):
        if one.end == other.start and text[one.end - 1].isalpha():
            assert text[other.start] not in "\u0301\u200d" or weigh_tokens(one.of(text)) > limit / 2


def test_a_number_is_never_cut() -> None:
    text = "剂量" * 30 + "12345.678" + "毫克" * 30
    for limit in range(20, 60):
        pieces = [piece.of(text) for piece in cut_long(text, Span(0, len(text)), limit)]
        assert sum("12345.678" in piece for piece in pieces) == 1


def guideline() -> TextBuilder:
    builder = TextBuilder()
    builder.heading("Heart failure", 1, locator="l")
    builder.heading("Treatment", 2, locator="l")
    builder.write("paragraph", "Four classes are given together. They are:", locator="l")
    builder.write("list_item", "- an ACE inhibitor", locator="l", separator="\n")
    builder.write("list_item", "- a beta-blocker", locator="l", separator="\n")
    return builder


def parsed_of(builder: TextBuilder) -> ParsedDocument:
    text, blocks, segments = builder.finish()
    return ParsedDocument(key="doc", title="HF", text=text, blocks=blocks, segments=segments)


def test_headings_travel_with_what_follows_and_a_list_with_its_introduction() -> None:
    parsed = parsed_of(guideline())
    [passage] = split(parsed)
    assert passage.text == parsed.text
    assert passage.section == ("Heart failure", "Treatment")
    assert passage.scope == ()
    assert passage.id == content_id("p_", "work@1", "doc", 0, len(parsed.text), sha256_text(parsed.text))


def test_a_list_that_does_not_fit_starts_a_passage_with_its_introduction() -> None:
    builder = TextBuilder()
    builder.heading("Treatment", 1, locator="l")
    builder.write("paragraph", "Give the drugs early and together. " * 3 + "They are:", locator="l")
    for name in ("enalapril twice daily", "bisoprolol once daily", "eplerenone once daily"):
        builder.write("list_item", f"- {name}", locator="l", separator="\n")
    first, second = split(parsed_of(builder), 40)
    assert first.text.startswith("Treatment") and first.kind == "prose"
    assert second.text.startswith("They are:\n- enalapril") and second.kind == "list"
    assert second.scope == (Span(0, len("Treatment")),)


def test_an_introduction_set_bold_goes_with_its_list() -> None:
    builder = TextBuilder()
    builder.write("paragraph", "Many words stand before it. " * 4, locator="l")
    builder.write("paragraph", "**Criteria:**", locator="l")
    for number in range(4):
        builder.write("list_item", f"- criterion number {number}", locator="l", separator="\n")
    first, second = split(parsed_of(builder), 40)
    assert "Criteria" not in first.text and second.text.startswith("**Criteria:**\n- criterion")


def test_later_parts_of_a_list_carry_the_sentence_that_introduces_it() -> None:
    builder = TextBuilder()
    builder.write("paragraph", "Stop at once:", locator="l")
    for number in range(30):
        builder.write("list_item", f"- reason number {number} of many", locator="l", separator="\n")
    parsed = parsed_of(builder)
    passages = split(parsed, 60)
    assert len(passages) > 2 and passages[0].text.startswith("Stop at once:\n-")
    assert {span.of(parsed.text) for p in passages[1:] for span in p.scope} == {"Stop at once:"}


def test_later_parts_of_a_table_carry_its_header_and_caption() -> None:
    builder = TextBuilder()
    builder.heading("Dose by kidney function", 1, locator="l")
    caption = builder.write("caption", "Table 2. Doses", locator="l")
    header = builder.write("table_header", "| eGFR | dose |\n|---|---|", locator="l")
    for number in range(40):
        builder.write("table_row", f"| {number} | {number * 5} mg |", locator="l", separator="\n")
    parsed = parsed_of(builder)
    passages = split(parsed, 80)
    assert passages[0].text.startswith("Dose by kidney function\n\nTable 2. Doses\n\n| eGFR")
    assert {p.kind for p in passages} == {"table_row"}
    for passage in passages[1:]:
        assert passage.scope == (parsed.blocks[0].scope or (Span(0, 23),)) + (caption, header)


def test_small_sections_join_but_entries_stand_alone() -> None:
    builder = TextBuilder()
    builder.heading("Drug", 1, locator="l")
    for name in ("Storage", "Packs"):
        builder.heading(name, 2, locator="l")
        builder.write("paragraph", f"{name} in short.", locator="l")
    [joined] = split(parsed_of(builder))
    assert joined.section == ("Drug", "Storage")

    builder = TextBuilder()
    builder.heading("ACE INHIBITORS", 1, locator="l")
    for name in ("LITHIUM", "POTASSIUM"):
        builder.heading(name, 2, locator="l")
        builder.write("entry", "Association déconseillée", locator="l", separator="\n")
    entries = split(parsed_of(builder))
    assert [p.section[-1] for p in entries] == ["LITHIUM", "POTASSIUM"]
    assert {p.kind for p in entries} == {"entry"}
    assert entries[1].scope == (Span(0, len("ACE INHIBITORS")),)


def test_a_code_starts_a_passage_and_the_page_is_the_first_blocks() -> None:
    builder = TextBuilder()
    builder.heading("INTERACTIONS", 1, locator="l", code="34073-7", page=3)
    builder.write("paragraph", "Avoid alcohol.", locator="l", code="34073-7", page=4)
    builder.write("paragraph", "Give 5 mg.", locator="l", code="34068-7", page=5)
    assert [(p.code, p.page) for p in split(parsed_of(builder))] == [("34073-7", 3), ("34068-7", 5)]


def test_headings_alone_only_at_the_end() -> None:
    builder = TextBuilder()
    builder.heading("One", 1, locator="l")
    builder.write("paragraph", "Several words stand here. " * 10, locator="l")
    builder.heading("Two", 1, locator="l")
    builder.heading("Three", 2, locator="l")
    last = split(parsed_of(builder))[-1]
    assert last.text == "Two\n\nThree" and last.section == ("Two", "Three")


def test_a_section_is_dealt_out_evenly() -> None:
    builder = TextBuilder()
    for _ in range(12):
        builder.write("paragraph", "The dose is reduced by half when the kidneys fail slowly.", locator="l")
    parsed = parsed_of(builder)
    limit = int(estimate_tokens(parsed.text) * 0.9)
    lengths = [estimate_tokens(p.text) for p in split(parsed, limit)]
    assert len(lengths) == 2 and min(lengths) > 0.6 * max(lengths)


def test_text_outside_blocks_and_overlapping_blocks_are_refused() -> None:
    parsed = parsed_of(guideline())
    with pytest.raises(DocumentRefused, match="belongs to no block"):
        split(dataclasses.replace(parsed, blocks=parsed.blocks[1:]))
    with pytest.raises(DocumentRefused, match="belongs to no block"):
        split(dataclasses.replace(parsed, blocks=parsed.blocks[:-1]))
    with pytest.raises(DocumentRefused, match=r"blocks\[1\]"):
        split(dataclasses.replace(parsed, blocks=(parsed.blocks[0], *parsed.blocks)))
    assert split(ParsedDocument("k", "t", " \n ", (), ())) == []


@pytest.mark.parametrize("limit", [0, 39, 481])
def test_rules_have_bounds(limit: int) -> None:
    with pytest.raises(ValueError, match="between 40 and 480"):
        PassageRules(max_tokens=limit)
