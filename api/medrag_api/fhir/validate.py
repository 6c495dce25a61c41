"""Checks resources against the FHIR R4 definitions of fhir.resources, which is loaded with the first resource."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pydantic import ValidationError

from medrag.errors import InputRefused, Place
from medrag_api.requests import field_problems

__all__ = ["FhirRefused", "check_resource"]

#: Problems told of one resource; a document of the wrong shape has hundreds.
MOST_PROBLEMS: Final = 20


class FhirRefused(InputRefused):
    """A resource that is not valid FHIR R4. ``problems`` are (path in the resource, what is wrong), without values."""

    title = "Not a FHIR R4 resource"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        field, problem = problems[0]
        super().__init__(problem, place=Place(field=field))
        #: All of them; the first stands in the error's place.
        self.problems = tuple(problems)


@cache
def models() -> Any:
    """The models of R4B, which has the same clinical resources as R4; the package holds no older release of 4."""
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class


def check_resource(resource: object, kind: str = "") -> None:
    """Raises FhirRefused unless ``resource`` is a valid one, of ``kind`` where that is given."""
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise FhirRefused([("resourceType", "a FHIR resource was expected")])
    name = resource["resourceType"]
    if kind and name != kind:
        raise FhirRefused([("resourceType", f"a {kind} was expected")])
    try:
        models()(name).model_validate(resource)
    except KeyError:
        raise FhirRefused([("resourceType", "FHIR R4 has no such resource")]) from None
    except ValidationError as error:
        found = field_problems(error.errors(include_input=False, include_url=False, include_context=False))
        plain = [(field, plain_problem(problem)) for field, problem in found[:MOST_PROBLEMS]]
        raise FhirRefused(plain) from None
    except (ValueError, RecursionError, TypeError, AttributeError):
        # The library's own readers of dates and references fail on some shapes before its models see them.
        raise FhirRefused([("resourceType", "the resource cannot be read")]) from None


def plain_problem(problem: str) -> str:
    """The library's words where they cannot hold a value that was sent."""
    return problem if len(problem) < 160 and "'" not in problem else "it cannot be taken as sent"
