"""Finds the reader for a format: what each is called on a card, and where its code lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Final, cast

from medrag.errors import UsageError
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile

__all__ = [
    "READERS",
    "READER_OF_SUFFIX",
    "LazyReader",
    "Reader",
    "TogetherReader",
    "reader_for",
    "reads_together",
]

#: Reads one raw file under a card's options, one document at a time. Raises DocumentRefused, which names file
#: and line, on bytes it cannot read, and ManifestRefused on options it does not know.
Reader = Callable[[RawFile, Mapping[str, object]], Iterator[ParsedDocument]]

TogetherReader = Callable[[Sequence[RawFile], Mapping[str, object]], Iterator[ParsedDocument]]


@dataclass(frozen=True, slots=True)
class LazyReader:
    """A reader by dotted path, imported at its first call, so that naming a reader costs no heavy import."""

    path: str
    #: Reads all the card's files at once, since they belong together, rather than each alone.
    together: bool = False

    def load(self) -> Reader:
        """The reader function itself."""
        module, _, function = self.path.partition(":")
        return cast(Reader, getattr(import_module(module), function))

    def load_together(self) -> TogetherReader:
        """The same for a reader that wants all files at once."""
        return cast(TogetherReader, self.load())

    def __call__(self, raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
        return self.load()(raw, options)


READERS: Final[Mapping[str, LazyReader]] = {
    "ansm": LazyReader("medrag_ingest.readers.ansm:read_ansm", together=True),
    "csv": LazyReader("medrag_ingest.readers.tabular:read_csv"),
    "docx": LazyReader("medrag_ingest.readers.office.reader:read_docx"),
    "disease_ontology": LazyReader(
        "medrag_ingest.readers.disease_ontology:read_disease_ontology", together=True
    ),
    "drug_dictionary": LazyReader("medrag_ingest.readers.dictionaries:read_drug_dictionary"),
    "faker_names": LazyReader("medrag_ingest.readers.dictionaries:read_faker_names", together=True),
    "hetionet": LazyReader("medrag_ingest.readers.hetionet:read_hetionet", together=True),
    "html": LazyReader("medrag_ingest.readers.html:read_html"),
    "json": LazyReader("medrag_ingest.readers.json_records:read_json"),
    "jsonl": LazyReader("medrag_ingest.readers.json_records:read_jsonl"),
    "label_text": LazyReader("medrag_ingest.readers.labels:read_label_text"),
    "llamaindex": LazyReader("medrag_ingest.readers.llamaindex:read_llamaindex"),
    "markdown": LazyReader("medrag_ingest.readers.markdown:read_markdown"),
    "medquad": LazyReader("medrag_ingest.readers.medquad:read_medquad"),
    "ndfrt": LazyReader("medrag_ingest.readers.ndfrt:read_ndfrt", together=True),
    "ngc": LazyReader("medrag_ingest.readers.ngc:read_ngc"),
    "nstg": LazyReader("medrag_ingest.readers.nstg:read_nstg"),
    "openfda": LazyReader("medrag_ingest.readers.openfda:read_openfda"),
    "pairs": LazyReader("medrag_ingest.readers.pairs:read_pairs"),
    "pdf": LazyReader("medrag_ingest.readers.pdf.reader:read_pdf"),
    "renal_json": LazyReader("medrag_ingest.readers.renal:read_renal"),
    "spl": LazyReader("medrag_ingest.readers.spl:read_spl"),
    "text": LazyReader("medrag_ingest.readers.plain:read_text"),
    "tsv": LazyReader("medrag_ingest.readers.tabular:read_tsv"),
    "xlsx": LazyReader("medrag_ingest.readers.office.reader:read_xlsx"),
}

#: Which reader a single document handed to ``medrag ingest`` gets. A bare ``.xml`` is taken for an SPL label:
#: that reader refuses any other root element.
READER_OF_SUFFIX: Final[Mapping[str, str]] = {
    ".csv": "csv",
    ".docx": "docx",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".markdown": "markdown",
    ".md": "markdown",
    ".ndjson": "jsonl",
    ".pdf": "pdf",
    ".tsv": "tsv",
    ".txt": "text",
    ".xlsx": "xlsx",
    ".xml": "spl",
}


def reads_together(name: str) -> bool:
    """Whether a reader wants all of a card's files at once."""
    return READERS[name].together


def reader_for(filename: str) -> str:
    """The reader's name for a file's suffix. Raises UsageError for a suffix no reader is known for."""
    suffix = PurePosixPath(filename).suffix.lower()
    if suffix not in READER_OF_SUFFIX:
        known = ", ".join(sorted(READER_OF_SUFFIX))
        raise UsageError(
            f"no reader for {filename!r}: its ending is none of {known}", remedy="Name a reader on a card."
        )
    return READER_OF_SUFFIX[suffix]
