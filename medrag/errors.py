"""Every error medrag raises on purpose, and what each becomes at a door.

::

    MedragError                         exit  http
    ├── UsageError                         2   422   the call itself is wrong
    │   └── KeyReused                      2   422     the Idempotency-Key of another request
    ├── InputRefused                       3   422   a manifest, document, archive, patient or question was refused
    │   ├── ManifestRefused                3   422     a card: field, value, what is allowed
    │   ├── SourceRefused                  3   422     fetched bytes: hash mismatch, too large, unsafe archive
    │   ├── DocumentRefused                3   422     a reader could not read: file, line, reason
    │   ├── QuestionRefused                3   422     an empty, oversized or unreadable question
    │   └── ShelfRefused                   3   409     the gate said no: too few documents, nothing to publish
    ├── NotFound                           4   404   no passage, work, edition or name of that id
    │   └── Withdrawn                      4   410   it quotes an edition that was withdrawn since
    ├── Unavailable                        5   503   something needed cannot be read now
    │   ├── CatalogueUnavailable           5   503
    │   ├── IndexUnavailable               5   503
    │   ├── EncoderUnavailable             5   503
    │   ├── SourceUnavailable              5   503     a source cannot be fetched; nothing was changed
    │   ├── GraphUnavailable               5   503     the graph cannot be read, or does not hold the whole snapshot
    │   ├── ShelfBusy                      5   409     another writer holds the shelf
    │   ├── NothingInForce                 5   404     no edition was in force on the day that is asked about
    │   ├── RequestRunning                 5   409     the same request, by its Idempotency-Key, is still under way
    │   └── ConversationBusy               5   409     another turn of the conversation came between
    └── IntegrityError                     5   503   what is kept disagrees with its hash; say where, serve nothing of it
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CatalogueUnavailable",
    "ConversationBusy",
    "DocumentRefused",
    "EncoderUnavailable",
    "GraphUnavailable",
    "IndexUnavailable",
    "InputRefused",
    "IntegrityError",
    "KeyReused",
    "ManifestRefused",
    "MedragError",
    "ModelUnavailable",
    "NotFound",
    "NothingInForce",
    "Place",
    "QuestionRefused",
    "RequestRunning",
    "ShelfBusy",
    "ShelfRefused",
    "SourceRefused",
    "SourceUnavailable",
    "Unavailable",
    "UsageError",
    "Withdrawn",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something went wrong: a file or source, a line (1-based), a field (dotted path)."""

    file: str | None = None
    line: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        parts = [self.file or "", f"line {self.line}" if self.line is not None else "", self.field or ""]
        return ", ".join(part for part in parts if part)


class MedragError(Exception):
    """Something a person can act on: what failed, where, and what to do next."""

    exit_code = 1
    http_status = 500
    title = "Something failed"

    def __init__(self, problem: str, *, place: Place | None = None, remedy: str = "") -> None:
        self.problem = problem
        self.place = place or Place()
        self.remedy = remedy
        where = str(self.place)
        text = f"{where}: {problem}" if where else problem
        super().__init__(f"{text}. {remedy}" if remedy else text)


class UsageError(MedragError):
    exit_code, http_status, title = 2, 422, "The call is wrong"


class KeyReused(UsageError):
    title = "The key was used for another request"


class InputRefused(MedragError):
    exit_code, http_status, title = 3, 422, "Input refused"


class ManifestRefused(InputRefused):
    title = "Manifest refused"


class SourceRefused(InputRefused):
    title = "Source refused"


class DocumentRefused(InputRefused):
    title = "Document refused"


class QuestionRefused(InputRefused):
    title = "Question refused"


class ShelfRefused(InputRefused):
    http_status, title = 409, "Not published"


class NotFound(MedragError):
    exit_code, http_status, title = 4, 404, "Not found"


class Withdrawn(NotFound):
    http_status, title = 410, "Withdrawn"


class Unavailable(MedragError):
    exit_code, http_status, title = 5, 503, "Unavailable"


class CatalogueUnavailable(Unavailable):
    title = "Catalogue unavailable"


class IndexUnavailable(Unavailable):
    title = "Index unavailable"


class EncoderUnavailable(Unavailable):
    title = "Encoder unavailable"


class ModelUnavailable(Unavailable):
    title = "Answering model unavailable"


class SourceUnavailable(Unavailable):
    title = "Source unavailable"


class GraphUnavailable(Unavailable):
    title = "Graph unavailable"


class ShelfBusy(Unavailable):
    http_status, title = 409, "The shelf is being written"


class NothingInForce(Unavailable):
    http_status, title = 404, "Nothing was in force"


class RequestRunning(Unavailable):
    http_status, title = 409, "The same request is under way"


class ConversationBusy(Unavailable):
    http_status, title = 409, "The conversation went on meanwhile"


class IntegrityError(MedragError):
    exit_code, http_status, title = 5, 503, "Stored content does not match its hash"
