"""Measures the proof of statements: ten at a time, a statement at a time, and from a cold start."""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote

__all__ = ["bench_verify"]

#: The most ten statements may take at the 95th percentile, milliseconds.
LIMIT_MS: Final = 20.0
#: Answers of ten statements that are proved.
ANSWERS: Final = 100
DRUGS: Final = (
    ("apixaban", "阿哌沙班"),
    ("metformin", "二甲双胍"),
    ("warfarin", "华法林"),
    ("digoxin", "地高辛"),
    ("amiodarone", "胺碘酮"),
    ("simvastatin", "辛伐他汀"),
    ("ibuprofen", "布洛芬"),
    ("clarithromycin", "克拉霉素"),
    ("omeprazole", "奥美拉唑"),
    ("losartan", "氯沙坦"),
)
#: Quote, statement and its language; {d} one drug, {e} another, {zd} and {ze} in Chinese, {n} and {m} numbers.
FORMS: Final = (
    ("The recommended dose of {d} is {n} mg twice daily.", "Give {d} {n} mg every twelve hours.", "en"),
    (
        "Avoid {d} in patients taking {e}, as the risk of bleeding is increased.",
        "{zd}应避免用于服用{ze}的患者，因为出血风险增加。",
        "zh",
    ),
    ("{zd}每日最大剂量为{n} mg。", "{d} should not exceed {n} mg per day.", "en"),
    (
        "Reduce {d} to {n} mg once daily when creatinine clearance is below {m} mL/min.",
        "If CrCl < {m} mL/min, {d} should be reduced to {n} mg once a day.",
        "en",
    ),
    (
        "Augmentation des concentrations plasmatiques de {d} par {e}.",
        "{e} increases {d} plasma concentrations.",
        "en",
    ),
)
COLD: Final = (
    "import time; began = time.perf_counter()\n"
    "from medrag.answer.proof.prove import prove\n"
    "from medrag.answer.proof.records import Claim, Quote\n"
    "text = 'Give apixaban 5 mg twice daily.'\n"
    "assert prove(Claim(text, 'en', (Quote(text, text),))).entailed\n"
    "print(time.perf_counter() - began)"
)


def bench_verify(seed: int) -> dict[str, Any]:
    """Figures of this machine: milliseconds for ten statements first read and read again, statements a second,
    seconds from a cold start, MB that the reader holds. Most statements are true; which is of no weight here."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    claims = list(make_claims(random.Random(seed), ANSWERS * 10))  # noqa: S311 - reproducible statements, no secret
    prove(claims[0])
    (first, worked), (again, _) = timed(claims), timed(claims)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "statements": len(claims),
        "limit_ms": LIMIT_MS,
        "ten_first_read_ms": percentiles(first),
        "ten_first_read_process_ms": percentiles(worked),
        "ten_read_again_ms": percentiles(again),
        "statements_per_s": round(len(claims) / (sum(first) / 1000)),
        "cold_start_s": round(cold_start(), 2),
        "held_mb": round(held / 1024),
        "within_limit": percentiles(first)["p95"] <= LIMIT_MS,
    }


def make_claims(random_: random.Random, many: int) -> Iterator[Claim]:
    """Statements with their quotes, numbers and drugs at random, so that most sentences are read for the first time."""
    for at in range(many):
        quote, text, language = FORMS[at % len(FORMS)]
        (d, zd), (e, ze) = random_.sample(DRUGS, 2)
        told = {
            "d": d,
            "e": e,
            "zd": zd,
            "ze": ze,
            "n": random_.randint(1, 999),
            "m": random_.randint(10, 90),
        }
        held = quote.format(**told)
        yield Claim(text.format(**told), "zh" if language == "zh" else "en", (Quote(held, held),))


def timed(claims: list[Claim]) -> tuple[list[float], list[float]]:
    """Milliseconds of every ten by the clock, and those this process worked."""
    spent, worked = [], []
    for at in range(0, len(claims), 10):
        began, busy = time.perf_counter(), time.process_time()
        for claim in claims[at : at + 10]:
            prove(claim)
        spent.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return spent, worked


def percentiles(spent: list[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(spent), 2),
        "p95": round(statistics.quantiles(spent, n=20)[-1], 2),
    }


def cold_start() -> float:
    """Seconds from nothing imported to the first statement proved, in a process of its own."""
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", COLD], capture_output=True, text=True, check=True
    )
    return float(told.stdout)
