"""``medrag search``: ranked passages, and how each was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import as_of_option, door, filter_options, filters_of, limit_option

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["search"]


@click.command(short_help="Find passages, and how each was found.")
@click.argument("query")
@limit_option
@as_of_option
@filter_options
@door
def search(query: str, as_json: bool, settings: Settings, **options: Any) -> None:
    """Finds passages of the editions in force for QUERY: by words, by vectors, and both fused."""
    from medrag.retrieve.search import search as find
    from medrag_api.requests import SearchRequest, known_filters, validated
    from medrag_api.schemas import search_json
    from medrag_api.wiring import reading_shelf

    told = {
        "query": query,
        "as_of": options.pop("as_of"),
        "top_k": options.pop("top_k"),
        "filters": filters_of(options),
    }
    asked = validated(SearchRequest, told)
    words, filters = asked.words(), asked.filters.record()
    with reading_shelf(settings) as shelf:
        known_filters(shelf, filters)
        found = find(shelf, words, settings, filters=filters, as_of=asked.as_of, limit=asked.top_k)
        document = search_json(shelf, found, settings)
    if as_json:
        put_json(document)
        return
    from medrag_api.show import show_search

    show_search(document)
