"""Reads a retrieval set in the BEIR layout: corpus, queries and relevance judgements in one folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medrag.errors import DocumentRefused, Place, UsageError

__all__ = ["RetrievalSet", "read_set"]


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """``documents`` and ``queries`` are (id, text); ``judgements`` query id to document id to grade."""

    name: str
    documents: tuple[tuple[str, str], ...]
    queries: tuple[tuple[str, str], ...]
    judgements: dict[str, dict[str, int]]


def read_set(folder: Path, name: str, split: str = "test") -> RetrievalSet:
    """``folder/name/{corpus.jsonl[.gz], queries[_split].jsonl, qrels[_split].tsv}``.

    Queries without a judgement are left out, as the measures need one. Raises UsageError and DocumentRefused.
    """
    home = folder / name
    judgements = read_judgements(find(home, (f"qrels_{split}.tsv", f"qrels/{split}.tsv", "qrels.tsv")))
    queries = read_lines(find(home, (f"queries_{split}.jsonl", "queries.jsonl", "queries.jsonl.gz")))
    documents = read_lines(find(home, ("corpus.jsonl.gz", "corpus.jsonl")))
    asked = tuple((key, text) for key, text in queries if key in judgements)
    return RetrievalSet(name, tuple(documents), asked, judgements)


def find(home: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        if (home / name).is_file():
            return home / name
    raise UsageError(
        f"{home} holds none of {', '.join(names)}",
        place=Place(field="data"),
        remedy="Give the folder that holds one folder a set, in the BEIR layout",
    )


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                yield str(row["_id"]), f"{row.get('title', '')} {row['text']}".strip()
            except (json.JSONDecodeError, KeyError) as error:
                raise DocumentRefused(
                    f"not a BEIR record: {error}", place=Place(file=str(path), line=number)
                ) from error


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Tab-separated query id, document id, grade; a header line is passed over; grade 0 is no judgement of worth."""
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split("\t")
        if number == 1 and not fields[-1].strip().lstrip("-").isdigit():
            continue
        if len(fields) < 3 or not fields[-1].strip().lstrip("-").isdigit():
            raise DocumentRefused("three tab-separated fields are wanted", place=Place(str(path), number))
        if int(fields[-1]) > 0:
            judged.setdefault(fields[0], {})[fields[-2]] = int(fields[-1])
    return judged
