"""Many readers while another process publishes: every answer is of one snapshot, and none is empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag_api.bench_crowd import bench_crowd

LONG = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("publishes", [4, pytest.param(100, marks=LONG)])
def test_every_answer_is_of_one_snapshot(
    publishes: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = bench_crowd(tmp_path, publishes, threads=8, idle_s=1.0 if publishes < 10 else 10.0)
    assert told["mixed_answers"] == told["empty_answers"] == 0
    assert told["snapshots_seen"] > 1 and told["queries_during"] > told["publishes"]
    with capsys.disabled():
        print(
            f"\ncrowd: {publishes} publications under 8 threads, {told['queries_during']} answers of"
            f" {told['snapshots_seen']} snapshots, {told['mixed_answers']} mixed; p99 idle {told['idle_p99_ms']:.1f} ms,"
            f" during {told['during_p99_ms']:.1f} ms, ratio {told['p99_ratio']:.2f}"
        )
