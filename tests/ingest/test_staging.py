"""One card at a time: what is refused leaves nothing, what is skipped is counted, what was cut off goes on."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_cards import check_laws, contents, leaflet, open_small, quiet, write_card, write_raw

from medrag.errors import DocumentRefused, InputRefused, ShelfRefused, SourceRefused
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest
from medrag_ingest.receipt import Receipt
from medrag_ingest.staging import stage_card
from medrag_ingest.workshop import Workshop

GOOD = leaflet("Kidney", ("Metformin is stopped below thirty.",)).encode()
ONE = {"expect": {"documents": 1}}
JSON = {"reader": {"name": "json", "options": {"key": "id", "text": ["body"]}}}
LINES = {"reader": {"name": "jsonl", "options": {"key": "id", "text": ["body"]}}}


def records(*bodies: str) -> bytes:
    return json.dumps([{"id": f"r{n}", "body": body} for n, body in enumerate(bodies)]).encode()


def lines(*bodies: str) -> bytes:
    return "".join(json.dumps({"id": f"l{n}", "body": body}) + "\n" for n, body in enumerate(bodies)).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def stage(card: Manifest, workshop: Workshop) -> Receipt:
    receipt = Receipt("run", card.id, card.edition_id)
    stage_card(card, workshop, receipt, quiet)
    return receipt


def xml_bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{("&e" + str(n - 1) + ";") * 10}">' for n in range(1, 9))
    return f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "ha">{entities}]><d>&e8;</d>'.encode()


HOSTILE: dict[str, tuple[str, bytes, dict[str, Any], str]] = {
    "truncated JSON": ("cut.json", records("a", "b")[:-9], JSON, "cut.json"),
    "wrong encoding": ("latin.md", "# Prévention\n\nà jeun\n".encode("latin-1"), {}, "latin.md"),
    "a DOCTYPE": ("bomb.xml", xml_bomb(), {"reader": {"name": "spl"}}, "bomb.xml"),
    "a zip bomb": ("bomb.zip", zipped({"a.md": b"0" * 12_000_000}), {}, "bomb.zip"),
    "an empty file": ("empty.md", b"", {}, "empty.md"),
    "an empty archive": ("empty.zip", zipped({}), {}, "0 documents arrived"),
    "a damaged archive": ("torn.zip", zipped({"a.md": GOOD * 50})[:-30], {}, "torn.zip"),
    "a bad line": ("x.jsonl", lines("Good words.") + b'{"id": "l9", "body": \n', LINES, "line 2"),
    "two equal keys": ("twice.zip", zipped({"a/x.md": GOOD, "b/x.md": GOOD}), {
        "reader": {"name": "markdown", "options": {"key": "same"}}}, "two documents have the key"),
    "a missing member": ("one.zip", zipped({"a.md": GOOD}), {}, "no member is called"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_by_name_and_leaves_nothing(what: str, home: Path, tmp_path: Path) -> None:
    filename, data, fields, told = HOSTILE[what]
    workshop = open_small(home)
    ingest([write_card(tmp_path, "held", {"a": leaflet("Held", ("Words that stay.",))})], workshop, quiet)
    before, snapshot = contents(home), workshop.catalogue.current()
    card = write_raw(tmp_path, "bad", {filename: data}, {**ONE, **fields})
    if what == "a missing member":
        sources = tuple(s.model_copy(update={"members": ("a.md", "b.md")}) for s in card.sources)
        card = card.model_copy(update={"sources": sources})
    with pytest.raises(InputRefused) as caught:
        stage(card, workshop)
    assert caught.value.exit_code == 3 and caught.value.problem
    report = ingest([card], workshop, quiet)
    receipt = report.receipts[0]
    assert receipt.outcome == "refused" and told in receipt.reason and not report.published
    assert contents(home) == before and workshop.catalogue.current() == snapshot
    assert workshop.catalogue.last_runs(1)[0]["outcome"] == "refused"


def test_a_file_over_the_bounds_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrag_ingest.members.Limits.__init__.__defaults__", (3, *LIMITS[1:]))
    members = {f"{n}.md": GOOD for n in range(9)}
    card = write_raw(tmp_path, "many", {"many.zip": zipped(members)}, ONE)
    with pytest.raises(SourceRefused, match=r"many\.zip"):
        stage(card, open_small(home))
    assert contents(home)["editions"] == []


def limits() -> tuple[int, ...]:
    from medrag_ingest.members import Limits

    defaults = Limits.__init__.__defaults__
    assert defaults is not None
    return defaults


LIMITS = limits()


def test_a_wrong_hash_names_expected_and_actual_and_the_old_edition_stays(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([write_card(tmp_path, "kidney", {"a": GOOD.decode()})], workshop, quiet)
    snapshot, before = workshop.catalogue.current(), contents(home)
    card = write_card(tmp_path, "kidney", {"a": GOOD.decode() + "\nMore words of the house.\n"})
    expected = card.sources[0].sha256
    (tmp_path / "kidney" / "a.md").write_bytes(b"Something else altogether.")
    report = ingest([card], workshop, quiet)
    reason = report.receipts[0].reason
    assert report.receipts[0].outcome == "refused" and "a.md" in reason
    assert f"expected was {expected}" in reason and "the sha256 is" in reason
    assert workshop.catalogue.current() == snapshot and contents(home) == before


def test_less_than_the_card_expects_is_refused(home: Path, tmp_path: Path) -> None:
    card = write_card(tmp_path, "kidney", {"a": GOOD.decode()}, expect={"documents": 1, "passages": 50})
    workshop = open_small(home)
    with pytest.raises(ShelfRefused, match=r"\d passages arrived, the card expects at least 50") as caught:
        stage(card, workshop)
    assert caught.value.place.field == "expect.passages" and caught.value.place.file == card.card
    assert contents(home)["editions"] == contents(home)["works"] == contents(home)["documents"] == []


def test_bad_reader_options_leave_nothing(home: Path, tmp_path: Path) -> None:
    card = write_card(
        tmp_path, "kidney", {"a": GOOD.decode()}, reader={"name": "markdown", "options": {"x": 1}}
    )
    with pytest.raises(InputRefused, match="x"):
        stage(card, open_small(home))
    assert contents(home)["editions"] == []


def mixed(folder: Path, **fields: Any) -> Manifest:
    """Three sound files and two that are cut off, one of them after a sound line."""
    sources = {
        "a.jsonl": lines("Metformin is stopped below thirty.", "Begin at twenty."),
        "b.jsonl": b'{"id": "b0", "body": "Half a file."}\n{"id": "b1", "bo',
        "c.jsonl": lines("x").replace(b'"l0"', b'"c0"'),
        "d.jsonl": b'{"id"',
        "e.jsonl": lines("y").replace(b'"l0"', b'"e0"'),
    }
    return write_raw(folder, "mixed", sources, {**ONE, **LINES, **fields})


def test_skip_counts_what_it_leaves_out_by_file_and_line(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    report = ingest([mixed(tmp_path, on_error="skip", max_rejected=2)], workshop, quiet)
    receipt = report.receipts[0]
    assert receipt.outcome == "staged"
    assert [(item.file, item.line) for item in receipt.rejected] == [("b.jsonl", 2), ("d.jsonl", 1)]
    keys = [key for _, key, *_ in workshop.catalogue.document_keys("mixed@2024")]
    assert keys == ["l0", "l1", "c0", "e0"], "nothing stays of a file that was refused half-way"
    assert receipt.documents == 4
    assert receipt.as_json()["rejected"][0]["reason"] and receipt.as_json()["rejected_count"] == 2


def test_more_rejected_than_the_card_allows_refuses_it_whole(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    report = ingest([mixed(tmp_path, on_error="skip", max_rejected=1)], workshop, quiet)
    receipt = report.receipts[0]
    assert receipt.outcome == "refused" and "2 items were rejected, the card allows 1" in receipt.reason
    assert contents(home)["editions"] == [] and len(receipt.rejected) == 2


def test_refuse_is_the_default(home: Path, tmp_path: Path) -> None:
    with pytest.raises(DocumentRefused) as caught:
        stage(mixed(tmp_path), open_small(home))
    assert (caught.value.place.file, caught.value.place.line) == ("b.jsonl", 2)
    assert contents(home)["works"] == []


def test_a_refused_correction_leaves_what_is_said_of_the_work(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([write_card(tmp_path, "kidney", {"a": GOOD.decode()})], workshop, quiet)
    before = contents(home)
    card = write_card(tmp_path, "kidney", {"a": GOOD.decode()}, title="Another", expect={"documents": 9})
    assert ingest([card], workshop, quiet).receipts[0].outcome == "refused"
    assert contents(home) == before


class Killed(Exception):
    """Stands for a signal: nothing in medrag catches it."""


def killed_at(document: int) -> Callable[[str, int, int | None], None]:
    def told(stage: str, done: int, total: int | None) -> None:
        if not stage.startswith("fetch") and done == document:
            raise Killed

    return told


def many(folder: Path, **fields: Any) -> Manifest:
    return write_card(
        folder, "many", {f"n{n:02}": leaflet(f"Note {n}", ("Take it twice.",)) for n in range(12)}
    )


def test_a_staging_goes_on_member_by_member(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrag_ingest.batch.BATCH_CHARACTERS", 60)
    whole = open_small(home.parent / "whole")
    expected = ingest([many(tmp_path)], whole, quiet)
    workshop = open_small(home)
    with pytest.raises(Killed):
        ingest([many(tmp_path)], workshop, killed_at(8))
    assert workshop.catalogue.current() is None
    assert workshop.catalogue.edition("many@2024").state == "staging"
    report = ingest([many(tmp_path)], workshop, quiet)
    receipt = report.receipts[0]
    assert receipt.resumed_members == 7
    assert receipt.characters == expected.receipts[0].characters
    assert contents(home) == contents(home.parent / "whole")
    assert report.snapshot is not None and expected.snapshot is not None
    assert report.snapshot.id == expected.snapshot.id
    check_laws(workshop, report.snapshot)


@pytest.mark.parametrize(("moment", "resumed"), [(1, 0), (5, 1), (6, 1)])
def test_a_member_larger_than_a_batch_is_written_in_parts_and_read_again_when_cut_off(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int, resumed: int
) -> None:
    monkeypatch.setattr("medrag_ingest.batch.BATCH_CHARACTERS", 60)
    sources = {
        "a.jsonl": lines("One line of a file that is read whole."),
        "b.jsonl": lines(*(f"Line {n} of a file larger than a batch is." for n in range(6))).replace(
            b'"l', b'"b'
        ),
    }
    card = write_raw(tmp_path, "large", sources, {**ONE, **LINES})
    expected = ingest([card], open_small(home.parent / "whole"), quiet)
    with pytest.raises(Killed):
        ingest([card], open_small(home), killed_at(moment))
    workshop = open_small(home)
    report = ingest([card], workshop, quiet)
    assert report.receipts[0].resumed_members == resumed
    assert contents(home) == contents(home.parent / "whole")
    assert report.snapshot is not None and expected.snapshot is not None
    assert report.snapshot.id == expected.snapshot.id


def test_a_large_member_refused_at_its_end_leaves_none_of_its_parts(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrag_ingest.batch.BATCH_CHARACTERS", 60)
    bad = lines(*(f"Line {n} of a file larger than a batch is." for n in range(6))) + b'{"id'
    sources = {"a.jsonl": bad, "b.jsonl": lines("One good line.").replace(b'"l0"', b'"b0"')}
    card = write_raw(tmp_path, "large", sources, {**ONE, **LINES, "on_error": "skip", "max_rejected": 1})
    workshop = open_small(home)
    report = ingest([card], workshop, quiet)
    assert [key for _, key, *_ in workshop.catalogue.document_keys("large@2024")] == ["b0"]
    assert report.receipts[0].passages == len(contents(home)["passages"]) == 1


def test_a_staging_of_other_bytes_starts_clean(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    with pytest.raises(Killed):
        ingest([many(tmp_path)], workshop, killed_at(5))
    card = write_card(tmp_path, "many", {"only": leaflet("Only", ("This stays.",))})
    receipt = ingest([card], workshop, quiet).receipts[0]
    assert receipt.resumed_members == 0 and receipt.documents == 1
    assert len(contents(home)["documents"]) == 1


def test_an_unfinished_correction_goes_when_the_card_goes_back(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    card = write_card(tmp_path, "kidney", {"a": GOOD.decode()})
    ingest([card], workshop, quiet)
    before = contents(home)
    changed = write_card(tmp_path, "kidney", {f"n{n}": leaflet(f"N{n}", ("Words.",)) for n in range(4)})
    with pytest.raises(Killed):
        ingest([changed], workshop, killed_at(2))
    ingest([write_card(tmp_path, "kidney", {"a": GOOD.decode()})], workshop, quiet)
    assert contents(home) == before


def test_names_of_one_concept_may_come_from_many_files_and_batches(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = '<QAPair pid="1"><Question qid="{n}-1" qtype="information">What is it?</Question><Answer>{t}</Answer></QAPair>'
    member = (
        '<?xml version="1.0" encoding="UTF-8"?><Document id="{n}" source="S" url="https://example.org/{n}">'
        "<Focus>Gout</Focus><FocusAnnotations><UMLS><CUIs><CUI>C0018099</CUI></CUIs><SemanticTypes>"
        "<SemanticType>T047</SemanticType></SemanticTypes></UMLS></FocusAnnotations><QAPairs>"
        + question
        + "</QAPairs></Document>"
    )
    words = "Gout is a painful joint that comes of crystals. " * 4
    files = {f"S_QA/{n}.xml": member.format(n=n, t=words).encode() for n in range(1, 6)}
    card = write_raw(
        tmp_path, "qa", {"qa.zip": zipped(files)}, {**ONE, "kind": "qa", "reader": {"name": "medquad"}}
    )
    whole = open_small(home.parent / "whole")
    assert ingest([card], whole, quiet).receipts[0].outcome == "staged"
    monkeypatch.setattr("medrag_ingest.batch.BATCH_CHARACTERS", 300)
    report = ingest([card], open_small(home), quiet)
    assert report.receipts[0].outcome == "staged", report.receipts[0].reason
    assert contents(home) == contents(home.parent / "whole")
    assert len(contents(home)["concepts"]) == 1 and len(contents(home)["names"]) == 5
