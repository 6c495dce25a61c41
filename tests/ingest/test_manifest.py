"""Cards: what is accepted, and that every refusal names file, line, field, value and what is allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medrag.errors import ManifestRefused
from medrag_ingest.manifest import MAX_CARD_BYTES, Manifest, first_day

HASH = "a" * 64
CARD = f"""\
id: sample
title: A sample
publisher: Nobody
kind: guideline
authority: digest
jurisdiction: INT
language: en
edition: 2.10
published: 2020-10
rights:
  licence: CC0-1.0
  redistributable: true
sources:
  - file: a.md
    sha256: {HASH}
reader:
  name: markdown
expect:
  documents: 1
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "sample.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(folder: Path, text: str | bytes) -> ManifestRefused:
    with pytest.raises(ManifestRefused) as caught:
        Manifest.from_yaml(write(folder, text))
    assert caught.value.exit_code == 3
    assert caught.value.place.file == str(folder / "sample.yaml")
    return caught.value


def test_a_card_becomes_work_and_edition(tmp_path: Path) -> None:
    path = write(tmp_path, CARD)
    card = Manifest.from_yaml(path)
    work, edition = card.work(), card.edition_record(date(2026, 1, 2))
    assert (work.id, work.jurisdiction, work.rights.licence) == ("sample", "INT", "CC0-1.0")
    assert edition.id == "sample@2.10"  # the words written, not the number 2.1
    assert (edition.published, edition.valid_from) == ("2020-10", date(2020, 10, 1))
    assert edition.manifest_sha256 == card.sha256
    assert card.folder == tmp_path
    assert card.passages.max_tokens == 220
    assert card.on_error == "refuse"


@pytest.mark.parametrize(
    ("told", "day"),
    [("2020", date(2020, 1, 1)), ("2020-10", date(2020, 10, 1)), ("2020-10-20", date(2020, 10, 20))],
)
def test_reduced_dates_mean_their_first_day(told: str, day: date) -> None:
    assert first_day(told) == day


def test_valid_from_wins_over_published(tmp_path: Path) -> None:
    card = Manifest.from_yaml(write(tmp_path, CARD + "valid_from: 2021-02-03\n"))
    assert card.edition_record(date(2026, 1, 1)).valid_from == date(2021, 2, 3)


def test_norway_stays_norway(tmp_path: Path) -> None:
    assert Manifest.from_yaml(write(tmp_path, CARD.replace("INT", "NO"))).jurisdiction == "NO"


@pytest.mark.parametrize(
    ("old", "new", "field", "line", "words"),
    [
        ("id: sample", "id: Sample!", "id", 1, "'Sample!' is not allowed"),
        ("kind: guideline", "kind: leaflet", "kind", 4, "'label', 'guideline'"),
        ("authority: digest", "authority: king", "authority", 5, "'king' is not allowed"),
        ("jurisdiction: INT", "jurisdiction: France", "jurisdiction", 6, "'France'"),
        ("language: en", "language: de", "language", 7, "'en', 'zh' or 'fr'"),
        ("published: 2020-10", "published: 2999", "published", 9, "in the future"),
        ("published: 2020-10", "published: 10/2020", "published", 9, "written 2020, 2020-10"),
        ("published: 2020-10", "published: 2020-13", "published", 9, "month must be in 1..12"),
        (HASH, "abc", "sources.0.sha256", 15, "'abc' is not allowed"),
        ("    sha256: " + HASH, "    size: 3", "sources.0", 14, "sha256 is wanted"),
        ("file: a.md", "url: ftp://x.org/a.md", "sources.0.url", 14, "http or https"),
        ("file: a.md", "url: https://me:pw@x.org/a.md", "sources.0.url", 14, "user name or password"),
        ("  documents: 1", "  documents: 0", "", 1, "at least one count"),
        ("  documents: 1", "  documents: -1", "expect.documents", 19, "-1 is not allowed"),
        ("  redistributable: true", "  redistributable: maybe", "rights.redistributable", 12, "'maybe'"),
        ("title: A sample\n", "", "title", 1, "missing"),
    ],
)
def test_a_refusal_names_field_line_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, field: str, line: int, words: str
) -> None:
    assert old in CARD
    error = refusal(tmp_path, CARD.replace(old, new))
    assert (error.place.field or "") == field
    assert error.place.line == line
    assert words in str(error)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("titel: x", "title"), ("jurisdicton: FR", "jurisdiction"), ("on_eror: skip", "on_error")],
)
def test_an_unknown_field_names_the_nearest_known(tmp_path: Path, wrong: str, right: str) -> None:
    error = refusal(tmp_path, CARD + wrong + "\n")
    assert error.place.field == wrong.partition(":")[0]
    assert error.place.line == CARD.count("\n") + 1
    assert f"Did you mean {right}?" in str(error)


def test_an_unknown_field_inside_a_source_is_told_the_sources_fields(tmp_path: Path) -> None:
    error = refusal(tmp_path, CARD.replace("    sha256:", "    sha265:"))
    assert error.place.field == "sources.0.sha265"
    assert "Did you mean sha256?" in str(error)


def test_other_problems_are_counted(tmp_path: Path) -> None:
    error = refusal(
        tmp_path, CARD.replace("kind: guideline", "kind: x").replace("language: en", "language: x")
    )
    assert "(and 1 more: language)" in str(error)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        (CARD + "title: again\n", "the key 'title' stands twice", 20),
        (CARD.replace("INT", "&x INT"), "anchors and aliases", 6),
        ("a: &a [1]\nb: *a\n", "anchors and aliases", 1),
        (CARD.replace("title: A sample", "title: !!python/name:os.system x"), "tag", 2),
        ("? [1, 2]\n: x\n", "a key must be a word", 1),
        ("- a\n- b\n", "a card is a mapping", 1),
        ("id: 'unfinished\n", "not YAML", None),
        ("", "empty", None),
        ("id: a\n---\nid: b\n", "not YAML", None),
        ("x: " + "[" * 30 + "]" * 30, "nested more than 20", 1),
        (b"id: caf\xe9\n", "not UTF-8", 1),
        ("id: \x00\n", "not YAML", None),
    ],
)
def test_odd_yaml_is_refused(tmp_path: Path, text: str | bytes, words: str, line: int | None) -> None:
    error = refusal(tmp_path, text)
    assert words in str(error)
    if line is not None:
        assert error.place.line == line


def test_a_bomb_of_aliases_is_refused_before_it_grows(tmp_path: Path) -> None:
    layers = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]" for n in range(20)]
    assert "aliases" in str(refusal(tmp_path, "\n".join(layers)))


def test_a_huge_card_is_refused(tmp_path: Path) -> None:
    assert "bytes at most" in str(refusal(tmp_path, CARD + "#" * MAX_CARD_BYTES))


def test_an_absent_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestRefused, match="cannot be read"):
        Manifest.from_yaml(tmp_path / "none.yaml")
    with pytest.raises(ManifestRefused, match="cannot be read"):
        Manifest.from_yaml(tmp_path)


EARLIER = """\
earlier:
  - edition: 2.09
    published: 2019
    sources:
      - file: old.md
        sha256: {hash}
    expect:
      documents: 2
"""


def card_of(folder: Path, text: str) -> Manifest:
    return Manifest.from_yaml(write(folder, text))


def test_a_card_may_list_the_editions_before_its_own(tmp_path: Path) -> None:
    card = card_of(tmp_path, CARD + EARLIER.format(hash="b" * 64))
    old, new = card.every_edition()
    assert new is card
    assert (old.edition_id, old.begins, old.sources[0].file) == ("sample@2.09", date(2019, 1, 1), "old.md")
    assert (old.expect.documents, old.title, old.reader, old.earlier) == (2, card.title, card.reader, ())
    assert old.folder == tmp_path
    assert old.work() == new.work()


def test_an_edition_keeps_its_hash_when_a_new_one_takes_its_place(tmp_path: Path) -> None:
    was = card_of(tmp_path, CARD)
    newer = CARD.replace("edition: 2.10", "edition: 3").replace("published: 2020-10", "published: 2021")
    moved = EARLIER.replace("2.09", "2.10").replace("2019", "2020-10").replace("old.md", "a.md")
    moved = moved.replace("documents: 2", "documents: 1").format(hash=HASH)
    old, new = card_of(tmp_path, newer + moved).every_edition()
    assert old.sha256 == was.sha256 != new.sha256
    assert card_of(tmp_path, "# A remark.\n" + CARD + "notes: one more\n").sha256 == was.sha256
    assert card_of(tmp_path, CARD.replace("A sample", "Another")).sha256 != was.sha256


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("2.09", "2.10", "two editions are labelled 2.10"),
        ("2019", "2020-10-01", "two editions are in force from 2020-10-01"),
        ("2019", "2021", "2.09 is newer than 2.10"),
        ("documents: 2", "documents: 0", "at least one count"),
        ("old.md", "old.md\n        sha265: a", "there is no such field"),
    ],
)
def test_editions_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert problem in str(refusal(tmp_path, CARD + EARLIER.format(hash="b" * 64).replace(old, new)))
