"""Homes with keys, and how tests call an application with one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import closing
from typing import Any

import httpx

from medrag.catalogue import Catalogue
from medrag.catalogue.keys import Key, Keys
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.holder import ShelfHolder
from medrag_api.security.callers import make_key
from medrag_api.security.secret import read_secret

Said = Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]]


def give_key(settings: Settings, *scopes: str, **told: Any) -> tuple[str, Key]:
    """A key as its holder sends it, and as it is kept."""
    text, key = make_key(read_secret(settings, make=True), scopes, **told)
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        Keys(catalogue).add(key)
    return text, key


def bearing(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def calling(settings: Settings, said: Said, *, base_url: str = "http://127.0.0.1:8000") -> Any:
    """Talks with one application over these settings, and closes it after: what waits to be written is written."""

    async def run() -> Any:
        app = create_app(settings, ShelfHolder(settings))
        # What is asked of the shelf is queued and stays so: an act that ran would change what later calls find.
        app.state.runner.wake = lambda: None
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
                return await said(client)
        finally:
            app.state.runner.close()
            app.state.answers.close()
            app.state.alerts.close()
            app.state.security.close()
            app.state.holder.close()

    return asyncio.run(run())


def statuses(settings: Settings, calls: Iterable[tuple[str, str, dict[str, Any]]]) -> list[int]:
    """The status of each call (method, path, arguments)."""

    async def all_of_them(client: httpx.AsyncClient) -> list[int]:
        return [(await client.request(method, path, **how)).status_code for method, path, how in calls]

    return calling(settings, all_of_them)  # type: ignore[no-any-return]
