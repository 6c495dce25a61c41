"""The command line: exit codes, one JSON document, the same answer as over HTTP, nothing of a patient told back."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.cli import COMMANDS, main
from medrag_api.cli.failing import exit_code_of
from medrag_api.holder import ShelfHolder
from medrag_api.progress import Lines

QUESTION = "At what eGFR is an SGLT2 inhibitor started in chronic kidney disease?"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def document(result: Result) -> dict[str, Any]:
    """The one document on stdout."""
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_an_answer_is_the_same_as_over_http(standing: Settings) -> None:
    said = document(run("ask", QUESTION, "--json", "--home", str(standing.home)))

    async def post() -> dict[str, Any]:
        holder = ShelfHolder(standing)
        transport = httpx.ASGITransport(create_app(standing, holder))
        async with httpx.AsyncClient(transport=transport, base_url="http://medrag") as client:
            told: dict[str, Any] = (await client.post("/ask", json={"question": QUESTION})).json()
        holder.close()
        return told

    heard = asyncio.run(post())
    said.pop("timings_ms"), heard.pop("timings_ms")
    assert said == heard
    assert said["status"] == "answered"


def test_an_answer_at_a_terminal_names_its_source_and_quotes_it(standing: Settings) -> None:
    shown = run("ask", "Metformin eGFR?", "--home", str(standing.home))
    assert shown.exit_code == 0
    for words in (
        "[1]",
        "“Metformin is stopped",
        "Kidney notes",
        "A house",
        "edition 1",
        "published 2020-01-01",
        "CC0-1.0",
    ):
        assert words in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (["ask", "x", "--egfr", "-5"], 3, "patient.egfr_ml_min_1_73m2"),
        (["ask", "x", "--age", "200"], 3, "patient.age_years"),
        (["ask", "x", "--sex", "male", "--pregnant"], 3, "patient.pregnant"),
        (["ask", "x", "--creatinine", "900", "mg/dL"], 3, "patient.creatinine.value"),
        (["ask", "x", "--drug", ""], 3, "patient.drugs.0"),
        (["ask", ""], 3, "question"),
        (["ask", "x" * 2001], 3, "question"),
        (["ask", "a\udcffb"], 3, "question"),
        (["ask", "x", "--as-of", "2024-13-45"], 2, "as_of"),
        (["ask", "x", "--answerer", "oracle"], 2, "answerer"),
        (["search", "x", "-k", "0"], 2, "top_k"),
        (["ask"], 2, "question"),
        (["ask", "x", "--corpus", "none-such"], 2, "filters.corpora"),
        (["ingest", "none-such"], 4, None),
        (["ingest", "leaflet.pdf"], 2, None),
        (["ingest", "none.yaml"], 3, None),
        (["ingest"], 2, None),
        (["ingest", "ansm", "--all"], 2, None),
        (["shelf", "show", "none-such"], 4, None),
        (["serve", "--host", "0.0.0.0"], 2, "host"),
        (["serve", "--host", "example.org"], 2, "host"),
        (["eval", "scifact"], 2, "data"),
    ],
    ids=lambda value: (
        " ".join(value)[:40].encode("ascii", "replace").decode() if isinstance(value, list) else None
    ),
)
def test_a_bad_call_is_one_problem_document_with_its_code(
    standing: Settings, words: list[str], code: int, field: str | None
) -> None:
    result = run(*words, "--json", "--home", str(standing.home))
    problem = document(result)
    assert (result.exit_code, problem["exit_code"]) == (code, code), problem
    assert problem["type"].startswith("urn:medrag:problem:")
    assert "Traceback" not in result.output
    if field is not None:
        assert [item["field"] for item in problem["errors"]] == [field]


def test_without_json_a_failure_is_words_on_stderr(standing: Settings) -> None:
    result = run("ask", "x", "--egfr", "-5", "--home", str(standing.home))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "egfr_ml_min_1_73m2" in result.stderr


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"[1]", None), (b"{\n nope", 2), (b"\xff\xfe{", None), (b"[" * 100_000, None), (None, None)],
)
def test_a_patient_file_that_cannot_be_read_is_refused_by_name(
    standing: Settings, tmp_path: Path, content: bytes | None, line: int | None
) -> None:
    file = tmp_path / "patient.json"
    if content is not None:
        file.write_bytes(content)
    result = run("ask", "x", "--patient", str(file), "--json", "--home", str(standing.home))
    problem = document(result)
    assert (result.exit_code, problem["file"], problem["line"]) == (3, str(file), line)


def test_options_go_before_the_patient_file(standing: Settings, tmp_path: Path) -> None:
    file = tmp_path / "patient.json"
    file.write_text(json.dumps({"age_years": 70, "sex": "male", "pregnant": True}))
    words = ("--patient", str(file), "--json", "--home", str(standing.home))
    assert run("ask", "metformin", *words).exit_code == 3
    assert run("ask", "metformin", "--not-pregnant", *words).exit_code == 0


def test_nothing_published_says_what_to_do(settings: Settings) -> None:
    for words in (["ask", "x"], ["search", "x"], ["shelf", "list"], ["shelf", "history"]):
        result = run(*words, "--json", "--home", str(settings.home))
        assert result.exit_code == 5
        assert "medrag try" in document(result)["detail"]


def test_the_shelf_is_listed_shown_and_told(standing: Settings) -> None:
    home = ("--json", "--home", str(standing.home))
    assert [w["id"] for w in document(run("shelf", "list", *home))["works"]] == [
        "blood-leaflets",
        "kidney-notes",
    ]
    assert document(run("shelf", "show", "kidney-notes", *home))["publisher"] == "A house"
    told = document(run("shelf", "history", *home))
    assert told["publications"][-1]["snapshot"] == told["current"]
    for words in (
        ["shelf", "list"],
        ["shelf", "show", "kidney-notes"],
        ["shelf", "history"],
        ["search", "eGFR"],
    ):
        assert run(*words, "--home", str(standing.home)).exit_code == 0


def test_a_document_gives_the_terminal_no_orders(settings: Settings, put_edition: Any) -> None:
    from sample_shelf import NOTES

    put_edition(NOTES, "1", "2020-01-01", ("Metformin \x1b[2J is \u202e stopped when eGFR falls below 30.",))
    shown = run("search", "metformin", "--home", str(settings.home))
    assert "stopped" in shown.stdout
    assert not {"\x1b", "\u202e"} & set(shown.stdout)


def test_an_unforeseen_fault_is_said_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError("Zaphod is ill")
    except RuntimeError as error:
        assert exit_code_of(error, ["ask", "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["type"] == "urn:medrag:problem:unexpected"
    assert "Zaphod" not in told.out + told.err


def test_ctrl_c_is_130() -> None:
    assert exit_code_of(KeyboardInterrupt(), ["ask"]) == 130


def test_progress_is_a_line_a_second_at_most(capsys: pytest.CaptureFixture[str]) -> None:
    now = iter([0.0, 0.2, 0.9, 1.1, 1.2])
    lines = Lines(lambda: next(now))
    for done in range(5):
        lines("stage", done, 5)
    assert capsys.readouterr().err.splitlines() == ["stage: 0 of 5", "stage: 3 of 5"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


def process(*words: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """medrag as a person starts it."""
    start = [sys.executable, "-c", "from medrag_api.cli import main; main()", *words]
    return subprocess.run(start, capture_output=True, env={**os.environ, **env}, timeout=120, check=False)


def test_help_loads_nothing_heavy() -> None:
    told = "from medrag_api.cli import main; import sys; print([m for m in HEAVY if m in sys.modules])"
    heavy = "HEAVY = ['torch', 'pydantic', 'sqlalchemy', 'fastapi', 'rich', 'numpy', 'structlog', 'qdrant_edge']; "
    done = subprocess.run([sys.executable, "-c", heavy + told], capture_output=True, timeout=120, check=True)
    assert done.stdout.strip() == b"[]"


def test_a_process_answers_in_utf8_whatever_the_locale(standing: Settings) -> None:
    done = process(
        "ask", "华法林和布洛芬？", "--json", "--home", str(standing.home), PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("utf-8"))["language"] == "zh"


def test_a_reader_that_goes_away_is_no_trace(standing: Settings) -> None:
    code = "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1); from medrag_api.cli import main; main()"
    words = ["shelf", "list", "--json", "--home", str(standing.home)]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], stderr=subprocess.PIPE, timeout=120, check=False
    )
    assert done.returncode == 141
    assert b"Traceback" not in done.stderr
