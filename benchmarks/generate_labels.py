"""Writes a zip of N made-up SPL labels, for tests of size: seeded, in words of our own, one label in memory at a time."""

from __future__ import annotations

import argparse
import io
import random
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

__all__ = ["generate", "label_xml", "write_archive"]

#: (LOINC section code, title, what its sentences speak of).
SECTIONS = (
    ("34067-9", "1 INDICATIONS AND USAGE", "use"),
    ("34068-7", "2 DOSAGE AND ADMINISTRATION", "dose"),
    ("34070-3", "4 CONTRAINDICATIONS", "avoid"),
    ("43685-7", "5 WARNINGS AND PRECAUTIONS", "warn"),
    ("34084-4", "6 ADVERSE REACTIONS", "harm"),
    ("34073-7", "7 DRUG INTERACTIONS", "pair"),
    ("42228-7", "8.1 Pregnancy", "warn"),
    ("34088-5", "10 OVERDOSAGE", "harm"),
)
SENTENCES = {
    "use": ("{drug} tablets treat {state} in adults.", "Continue {drug} while {state} persists."),
    "dose": (
        "Take {dose} mg of {drug} every {hours} hours.",
        "Halve the dose of {drug} when eGFR is below {egfr}.",
    ),
    "avoid": ("{drug} must not be given to people with {state}.", "Do not combine {drug} with {other}."),
    "warn": ("Check potassium {hours} days after {drug} is begun.", "{drug} may worsen {state}."),
    "harm": ("{state} was seen in {egfr} of 1000 people who took {drug}.", "Too much {drug} causes {state}."),
    "pair": (
        "{other} raises the level of {drug} by {egfr} percent.",
        "Space {drug} and {other} {hours} hours apart.",
    ),
}
STATES = (
    "swelling",
    "a slow pulse",
    "low sodium",
    "a dry cough",
    "dizziness",
    "raised potassium",
    "a rash",
    "gout",
)
SYLLABLES = (
    "ba",
    "cor",
    "dil",
    "fen",
    "gli",
    "lo",
    "mi",
    "nor",
    "pra",
    "quin",
    "sar",
    "ta",
    "ver",
    "xo",
    "zid",
)


def generate(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """``count`` labels as (set id, XML). The same seed gives the same bytes."""
    for number in range(count):
        source = random.Random(f"{seed}/{number}")
        set_id = str(uuid.UUID(int=source.getrandbits(128), version=4))
        yield set_id, label_xml(set_id, source).encode("utf-8")


def label_xml(set_id: str, source: random.Random) -> str:
    """One label of eight sections with paragraphs, a list and a table."""
    drug, other = _drug(source), _drug(source)
    sections = "".join(_section(code, title, topic, drug, other, source) for code, title, topic in SECTIONS)
    date = f"20{source.randrange(10, 25)}{source.randrange(1, 13):02}{source.randrange(1, 29):02}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document xmlns="urn:hl7-org:v3">'
        f'<id root="{set_id}"/><code code="34391-3" codeSystem="2.16.840.1.113883.6.1"/><title>{drug} tablets</title>'
        f'<effectiveTime value="{date}"/><setId root="{set_id}"/><versionNumber value="{source.randrange(1, 9)}"/>'
        "<component><structuredBody>"
        '<component><section><code code="48780-1" codeSystem="2.16.840.1.113883.6.1"/><subject><manufacturedProduct>'
        f"<manufacturedProduct><name>{drug.capitalize()}</name><asEntityWithGeneric><genericMedicine>"
        f"<name>{drug}</name></genericMedicine></asEntityWithGeneric></manufacturedProduct></manufacturedProduct>"
        f"</subject></section></component>{sections}</structuredBody></component></document>"
    )


def _drug(source: random.Random) -> str:
    return "".join(source.choices(SYLLABLES, k=3)) + source.choice(("ol", "pril", "statin", "mab", "ine"))


def _section(code: str, title: str, topic: str, drug: str, other: str, source: random.Random) -> str:
    paragraphs = "".join(
        f"<paragraph>{_sentences(topic, drug, other, source, 6)}</paragraph>" for _ in range(2)
    )
    items = "".join(f"<item>{_sentences(topic, drug, other, source, 1)}</item>" for _ in range(3))
    rows = "".join(
        f"<tr><td>{state}</td><td>{source.randrange(1, 40)}</td></tr>" for state in source.sample(STATES, 3)
    )
    table = f"<table><thead><tr><th>Effect</th><th>Per 1000</th></tr></thead><tbody>{rows}</tbody></table>"
    text = f"{paragraphs}<paragraph>Note:</paragraph><list>{items}</list>{table if topic == 'harm' else ''}"
    return (
        f'<component><section><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/>'
        f"<title>{escape(title)}</title><text>{text}</text></section></component>"
    )


def _sentences(topic: str, drug: str, other: str, source: random.Random, count: int) -> str:
    def one() -> str:
        return source.choice(SENTENCES[topic]).format(
            drug=drug, other=other, state=source.choice(STATES), dose=source.randrange(5, 900, 5),
            hours=source.choice((4, 6, 8, 12, 24)), egfr=source.randrange(15, 90),
        )  # fmt: skip

    return " ".join(escape(one()) for _ in range(count))


def write_archive(path: Path, count: int, seed: int, *, nested: bool) -> None:
    """Writes the zip. ``nested`` wraps each label in a zip of its own, as DailyMed's downloads do."""
    #: A fixed date, so that the same seed gives the same archive.
    moment = (2024, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for set_id, xml in generate(count, seed):
            name, data = f"prescription/{set_id}.xml", xml
            if nested:
                inner = io.BytesIO()
                with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as box:
                    box.writestr(zipfile.ZipInfo(f"{set_id}.xml", moment), xml, zipfile.ZIP_DEFLATED)
                name, data = f"prescription/{set_id}.zip", inner.getvalue()
            archive.writestr(zipfile.ZipInfo(name, moment), data, zipfile.ZIP_DEFLATED)


def main() -> None:
    """Command line: ``generate_labels.py labels.zip --count 50000``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nested", action="store_true")
    chosen = parser.parse_args()
    write_archive(chosen.path, chosen.count, chosen.seed, nested=chosen.nested)
    print(f"{chosen.path}: {chosen.count} labels, {chosen.path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
