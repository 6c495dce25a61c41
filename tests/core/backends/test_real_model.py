"""A real OpenAI-protocol server with a small real model: it streams, is stopped at its end too, and keeps to its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from model_server import MODEL

from medrag.backends.named import models_of
from medrag.backends.open_model import OpenModel
from medrag.errors import ModelUnavailable
from medrag.protocols import Message
from medrag.settings import Settings

pytestmark = [pytest.mark.model, pytest.mark.network]
LONG = (Message("user", "Count from one to one thousand in words."),)


def real(url: str, **options: object) -> OpenModel:
    told = {"url": url, "model": MODEL, "total_s": 120, "first_token_s": 120, **options}
    chosen = models_of(Settings(models={"small": told}))
    chosen.prepare()
    return chosen.pick("small")[0]


def generating(url: str) -> bool:
    """Whether the server says that it is at work."""
    base = urlsplit(url)
    slots = httpx.get(f"{base.scheme}://{base.netloc}/slots", timeout=60, trust_env=False).json()
    return any(slot["is_processing"] for slot in slots)


def soon(is_so: Callable[[], bool], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def test_a_real_reply_streams_and_is_counted(model_url: str) -> None:
    chosen = real(model_url, reply_tokens=16)
    pieces = list(chosen.write((Message("system", "Be short."), Message("user", "Say hello.")), 120))
    assert len(pieces) > 1
    assert "".join(pieces).strip()
    spent = chosen.spent()
    assert 0 < spent.tokens_out <= 16
    assert 0 < spent.tokens_in < chosen.count_tokens("Be short.") + chosen.count_tokens("Say hello.") + 64


def test_a_stop_ends_the_generation_at_the_server(model_url: str) -> None:
    stop = threading.Event()
    pieces = real(model_url, reply_tokens=2000).write(LONG, 120, stop)
    next(pieces)
    assert generating(model_url)
    stop.set()
    assert list(pieces) == []
    assert soon(lambda: not generating(model_url))


def test_the_time_limit_ends_it_too(model_url: str) -> None:
    pieces = real(model_url, reply_tokens=2000).write(LONG, 0.05)
    with pytest.raises(ModelUnavailable, match="in time"):
        list(pieces)
    assert soon(lambda: not generating(model_url))


@pytest.mark.parametrize(
    "text",
    [
        "Ibuprofen raises the risk of bleeding in patients who take warfarin; check the INR more often. "
        * 20,
        "ACETYLSALICYLIQUE (ACIDE) : hydroxychloroquine, sulfaméthoxazole et triméthoprime, 2,5 mg par jour. "
        * 20,
        "华法林与布洛芬合用可增加出血风险，应监测国际标准化比值。二甲双胍用于eGFR低于30 mL/min者属禁忌。"
        * 20,
    ],
)
def test_tokens_are_no_more_than_the_bound(model_url: str, text: str) -> None:
    base = urlsplit(model_url)
    address = f"{base.scheme}://{base.netloc}/tokenize"
    counted = len(httpx.post(address, json={"content": text}, timeout=60, trust_env=False).json()["tokens"])
    assert counted <= real(model_url).count_tokens(text)
