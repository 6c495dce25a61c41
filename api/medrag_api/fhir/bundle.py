"""Lays out the resources of a request and finds what one refers to: inside it, beside it, never outside the request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from medrag.vocabulary import Language
from medrag_api.fhir.records import Json, Note, Placed
from medrag_api.fhir.validate import FhirRefused
from medrag_api.fhir.words import told

__all__ = ["Resources", "codes_of", "place_bundle"]

#: What is read. Others are counted and told.
KINDS: Final = frozenset(
    {
        "Patient",
        "MedicationRequest",
        "MedicationStatement",
        "Medication",
        "Condition",
        "Observation",
        "AllergyIntolerance",
    }
)
#: By type: statuses under which a resource says nothing of what the patient has or takes now. The value sets are those of
#: https://hl7.org/fhir/R4/, each on the page of its resource.
GONE: Final[Mapping[str, frozenset[str]]] = {
    "MedicationRequest": frozenset({"cancelled", "completed", "entered-in-error", "stopped"}),
    "MedicationStatement": frozenset({"completed", "entered-in-error", "stopped", "not-taken"}),
    "Observation": frozenset({"cancelled", "entered-in-error", "registered"}),
}
#: The same of what has a clinical status and a verification status.
ENDED: Final = frozenset({"inactive", "remission", "resolved"})
DENIED: Final = frozenset({"refuted", "entered-in-error"})


class Resources:
    """The resources of one request. ``notes`` tells what was left out of it."""

    def __init__(self, placed: Iterable[Placed], language: Language) -> None:
        self.placed = tuple(placed)
        self._by_address: dict[str, Json] = {}
        for item in self.placed:
            for address in addresses(item):
                self._by_address.setdefault(address, item.resource)
        self.notes: list[Note] = []
        self._count(language)

    def of(self, *kinds: str) -> Iterator[Placed]:
        """Those of the kinds that stand, in the order they were sent."""
        return (item for item in self.placed if item.kind in kinds and not gone(item.resource))

    def refer(self, owner: Json, reference: str) -> Json | None:
        """What a reference of a resource names: contained in it, or sent beside it; None when it is not in the request."""
        if reference.startswith("#"):
            held = owner.get("contained") or ()
            return next((item for item in held if item.get("id") == reference[1:]), None)
        plain = reference.partition("/_history/")[0]
        return self._by_address.get(plain) or self._by_address.get("/".join(plain.split("/")[-2:]))

    def _count(self, language: Language) -> None:
        left: Counter[tuple[str, str]] = Counter()
        others: Counter[str] = Counter()
        for item in self.placed:
            if item.kind not in KINDS:
                others[item.kind] += 1
            elif status := gone(item.resource):
                left[item.kind, status] += 1
        for (kind, status), n in sorted(left.items()):
            key = "not_to_do" if status == "doNotPerform" else "status"
            self.notes.append(
                Note("information", "informational", told(key, language, n=n, kind=kind, status=status))
            )
        for kind, n in sorted(others.items()):
            self.notes.append(
                Note("information", "not-supported", told("other_kinds", language, n=n, kind=kind))
            )


def gone(resource: Json) -> str:
    """The status for which a resource is left out; "" for one that stands."""
    kind, status = resource.get("resourceType", ""), str(resource.get("status", ""))
    if kind == "MedicationRequest" and resource.get("doNotPerform") is True:
        return "doNotPerform"
    if status in GONE.get(kind, ()):
        return status
    if kind in ("Condition", "AllergyIntolerance"):
        clinical, verified = (
            codes_of(resource.get("clinicalStatus")),
            codes_of(resource.get("verificationStatus")),
        )
        return next((code for code in (*clinical, *verified) if code in ENDED | DENIED), "")
    return ""


def codes_of(concept: object) -> tuple[str, ...]:
    """The codes of a CodeableConcept, of whatever system."""
    codings = concept.get("coding") or () if isinstance(concept, dict) else ()
    return tuple(str(coding["code"]) for coding in codings if coding.get("code"))


def addresses(item: Placed) -> Iterator[str]:
    if item.reference:
        yield item.reference
    if identifier := item.resource.get("id"):
        yield f"{item.kind}/{identifier}"


def place_bundle(bundle: Json, *, draft: bool = False) -> tuple[Placed, ...]:
    """The resources of a Bundle. Raises FhirRefused when two entries have one address."""
    placed = []
    seen: set[str] = set()
    for at, entry in enumerate(bundle.get("entry") or ()):
        resource = entry.get("resource")
        if resource is None or (entry.get("search") or {}).get("mode") == "outcome":
            continue
        item = place(resource, str(entry.get("fullUrl") or ""), draft=draft)
        if item.reference and item.reference in seen:
            raise FhirRefused([(f"entry.{at}", "two entries have the same address")])
        seen.add(item.reference)
        placed.append(item)
    return tuple(placed)


def place(resource: Json, address: str = "", *, draft: bool = False) -> Placed:
    identifier = resource.get("id")
    own = f"{resource.get('resourceType')}/{identifier}" if identifier else ""
    return Placed(address or own, resource, draft)
