"""Parsers that misbehave, each in its own way, for the child that confines them."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from typing import Any

from medrag_ingest.confine import Refusal


def count(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    print("a library that prints")
    return {"bytes": len(data), "order": dict(order), "home": os.environ.get("MEDRAG_HOME")}


def refuse(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    raise Refusal("not for us", "try another")


def eat(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    return {"eaten": len(bytearray(4 << 30))}


def spin(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    while True:
        pass


def sleep(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    time.sleep(600)
    return {}


def die(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    os.abort()


def babble(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": "x" * (8 << 20)}


def reach(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    told = {}
    for name, make in (("socket", socket.socket), ("pair", socket.socketpair)):
        try:
            make()
        except OSError as error:
            told[name] = type(error).__name__
        else:
            told[name] = "works"
    return told
