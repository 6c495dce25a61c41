"""The web console, room by room."""

from __future__ import annotations

from fastapi import APIRouter

from medrag_api.web import asking, checking, entering, frame, looking_up, shelving

__all__ = ["router"]

router = APIRouter()
for room in (checking, asking, looking_up, shelving, entering, frame):
    router.include_router(room.router)
