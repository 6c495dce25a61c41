"""A model's endpoint may be down, slow, silent, broken or huge: the caller gets words or a plain problem, in time, and no
secret is told."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking_models import KEY, MESSAGES, QUESTION, ask, model
from scripted_lies import liar, obedient, wrong_ids
from scripted_models import (
    Behaviour,
    ScriptedServer,
    crowded,
    failing,
    flood,
    good,
    malformed,
    one_line,
    packed,
    page,
    quarrelling,
    redirecting,
    refused_url,
    serving,
    silent,
    slow,
    stuck,
    truncated,
    unfinished,
)

from medrag.backends.named import models_of
from medrag.settings import Settings

pytestmark = pytest.mark.network
WORDS = "华法林 and ibuprofen: the risk of bleeding rises. " * 3


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with serving(good(WORDS)) as server:
        models_of(Settings(models={"m": {"url": server.url}})).prepare()
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    running.behave(good(WORDS))
    return running


def test_words_come_whole_and_are_counted(server: ScriptedServer) -> None:
    chosen = model(server.url, cost_in=1.0, cost_out=2.0)
    told = ask(chosen)
    assert (told.words, told.problem) == (WORDS, "")
    spent = chosen.spent()
    sent, said = len(server.asked[0].prompt) // 4, len(WORDS) // 4
    assert (spent.calls, spent.tokens_in, spent.tokens_out) == (1, sent, said)
    assert spent.cost == pytest.approx((sent + 2 * said) / 1000)
    asked = server.asked[0]
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert not [name for name in asked.headers if name.startswith(("x-stainless", "openai-"))]
    assert (asked.body["stream"], asked.body["temperature"], asked.body["model"]) == (True, 0.0, "m")
    assert "tools" not in asked.body


#: An obedient model that is ordered nothing says nothing, and says that it is done.
NOTHING = good(obedient)
#: How a server fails, with which settings, the words of the problem, and how often it is asked.
FAILURES: dict[str, tuple[Behaviour, dict[str, object], str, int]] = {
    "500": (failing(500), {}, "HTTP 500", 2),
    "401": (failing(401), {}, "refuses the key", 1),
    "404": (failing(404), {}, "does not know the model", 1),
    "400": (failing(400), {}, "HTTP 400", 1),
    "busy too long": (crowded("100"), {}, "HTTP 429", 1),
    "busy twice": (crowded("0"), {}, "HTTP 429", 2),
    "malformed": (malformed(), {}, "malformed", 1),
    "malformed later": (malformed("It is "), {}, "malformed", 1),
    "truncated": (truncated(WORDS), {}, "broke off", 1),
    "never done": (unfinished(WORDS), {}, "broke off", 1),
    "fails midway": (quarrelling, {}, "failed while", 1),
    "flood": (flood(), {}, "longer than 16,384 characters", 1),
    "one long line": (one_line(), {}, "larger than 4,194,304 bytes", 1),
    "a page": (page(), {}, "no reply", 1),
    "packed": (packed(), {}, "compresses", 1),
    "elsewhere": (redirecting("http://127.0.0.1:9/v1"), {}, "sends callers elsewhere", 1),
    "silent": (silent(), {"total_s": 0.4}, "did not begin", 1),
    "silent at first": (silent(), {"first_token_s": 0.4}, "did not begin", 1),
    "stuck": (stuck("It is "), {"total_s": 0.4}, "did not finish", 1),
    "dripping": (slow(WORDS, between=0.02, piece=1), {"total_s": 0.4}, "did not finish", 1),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_every_failure_is_told_in_plain_words_without_secrets(
    server: ScriptedServer, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    behaviour, options, problem, calls = FAILURES[kind]
    server.behave(behaviour)
    told = ask(model(server.url, **options))
    assert problem in told.problem
    assert "m:" in told.problem
    assert len(server.asked) == calls
    for secret in (KEY, QUESTION, "SECRET", "张三"):
        assert secret not in told.problem
        assert secret not in caplog.text


@pytest.mark.parametrize("kind", ["silent", "stuck", "dripping", "flood", "one long line"])
def test_a_caller_that_gives_up_hangs_up(server: ScriptedServer, kind: str) -> None:
    behaviour, options, _, _ = FAILURES[kind]
    server.behave({"flood": flood(64 << 20), "one long line": one_line(64 << 20)}.get(kind, behaviour))
    ask(model(server.url, **options))
    assert server.wait_hung_up()


def test_the_callers_seconds_bound_the_models_own(server: ScriptedServer) -> None:
    server.behave(slow(WORDS, between=0.02, piece=1))
    assert "did not finish" in ask(model(server.url, total_s=60), seconds=0.3).problem


def test_setting_stop_ends_quietly_and_hangs_up(server: ScriptedServer) -> None:
    server.behave(stuck("It is "))
    stop = threading.Event()
    pieces = model(server.url).write(MESSAGES, 30.0, stop)
    assert next(pieces) == "It is "
    threading.Timer(0.1, stop.set).start()
    assert list(pieces) == []
    assert server.wait_hung_up()


def test_closing_the_iterator_hangs_up(server: ScriptedServer) -> None:
    server.behave(stuck("It is "))
    pieces = model(server.url).write(MESSAGES, 30.0)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert server.wait_hung_up()


@pytest.mark.parametrize("behaviour", [failing(503, 1, good("yes")), crowded("0", 1, good("yes"))])
def test_a_failure_before_the_first_words_is_tried_again(
    server: ScriptedServer, behaviour: Behaviour
) -> None:
    server.behave(behaviour)
    assert ask(model(server.url)).words == "yes"
    assert len(server.asked) == 2


def test_where_nothing_listens_it_is_said(server: ScriptedServer) -> None:
    assert "cannot be reached" in ask(model(refused_url())).problem


@pytest.mark.parametrize("reply", [liar(), wrong_ids("a", "b"), NOTHING])
def test_what_a_model_says_is_handed_on_as_it_is(server: ScriptedServer, reply: Behaviour) -> None:
    server.behave(reply)
    told = ask(model(server.url))
    assert (told.problem, len(server.asked)) == ("", 1)
    assert bool(told.words) == (reply is not NOTHING)


def test_an_endpoint_that_fails_is_left_alone_then_tried_once(server: ScriptedServer) -> None:
    now = [0.0]
    chosen = model(server.url, lambda: now[0], retries=0, breaker_failures=2, breaker_s=30)
    server.behave(failing(500))
    ask(chosen)
    ask(chosen)
    assert "left alone, for 30 s" in ask(chosen).problem
    assert len(server.asked) == 2
    now[0] = 31.0
    server.behave(good("yes"))
    assert ask(chosen).words == "yes"
    assert ask(chosen).words == "yes"


def test_a_refused_request_says_nothing_of_the_endpoint(server: ScriptedServer) -> None:
    chosen = model(server.url, breaker_failures=1)
    server.behave(failing(400))
    ask(chosen)
    server.behave(good("yes"))
    assert ask(chosen).words == "yes"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"context_tokens": 512, "reply_tokens": 500}, "over its context of 512"),
        ({"budget_tokens": 1000}, "over the budget of 1,000 a question"),
        ({"cost_out": 2.0, "budget_cost": 1.5}, "over what a question may cost, 1.5"),
    ],
)
def test_a_call_over_its_budget_is_not_made(
    server: ScriptedServer, options: dict[str, float], problem: str
) -> None:
    assert problem in ask(model(server.url, **options)).problem
    assert server.asked == []


def test_a_missing_key_names_its_variable(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARD_KEY", raising=False)
    chosen = model(server.url, key="", key_env="WARD_KEY")
    assert "WARD_KEY is not set" in ask(chosen).problem
    monkeypatch.setenv("WARD_KEY", "sk-of-the-ward")
    ask(chosen)
    assert server.asked[0].headers["authorization"] == "Bearer sk-of-the-ward"


def test_keys_and_addresses_of_the_environment_are_not_used(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-someone-else")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-someone-else")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    told = ask(model(server.url, key=""))
    assert told.words == WORDS
    assert "authorization" not in server.asked[0].headers
    assert "someone" not in str(server.asked[0].headers)


def test_what_is_on_this_machine_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert model("http://127.0.0.1:1/v1").on_this_machine
    assert model("http://[::1]:1/v1").on_this_machine
    assert not model("http://192.0.2.7/v1").on_this_machine
    assert model("http://192.0.2.7/v1", local=True).on_this_machine
    assert not model("http://127.0.0.1:1/v1", local=False).on_this_machine
    there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0)) for host in ("127.0.0.1", "192.0.2.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: there)
    assert not model("http://ward.example/v1").on_this_machine


def test_an_address_that_moved_off_this_machine_gets_no_question(server: ScriptedServer) -> None:
    from medrag.backends.wire import Line

    class Elsewhere:
        shut = False

        def getpeername(self) -> tuple[str, int]:
            return ("192.0.2.7", 443)

        def get_extra_info(self, _: str) -> socket.socket:
            return self.held

        held: socket.socket

    class Held(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return ("192.0.2.7", 443)

    stream = Elsewhere()
    left, right = socket.socketpair()
    stream.held = Held(fileno=left.detach())
    line = Line(1000, loopback=True)
    line.trace("connection.connect_tcp.complete", {"return_value": stream})
    assert "no longer this machine's" in line.problem
    assert right.recv(1) == b""


def test_many_callers_at_once_get_their_own_words(server: ScriptedServer) -> None:
    server.behave(slow(lambda asked: asked.said_by_user[-3:], between=0.01, piece=1))
    chosen = model(server.url)
    told: dict[int, str] = {}

    def one(number: int) -> None:
        from medrag.protocols import Message

        told[number] = "".join(chosen.write([Message("user", f"number {number:03}")], 10.0))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == {number: f"{number:03}" for number in range(12)}
    assert chosen.spent().calls == 12


def test_a_dead_endpoint_is_told_before_the_libraries_are_loaded() -> None:
    told = """
import sys
from asking_models import ask, model
from scripted_models import refused_url
assert "cannot be reached" in ask(model(refused_url())).problem
assert "llama_index.core" not in sys.modules and "openai" not in sys.modules
"""
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parents[1] / "models"), str(here.parents[2])])
    environment = {**os.environ, "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", told], env=environment, check=True, timeout=60)
