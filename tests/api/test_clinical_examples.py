"""The shell examples of CDS Hooks and FHIR, run as a reader would run them against a served shelf."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from guarded import give_key
from served_shelf import serving_shelf

from medrag.settings import Settings
from medrag_api.hooks.counting import alert_burden

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "python3"))), reason="needs bash and curl"),
]


def run(script: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    start = ["bash", str(EXAMPLES / script), *words]
    plain = {key: value for key, value in os.environ.items() if key != "MEDRAG_KEY"}
    return subprocess.run(
        start, capture_output=True, text=True, env={**plain, **env}, timeout=60, check=False
    )


def test_the_hooks_example_prints_cards_and_tells_what_was_done(stocked_pairs: Settings) -> None:
    with serving_shelf(stocked_pairs) as url:
        done = run("cds_hooks.sh", url)
    assert done.returncode == 0, done.stderr
    assert "service medrag-order-sign answers order-sign" in done.stdout
    assert "[warning] ibuprofen and warfarin" in done.stdout
    assert "> warfarin with ibuprofen: Avoid." in done.stdout
    assert f"{url}/console/passages/p_" in done.stdout
    assert "feedback: HTTP 200" in done.stdout
    burden = alert_burden(stocked_pairs)
    assert (burden.checks, sum(rule.overridden for rule in burden.rules) > 0) == (1, True)


def test_the_fhir_example_prints_findings_and_what_was_not_checked(reviewing: Settings) -> None:
    with serving_shelf(reviewing) as url:
        done = run("fhir.sh", url)
    assert done.returncode == 0, done.stderr
    assert "[high] ibuprofen and warfarin" in done.stdout
    assert "(MedicationRequest/one, MedicationStatement/two)" in done.stdout
    assert "[no severity] Not checked: a drug nobody knows" in done.stdout
    assert "searched: pair-list 1" in done.stdout


@pytest.mark.parametrize("script", ["cds_hooks.sh", "fhir.sh"])
def test_with_keys_the_examples_need_one_for_checks(standing_copy: Settings, script: str) -> None:
    check, _ = give_key(standing_copy, "check")
    ask, _ = give_key(standing_copy, "ask")
    with serving_shelf(standing_copy) as url:
        assert run(script, url, MEDRAG_KEY=check).returncode == 0
        for env in ({}, {"MEDRAG_KEY": ask}):
            assert run(script, url, **env).returncode != 0
