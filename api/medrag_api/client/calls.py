"""What the client can ask of a server: each operation of /openapi.json as a function that makes its request."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from medrag.errors import Unavailable
from medrag_api.consultation_models import ConsultationOut, PlanOut
from medrag_api.interaction_models import DrugCardOut, DrugListOut, InteractionReportOut, SuggestionsOut
from medrag_api.models import AnswerOut, HealthOut, PassageOut, SearchOut, ShelfOut, WorkOut

__all__ = ["OPERATIONS", "Call", "Json"]

Json = dict[str, Any]
T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)

#: A method of the clients: the operation of /openapi.json that it asks. A test holds the two to each other.
OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "answer": ("GET", "/answers/{id}"),
    "answers": ("GET", "/answers"),
    "ask": ("POST", "/ask"),
    "cancel_job": ("DELETE", "/jobs/{id}"),
    "check": ("POST", "/interactions"),
    "consultation": ("GET", "/consultations/{id}"),
    "correct_slots": ("PATCH", "/consultations/{id}/slots"),
    "delete_consultation": ("DELETE", "/consultations/{id}"),
    "document_text": ("GET", "/documents/{id}/text"),
    "drug": ("GET", "/drugs/{id}"),
    "feedback": ("POST", "/feedback"),
    "find_drugs": ("GET", "/drugs"),
    "ingest": ("POST", "/ingest"),
    "ingest_file": ("POST", "/ingest"),
    "job": ("GET", "/jobs/{id}"),
    "jobs": ("GET", "/jobs"),
    "live": ("GET", "/health/live"),
    "open_consultation": ("POST", "/consultations"),
    "passage": ("GET", "/passages/{id}"),
    "plan": ("POST", "/consultations/{id}/plan"),
    "publish": ("POST", "/shelf/{id}/publish"),
    "ready": ("GET", "/health/ready"),
    "rollback": ("POST", "/shelf/{id}/rollback"),
    "search": ("POST", "/search"),
    "shelf": ("GET", "/shelf"),
    "shelf_diff": ("GET", "/shelf/{id}/diff"),
    "stream": ("POST", "/ask"),
    "suggest_drugs": ("GET", "/drugs/suggest"),
    "watch_job": ("GET", "/jobs/{id}/events"),
    "withdraw": ("POST", "/shelf/{id}/withdraw"),
    "work": ("GET", "/shelf/{id}"),
}


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and how its answer is read."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    params: Json = field(default_factory=dict)
    body: Any = None
    form: Json | None = None
    file: tuple[str, str, bytes] | None = None
    #: Idempotency-Key of a request that writes: sent again it is done once.
    once: str = ""

    def sent(self) -> Json:
        """The keyword arguments of an httpx request."""
        told: Json = {"method": self.method, "url": self.path, "params": self.params}
        if self.once:
            told["headers"] = {"Idempotency-Key": self.once}
        if self.file is not None:
            name, filename, content = self.file
            return told | {"data": self.form or {}, "files": {name: (filename, content)}}
        return told if self.body is None else told | {"json": self.body}


def call(
    operation: str, read: Callable[[httpx.Response], T], id: str = "", *, body: Any = None, **params: Any
) -> Call[T]:
    """The request of an operation; parameters that are None are not sent."""
    method, path = OPERATIONS[operation]
    return Call(method, path.replace("{id}", quote(id, safe="")), read, told(params), body)


def write(operation: str, key: str | None, id: str = "", *, body: Any) -> Call[Json]:
    """The request of an operation that writes, under the caller's idempotency key or one of its own."""
    return replace(call(operation, as_document, id, body=body), once=key or new_key())


def new_key() -> str:
    return str(uuid.uuid4())


def told(values: Mapping[str, Any]) -> Json:
    """What was given, as JSON has it."""
    given = {name: value for name, value in values.items() if value is not None}
    plain: Json = to_jsonable_python(given, exclude_none=True)
    return plain


def as_model(model: type[Model]) -> Callable[[httpx.Response], Model]:
    """Reads a model; a field that this version does not know is left out, as servers may add some."""

    def read(response: httpx.Response) -> Model:
        try:
            return model.model_validate_json(response.content, extra="ignore")
        except ValidationError as error:
            place = error.errors(include_input=False)[0]["loc"]
            raise Unavailable(
                f"the server's answer is not what this client knows: {'.'.join(map(str, place))}",
                remedy="Is it medrag, and of this version?",
            ) from None

    return read


def as_document(response: httpx.Response) -> Json:
    try:
        document: Json = response.json()
    except ValueError:
        raise Unavailable("the server's answer is not JSON", remedy="Is medrag at this address?") from None
    return document


def as_text(response: httpx.Response) -> str:
    return response.content.decode("utf-8")


def as_nothing(_: httpx.Response) -> None:
    return None


def ask(question: str, stream: bool = False, **given: Any) -> Call[AnswerOut]:
    return call("ask", as_model(AnswerOut), body=told({"question": question, "stream": stream, **given}))


def answer(id: str) -> Call[AnswerOut]:
    return call("answer", as_model(AnswerOut), id)


def answers(limit: int | None, cursor: str | None) -> Call[Json]:
    return call("answers", as_document, limit=limit, cursor=cursor)


def feedback(key: str | None, **given: Any) -> Call[Json]:
    return write("feedback", key, body=told(given))


def check(drugs: Sequence[str | Mapping[str, str]], **given: Any) -> Call[InteractionReportOut]:
    return call("check", as_model(InteractionReportOut), body=told({"drugs": list(drugs), **given}))


def search(query: str, **given: Any) -> Call[SearchOut]:
    return call("search", as_model(SearchOut), body=told({"query": query, **given}))


def drug(id: str, language: str, as_of: date | None) -> Call[DrugCardOut]:
    return call("drug", as_model(DrugCardOut), id, language=language, as_of=as_of)


def find_drugs(name: str, limit: int | None, cursor: str | None) -> Call[DrugListOut]:
    return call("find_drugs", as_model(DrugListOut), q=name, limit=limit, cursor=cursor)


def suggest_drugs(prefix: str, language: str) -> Call[SuggestionsOut]:
    return call("suggest_drugs", as_model(SuggestionsOut), q=prefix, language=language)


def passage(id: str) -> Call[PassageOut]:
    return call("passage", as_model(PassageOut), id)


def document_text(id: str) -> Call[str]:
    return call("document_text", as_text, id)


def shelf(limit: int | None, cursor: str | None) -> Call[ShelfOut]:
    return call("shelf", as_model(ShelfOut), limit=limit, cursor=cursor)


def work(id: str) -> Call[WorkOut]:
    return call("work", as_model(WorkOut), id)


def shelf_diff(id: str, before: str, after: str, language: str) -> Call[Json]:
    return call("shelf_diff", as_document, id, before=before, after=after, language=language)


def open_consultation() -> Call[ConsultationOut]:
    return call("open_consultation", as_model(ConsultationOut), body={})


def consultation(id: str) -> Call[ConsultationOut]:
    return call("consultation", as_model(ConsultationOut), id)


def correct_slots(id: str, slots: Mapping[str, Any]) -> Call[ConsultationOut]:
    return call("correct_slots", as_model(ConsultationOut), id, body=to_jsonable_python(dict(slots)))


def delete_consultation(id: str) -> Call[None]:
    return call("delete_consultation", as_nothing, id)


def plan(id: str) -> Call[PlanOut]:
    return call("plan", as_model(PlanOut), id, body={})


def ingest(targets: Sequence[str], stage: bool, key: str | None) -> Call[Json]:
    return write("ingest", key, body={"targets": list(targets), "stage": stage})


def ingest_file(path: Path, about: Mapping[str, Any] | None, stage: bool, key: str | None) -> Call[Json]:
    """A document with what is said of it; without that a manifest."""
    method, address = OPERATIONS["ingest_file"]
    form = {"stage": str(stage).lower()}
    if about is not None:
        form["about"] = json.dumps(to_jsonable_python(dict(about)))
    sent = ("card" if about is None else "file", path.name, path.read_bytes())
    return Call(method, address, as_document, form=form, file=sent, once=key or new_key())


def publish(edition: str, force: str, key: str | None) -> Call[Json]:
    return write("publish", key, edition, body={"force": force})


def withdraw(target: str, reason: str, key: str | None) -> Call[Json]:
    return write("withdraw", key, target, body={"reason": reason})


def rollback(snapshot: str, reason: str, key: str | None) -> Call[Json]:
    return write("rollback", key, snapshot, body={"reason": reason})


def jobs(limit: int | None, cursor: str | None) -> Call[Json]:
    return call("jobs", as_document, limit=limit, cursor=cursor)


def job(id: str) -> Call[Json]:
    return call("job", as_document, id)


def cancel_job(id: str) -> Call[Json]:
    return call("cancel_job", as_document, id)


def watch_job(id: str) -> Call[Json]:
    return call("watch_job", as_document, id)


def live() -> Call[HealthOut]:
    return call("live", as_model(HealthOut))


def ready() -> Call[HealthOut]:
    return call("ready", as_model(HealthOut))
