"""What is counted and traced: routes, states, reasons; never a word, a drug's name, or an id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import httpx
import pytest
from guarded import bearing, calling, give_key
from prometheus_client.parser import text_string_to_metric_families as read_metrics
from served_shelf import free_port

from medrag.answer.proof.records import WORDS
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.holder import ShelfHolder
from medrag_api.metrics import reason_of

SECRET = "zyxwvine"


def samples(told: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in read_metrics(told)
        for sample in family.samples
    }


def test_counters_hold_templates_and_our_own_words_alone(standing_copy: Settings) -> None:
    async def said(client: httpx.AsyncClient) -> str:
        await client.post("/interactions", json={"drugs": ["warfarin", "ibuprofen", SECRET]})
        await client.post("/ask", json={"question": f"Can {SECRET} be taken with warfarin?"})
        await client.post("/ask", json={"question": "Am I pregnant?"})
        await client.get(f"/passages/{SECRET}")
        await client.get(f"/{SECRET}")
        await client.get("/jobs/job_000000000000000000000000")
        return (await client.get("/metrics")).text

    told = calling(standing_copy, said)
    held = samples(told)
    assert held["medrag_requests_total", (("method", "POST"), ("route", "/ask"), ("status", "200"))] == 2
    assert held["medrag_requests_total", (("method", "GET"), ("route", "none"), ("status", "404"))] == 1
    assert held["medrag_request_seconds_count", (("route", "/passages/{id}"),)] == 1
    assert sum(n for (name, _), n in held.items() if name == "medrag_questions_total") == 2
    assert held["medrag_pairs_total", (("outcome", "found"),)] >= 1
    assert held["medrag_pairs_total", (("outcome", "unresolved_drug"),)] >= 2
    assert sum(n for (name, _), n in held.items() if name == "medrag_findings_total") >= 1
    assert held["medrag_ready", ()] == 1 and held["medrag_snapshot_age_seconds", ()] >= 0
    assert not any(word in told for word in (SECRET, "warfarin", "ibuprofen", "pregnant", "job_0"))


def test_an_open_line_is_counted_while_it_is_open(standing_copy: Settings) -> None:
    app = create_app(standing_copy, ShelfHolder(standing_copy))
    streams, metrics = app.state.security.streams, app.state.metrics
    assert streams.refusal("local") is None
    assert samples(metrics.text()[0].decode())["medrag_open_lines", ()] == 1
    streams.release("local")
    assert samples(metrics.text()[0].decode())["medrag_open_lines", ()] == 0


def test_reasons_are_counted_by_their_key() -> None:
    for key, words in WORDS.items():
        assert reason_of(words.replace("{what}", f"5 mg of {SECRET}\nx")) == key.replace("_", "-")
    assert reason_of("the cited edition is not in force in this snapshot") == "citation"
    assert reason_of(f"anything about {SECRET}") == "other"


def test_where_keys_exist_metrics_need_admin(standing_copy: Settings) -> None:
    able, _ = give_key(standing_copy, "admin")
    other, _ = give_key(standing_copy, "ask", "check", "ingest", "publish")

    async def said(client: httpx.AsyncClient) -> list[int]:
        keys: list[dict[str, str]] = [{}, bearing(other), bearing(able)]
        return [(await client.get("/metrics", headers=key)).status_code for key in keys]

    assert calling(standing_copy, said) == [401, 403, 200]


@pytest.mark.parametrize("path", ["/cds-services", "/fhir/metadata"])
def test_discovery_needs_no_key_where_keys_exist(standing_copy: Settings, path: str) -> None:
    give_key(standing_copy, "admin")

    async def said(client: httpx.AsyncClient) -> list[int]:
        keys: list[dict[str, str]] = [{}, bearing("medrag_wrong")]
        return [(await client.get(path, headers=key)).status_code for key in keys]

    assert calling(standing_copy, said) == [200, 200]


@pytest.mark.slow
@pytest.mark.network
def test_workers_are_counted_together(standing_copy: Settings) -> None:
    """Each request opens a connection of its own, which the system deals out among the workers."""
    port = free_port()
    words = ["serve", "--workers", "2", "--port", str(port), "--home", str(standing_copy.home)]
    with subprocess.Popen([sys.executable, "-m", "medrag_api", *words], env={**os.environ}) as process:
        url = f"http://127.0.0.1:{port}"
        await_live(url)
        before = told_by(url)
        for _ in range(40):
            httpx.get(f"{url}/health/live")
        assert told_by(url) - before >= 40
        process.send_signal(signal.SIGTERM)


def told_by(url: str) -> float:
    held = samples(httpx.get(f"{url}/metrics").text)
    return sum(
        n
        for (name, labels), n in held.items()
        if name == "medrag_requests_total" and ("route", "/health/live") in labels
    )


def await_live(url: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            httpx.get(f"{url}/health/live")
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the server does not start")


def test_spans_are_named_by_route_and_hold_no_word(standing_copy: Settings) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from medrag_api.tracing import Traced

    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    app = Traced(create_app(standing_copy, ShelfHolder(standing_copy)), tracer=provider.get_tracer("t"))
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    async def run() -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://medrag") as client:
            await client.get(f"/passages/{SECRET}?q={SECRET}", headers={"traceparent": above})
            await client.post("/search", json={"query": SECRET, SECRET: 1})

    import asyncio

    asyncio.run(run())
    first, second = kept.get_finished_spans()
    assert (first.name, second.name) == ("GET /passages/{id}", "POST /search")
    assert first.attributes["http.response.status_code"] == 404
    assert format(first.context.trace_id, "032x") == above.split("-")[1]
    assert SECRET not in first.to_json() + second.to_json() and not first.events


def test_spans_that_cannot_be_sent_are_refused_at_the_start(
    standing_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from medrag.errors import UsageError

    # What the extra brings beyond the tests' own set.
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(UsageError, match="otel"):
        create_app(standing_copy.model_copy(update={"traces": "otlp"}))
