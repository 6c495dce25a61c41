"""The web console, room by room."""

from __future__ import annotations

from fastapi import APIRouter

from medrag_api.web import (
    asking,
    browsing,
    checking,
    entering,
    examined,
    frame,
    looking_up,
    operating,
    picturing,
    shelving,
    talking,
)

__all__ = ["router"]

router = APIRouter()
for room in (
    checking,
    asking,
    talking,
    looking_up,
    browsing,
    picturing,
    shelving,
    examined,
    operating,
    entering,
    frame,
):
    router.include_router(room.router)
