"""The benchmark's client measures what a server answers and says when it does not; the whole runs on any shelf."""

from __future__ import annotations

import json
import random
import sys

import pytest
from click.testing import CliRunner

from medrag.answer.proof.prove import prove
from medrag.errors import Unavailable
from medrag.settings import Settings
from medrag_api.bench_load import CONNECTIONS, TRIVIAL, drive, serving
from medrag_api.bench_verify import LIMIT_MS, make_claims, percentiles, timed
from medrag_api.cli import main

pytestmark = pytest.mark.network


def test_a_server_is_measured_by_whole_answers() -> None:
    with serving(["-c", TRIVIAL, "1"], b"{}") as port:
        load = drive(port, [b"{}", b"[]"], 0.3)
    assert load.requests_per_s * 0.3 >= CONNECTIONS
    assert load.body_bytes == 2
    assert 0 < load.client_share <= 1
    assert 0 < load.p50_ms <= load.p99_ms


def test_any_answer_but_200_is_no_figure() -> None:
    refusing = TRIVIAL.replace("b'{}', 200", "b'{}', 503").replace('b"{}", 200', 'b"{}", 503')
    assert refusing != TRIVIAL
    with pytest.raises(Unavailable, match="503"), serving(["-c", refusing, "1"], b"{}"):
        pass


def test_a_server_that_does_not_start_is_said() -> None:
    with pytest.raises(Unavailable, match="did not start"), serving(["-c", "raise SystemExit(3)"], b"{}"):
        pass


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers share a port on Linux alone")
def test_everything_is_measured_on_a_small_shelf(reviewing: Settings) -> None:
    words = ["bench", "interactions", "--seconds", "1", "--workers", "2", "--home", str(reviewing.home)]
    run = CliRunner().invoke(main, [*words, "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)["interactions"]
    assert told["http"]["workers"] == 2
    assert told["http"]["check"]["requests_per_s"] > 0
    assert told["reviews_with_patient"][0]["pairs"] == 1
    assert told["cold_command"]["p50_s"] > 0
    assert told["load"]["rss_mb"] > 0


def test_bench_verify_tells_how_long_ten_statements_take() -> None:
    claims = list(make_claims(random.Random(7), 40))
    spent, worked = timed(claims)
    assert len(claims) == 40
    assert len(spent) == len(worked) == 4
    told = percentiles(spent)
    assert 0 < told["p50"] <= told["p95"]
    assert LIMIT_MS == 20
    assert sum(prove(claim).entailed for claim in claims) >= 30
