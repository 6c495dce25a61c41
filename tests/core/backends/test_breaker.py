"""The breaker opens after failures in a row, lets one trial through when its time is up, and never more than one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from medrag.backends.breaker import Breaker


def test_it_opens_closes_and_opens_again() -> None:
    now = [0.0]
    breaker = Breaker(2, 10.0, lambda: now[0])
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allow()
    breaker.failed()
    assert not breaker.allow()
    now[0] = 4.0
    assert breaker.left() == 6.0
    now[0] = 10.0
    assert breaker.allow()
    assert not breaker.allow()
    breaker.failed()
    now[0] = 19.0
    assert not breaker.allow()
    now[0] = 20.0
    assert breaker.allow()
    breaker.released()
    assert breaker.allow()
    breaker.succeeded()
    assert breaker.allow()
    assert breaker.allow()


def test_of_many_callers_one_gets_the_trial() -> None:
    now = [0.0]
    breaker = Breaker(1, 1.0, lambda: now[0])
    breaker.failed()
    now[0] = 2.0
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: breaker.allow(), range(200))) == 1


@given(st.lists(st.sampled_from(["good", "bad", "none", "wait"]), max_size=60))
def test_it_lets_calls_through_unless_the_last_k_that_told_failed(steps: list[str]) -> None:
    now, failures, opened = 0.0, 0, None
    breaker = Breaker(3, 5.0, lambda: now)
    for step in steps:
        if step == "wait":
            now += 2.0
            continue
        allowed = breaker.allow()
        assert allowed == (opened is None or now >= opened + 5.0)
        if not allowed:
            continue
        if step == "good":
            breaker.succeeded()
            failures, opened = 0, None
        elif step == "bad":
            breaker.failed()
            failures += 1
            opened = now if failures >= 3 or opened is not None else None
        else:
            breaker.released()
