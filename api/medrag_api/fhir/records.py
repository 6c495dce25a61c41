"""What is read from a FHIR record, as frozen records: medicines, names, values, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Json", "Medicine", "Note", "Placed", "Record", "Unchecked"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource of the request, how others refer to it, and whether it is an order not yet signed."""

    #: ``fullUrl`` where there is one, else ``Type/id``; "" for a resource that has neither.
    reference: str
    resource: Json
    draft: bool = False

    @property
    def kind(self) -> str:
        return str(self.resource.get("resourceType", ""))


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the record that was not, or not fully, taken into account. Told, never swallowed."""

    severity: Literal["error", "warning", "information"]
    #: FHIR's issue-type: not-supported, value, incomplete, conflict, informational ...
    code: str
    text: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Medicine:
    """One drug of the regimen: what the check is asked, and the resources that say the patient has or gets it."""

    #: As in ``POST /interactions``: text, and code, system or route where they are known.
    asked: Mapping[str, str]
    references: tuple[str, ...]
    draft: bool = False

    @property
    def text(self) -> str:
        return self.asked["text"]


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A medication that no check can be asked about, and why."""

    text: str
    why: str
    references: tuple[str, ...]
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a check takes from a record. ``conditions`` and ``allergies`` are names, each with its resources."""

    medicines: tuple[Medicine, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allergies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Fields of the contract's Patient.
    patient: Mapping[str, Any] = field(default_factory=dict)
    #: How the request refers to the patient; "" when it holds none.
    subject: str = ""
    notes: tuple[Note, ...] = ()
