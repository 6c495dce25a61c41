"""For LlamaIndex programs: a retriever and a query engine over a home, whose nodes carry what a citation carries."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from types import TracebackType
from typing import Any, Final

# Whoever imports this module builds on these classes; nothing else of medrag imports it.
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from medrag.retrieve.search import search
from medrag.settings import Settings, load_settings
from medrag_api.answering import Answering
from medrag_api.holder import Seen, ShelfHolder
from medrag_api.kept_answers import AnswerKeeper
from medrag_api.patient import Patient
from medrag_api.requests import AskRequest, Filters, SearchRequest, known_filters, validated
from medrag_api.schemas import search_json
from medrag_api.security.bearer import Bearer
from medrag_api.security.scopes import TABLE
from medrag_api.wiring import open_models

__all__ = ["MedragQueryEngine", "MedragRetriever"]

Json = dict[str, Any]
#: What of a document a model is shown with a node; the rest is for programs.
SHOWN: Final = ("title", "publisher", "edition", "section")


class Home:
    """The shelf of a home, opened with the first question and followed as it is published."""

    def __init__(self, settings: Settings | None, holder: ShelfHolder | None, key: str) -> None:
        self.settings = holder.settings if holder is not None else settings or load_settings()
        self.holder = holder or ShelfHolder(self.settings)
        self._own = holder is None
        self._bearer = Bearer(self.settings, key, TABLE["POST", "/ask"], without="")
        #: The shelf as the holder of the key sees it, without one what is everyone's.
        self.seen = Seen(self.holder, self._bearer.tenant)

    def close(self) -> None:
        """Closes what was opened here; a holder that was given stays open."""
        self._bearer.close()
        if self._own:
            self.holder.close()


class Closing:
    """Ends with its block."""

    home: Home

    def close(self) -> None:
        """Closes the shelf."""
        self.home.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class MedragRetriever(Closing, BaseRetriever):
    """Passages of the editions in force, best first, as ``POST /search`` ranks them.

    ``settings``: of the home; without them those of the environment. ``holder``: a shelf that is open already. ``key``: a key
    of the home for asking; its tenant's private works are searched besides everyone's. A node's id
    is the passage's, ``start_char_idx`` and ``end_char_idx`` count code points of the document's canonical text, and its
    metadata names document, edition, section, page and how it was found. Raises the errors of medrag.errors.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        holder: ShelfHolder | None = None,
        key: str = "",
        top_k: int | None = None,
        as_of: date | None = None,
        filters: Filters | Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.home = Home(settings, holder, key)
        self._told = {"top_k": top_k, "as_of": as_of, "filters": plain(filters) or {}}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        asked = validated(SearchRequest, {"query": query_bundle.query_str, **self._told})
        filters, settings = asked.filters.record(), self.home.settings
        with self.home.seen.reading() as shelf:
            known_filters(shelf, filters)
            found = search(
                shelf, asked.words(), settings, filters=filters, as_of=asked.as_of, limit=asked.top_k
            )
            hits = search_json(shelf, found, settings)["hits"]
        return [NodeWithScore(node=node_of_hit(hit), score=hit["score"]) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class MedragQueryEngine(Closing, BaseQueryEngine):
    """The answer that every door gives: its text with [n] marks, a source node for each citation, and the whole document of
    ``POST /ask`` as ``metadata``. LlamaIndex's own language model writes nothing here.

    ``patient`` is never kept; ``key`` as for the retriever. Raises the errors of medrag.errors.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        holder: ShelfHolder | None = None,
        key: str = "",
        answerer: str = "auto",
        patient: Patient | Mapping[str, Any] | None = None,
        top_k: int | None = None,
        as_of: date | None = None,
        filters: Filters | Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(callback_manager=None)
        self.home = Home(settings, holder, key)
        self._keeper = AnswerKeeper(self.home.settings)
        self._answering = Answering(self.home.settings, open_models(self.home.settings), self._keeper.keep)
        self._told = {
            "answerer": answerer,
            "patient": plain(patient),
            "top_k": top_k,
            "as_of": as_of,
            "filters": plain(filters) or {},
        }

    def close(self) -> None:
        """Writes the answers that wait to be kept, and closes the shelf."""
        self._keeper.close()
        super().close()

    def _query(self, query_bundle: QueryBundle) -> Response:
        asked = validated(AskRequest, {"question": query_bundle.query_str, **self._told})
        with self.home.seen.reviewing() as desk:
            document = self._answering.answer(asked, desk)
        return response_of(document)

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> Json:
        """There are none: no prompt writes an answer here but medrag's own."""
        return {}


def plain(told: Filters | Patient | Mapping[str, Any] | None) -> Json | None:
    """As a request has it."""
    if told is None or isinstance(told, Mapping):
        return None if told is None else dict(told)
    return told.model_dump(exclude_unset=True)


def response_of(document: Json) -> Response:
    """An answer's document as LlamaIndex has it."""
    nodes = [NodeWithScore(node=node_of_citation(citation)) for citation in document["citations"]]
    return Response(response=document["answer"], source_nodes=nodes, metadata=document)


def node_of_hit(hit: Json) -> TextNode:
    beside = {name: hit[name] for name in ("rank", "kind", "section", "code", "page", "found", "folded")}
    return node(hit["passage_id"], hit["text"], hit["start"], hit["end"], beside, hit["document"])


def node_of_citation(citation: Json) -> TextNode:
    """The node's text is the quote, byte for byte."""
    quote, position = citation["quote"], citation["position"]
    beside = {
        "n": citation["n"],
        "passage_id": citation["passage_id"],
        "prefix": quote["prefix"],
        "suffix": quote["suffix"],
        "section": citation["section"],
        "page": citation["page"],
    }
    identifier = f"{citation['passage_id']}:{position['start']}-{position['end']}"
    return node(identifier, quote["exact"], position["start"], position["end"], beside, citation["document"])


def node(identifier: str, text: str, start: int, end: int, beside: Json, document: Json) -> TextNode:
    metadata = {**document, "document_id": document["id"], **beside}
    metadata.pop("id")
    hidden = [name for name in metadata if name not in SHOWN]
    return TextNode(
        id_=identifier,
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=[*metadata],
    )
