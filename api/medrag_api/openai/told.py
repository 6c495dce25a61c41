"""Writes an answer as a chat completion: text with its marks, url_citation annotations, a medrag block; whole or in chunks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from medrag.backends.counting import bound_tokens
from medrag_api.openai.asked import MODELS, ChatRequest
from medrag_api.openai.failing import openai_error

__all__ = ["ChunkWriter", "annotations_of", "completion_json", "medrag_block", "models_json", "usage_json"]

Json = dict[str, Any]
#: The parts of an answer that stand beside its text.
BLOCK: Final = (
    "id",
    "status",
    "reason",
    "language",
    "statements",
    "citations",
    "withheld",
    "interactions",
    "missing_context",
    "drugs",
    "basis",
    "degraded",
)


def completion_json(asked: ChatRequest, document: Json) -> Json:
    """The whole answer as ``chat.completion``."""
    message = {
        "role": "assistant",
        "content": document["answer"],
        "refusal": document["answer"] if document["status"] == "refused" else None,
        "annotations": annotations_of(document),
        "medrag": medrag_block(document),
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        "id": f"chatcmpl-{document['id']}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.model,
        "system_fingerprint": fingerprint_of(document),
        "choices": [choice],
        "usage": usage_json(asked, document["answer"]),
    }


def fingerprint_of(document: Json) -> str:
    """The shelf and the settings: equal fingerprints answer a question equally."""
    return f"fp_{document['basis']['snapshot']}_{document['basis']['settings'][:16]}"


def medrag_block(document: Json) -> Json:
    """All of the answer but its text and timings, as ``POST /ask`` gives it."""
    return {name: document[name] for name in BLOCK}


def annotations_of(document: Json) -> list[Json]:
    """One ``url_citation`` for every mark: ``content[start_index:end_index]`` is ``[n]``, in code points. A source without
    an address of its own is given by its passage on this server."""
    cited = {citation["n"]: citation for citation in document["citations"]}
    return [
        annotation(cited[number], start, end)
        for number, start, end in marks_of(document["answer"], document["statements"])
    ]


def marks_of(text: str, statements: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int, int]]:
    """(number, start, end) of the marks behind each statement, in order."""
    for at, statement in enumerate(statements):
        until = statements[at + 1]["start"] if at + 1 < len(statements) else len(text)
        for number in statement["citations"]:
            mark = f"[{number}]"
            start = text.find(mark, statement["end"], until)
            if start >= 0:
                yield number, start, start + len(mark)
            else:
                yield number, statement["start"], statement["end"]


def annotation(citation: Json, start: int, end: int) -> Json:
    document = citation["document"]
    return {
        "type": "url_citation",
        "url_citation": {
            "start_index": start,
            "end_index": end,
            "url": document["url"] or f"/passages/{citation['passage_id']}",
            "title": f"{document['title']} ({document['publisher']}, {document['edition']})",
        },
    }


def usage_json(asked: ChatRequest, answer: str) -> Json:
    """Tokens of what was sent and said: an upper bound over the tokenizers in use, since most answers are by no model."""
    prompt = sum(bound_tokens(message.text()) for message in asked.messages)
    completion = bound_tokens(answer)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def models_json(configured: Sequence[str]) -> list[Json]:
    """Every model that can be asked for. ``created`` is no date here, and the same each time."""
    names = dict.fromkeys((*MODELS, *configured))
    return [
        {"id": name, "object": "model", "created": 0, "owned_by": "medrag" if name in MODELS else "operator"}
        for name in names
    ]


@dataclass(slots=True)
class ChunkWriter:
    """Writes the events of one answer as ``chat.completion.chunk``s: each statement once it is verified, the annotations
    and the medrag block with the end. What the chunks say, joined, is the text of the whole answer."""

    asked: ChatRequest
    created: int = field(default_factory=lambda: int(time.time()))
    _id: str = ""
    _fingerprint: str = ""
    _sent: int = 0

    def write(self, name: str, document: Json) -> str:
        """The event as server-sent data; nothing for one that the protocol has no word for."""
        if name == "meta":
            self._id, self._fingerprint = f"chatcmpl-{document['id']}", fingerprint_of(document)
            return self._chunk({"role": "assistant", "content": ""})
        if name == "statement":
            self._sent += len(document["added"])
            return self._chunk({"content": document["added"]})
        if name == "done":
            return self._end(document)
        if name == "error":
            return data(openai_error(document))
        return ""

    def _end(self, document: Json) -> str:
        told: str = document["answer"]
        rest = self._chunk({"content": told[self._sent :]}) if told[self._sent :] else ""
        beside = {"annotations": annotations_of(document), "medrag": medrag_block(document)}
        if document["status"] == "refused":
            beside["refusal"] = told
        usage = self.asked.stream_options is not None and self.asked.stream_options.include_usage
        counted = data(self._frame([]) | {"usage": usage_json(self.asked, told)}) if usage else ""
        return rest + self._chunk(beside, "stop") + counted + "data: [DONE]\n\n"

    def _chunk(self, delta: Json, finish: str | None = None) -> str:
        return data(self._frame([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]))

    def _frame(self, choices: list[Json]) -> Json:
        return {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.asked.model,
            "system_fingerprint": self._fingerprint,
            "choices": choices,
        }


def data(document: Json) -> str:
    """One server-sent event; JSON holds no line break of its own."""
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"
