"""The Python client: every route of the HTTP door as a method, typed with what it answers; errors as medrag raises them."""

from medrag_api.client.awaiting import AsyncClient
from medrag_api.client.calling import Client

__all__ = ["AsyncClient", "Client"]
