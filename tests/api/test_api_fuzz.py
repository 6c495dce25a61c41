"""The whole of /openapi.json tried with schemathesis, in process: no answer is a fault, and none is other than described."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from guarded import bearing, give_key

from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.holder import ShelfHolder

pytestmark = [pytest.mark.api_fuzz]

#: Rules that no schema tells (a filter's corpus that is not held, a man who is pregnant, a file that is no document) refuse
#: what fits the schema: 422 of a field, as OpenAI's clients know it 400, 412 of CDS Hooks, 410 of what was withdrawn.
TAKEN = ["2xx", "3xx", "400", "401", "403", "404", "409", "410", "412", "422", "429"]


@dataclass
class Tried:
    """What was sent and what came back."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def try_everything(settings: Settings, examples: int, headers: dict[str, str]) -> Tried:
    """Every operation with its examples, the corners of its schema, and ``examples`` random cases that fit or do not fit.
    All checks of schemathesis."""
    schemathesis = pytest.importorskip("schemathesis", reason="make test-api installs it")
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    told: dict[str, Any] = {
        "headers": headers,
        "phases": {"stateful": {"enabled": False}},
        "generation": {"max-examples": examples, "database": "none", "deterministic": "CI" in os.environ},
        "checks": {"positive_data_acceptance": {"expected-statuses": TAKEN}},
    }
    holder = ShelfHolder(settings)
    app = create_app(settings, holder)
    # Jobs are queued and stay so: one that ran would change what later cases find.
    app.state.runner.start = app.state.runner.wake = lambda: None
    # A line that watches one would stay open: it ends at once, as when the server does.
    app.state.stopping.set()
    app.state.security.log.note = lambda *_: None
    config = SchemathesisConfig.from_dict(told)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config, headers=headers)
    tried = Tried()
    try:
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                note(tried, event.recorder)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                tried.faults.append(f"{type(event).__name__}: {vars(event)}"[:2000])
    finally:
        holder.close()
    return tried


def note(tried: Tried, recorder: Any) -> None:
    tried.operations.add(recorder.label)
    for interaction in recorder.interactions.values():
        tried.cases += 1
        if interaction.response is not None:
            tried.statuses[interaction.response.status_code] += 1
    for nodes in recorder.checks.values():
        for node in nodes:
            if node.failure_info is not None:
                failure = node.failure_info.failure
                tried.faults.append(
                    f"{recorder.label}: {failure.title}: {failure.message}\n  {node.failure_info.code_sample}"[
                        :2000
                    ]
                )


@pytest.fixture(autouse=True)
def quiet() -> Any:
    """Thousands of requests are not logged line by line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("keyed", "examples", "least"),
    [
        (False, 3, 1_500),
        (True, 3, 1_500),
        pytest.param(False, 320, 10_000, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
        pytest.param(True, 320, 10_000, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
    ids=["open", "keyed", "open-many", "keyed-many"],
)
def test_every_answer_is_described_and_none_is_a_fault(
    standing_copy: Settings, keyed: bool, examples: int, least: int, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = bearing(give_key(standing_copy, "admin", tenant="*", per_minute=0)[0]) if keyed else {}
    tried = try_everything(standing_copy, examples, headers)
    with capsys.disabled():
        who = "with keys" if keyed else "without keys"
        counts = ", ".join(f"{status} {times:,}" for status, times in sorted(tried.statuses.items()))
        print(f"\nOpenAPI {who}: {tried.cases:,} cases of {len(tried.operations)} operations: {counts}")
    assert not tried.faults, f"{len(tried.faults)} faults\n" + "\n".join(tried.faults[:10])
    assert not [status for status in tried.statuses if status >= 500]
    assert tried.cases >= least
