"""Which edition answers on a day, and what a search is kept to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from medrag.editions import editions_in_force, set_key, succeeded
from medrag.records import Edition

DAY = date(2020, 1, 1)


@st.composite
def edition(draw: st.DrawFn) -> Edition:
    work = draw(st.sampled_from(["a", "b", "c"]))
    begins = DAY + timedelta(days=draw(st.integers(0, 40)))
    correction = draw(st.integers(1, 12))
    label = begins.isoformat() + ("" if correction == 1 else f".r{correction}")
    withdrawn = draw(st.sampled_from([None, None, "wrong dose"]))
    published = begins.isoformat()
    return Edition(
        f"{work}@{label}", work, label, published, begins, DAY, "0" * 64, "1" * 64, None, withdrawn
    )


SHELF = st.lists(edition(), max_size=12, unique_by=lambda held: held.id)
DAYS = st.integers(-2, 45).map(lambda days: DAY + timedelta(days=days))


@given(SHELF, DAYS)
def test_one_edition_a_work_begun_by_the_day_and_not_withdrawn(shelf: list[Edition], day: date) -> None:
    found = editions_in_force(shelf, day)
    assert [held.work for held in found] == sorted({held.work for held in found})
    standing = [held for held in shelf if held.valid_from <= day and held.withdrawn is None]
    assert {held.work for held in found} == {held.work for held in standing}
    for held in found:
        rivals = [other for other in standing if other.work == held.work]
        assert held in rivals
        assert all(other.valid_from <= held.valid_from for other in rivals)


@given(SHELF, DAYS)
def test_of_one_day_the_latest_correction_answers(shelf: list[Edition], day: date) -> None:
    for held in editions_in_force(shelf, day):
        same = [
            o for o in shelf if (o.work, o.valid_from) == (held.work, held.valid_from) and not o.withdrawn
        ]
        number = [int(other.label.partition(".r")[2] or 1) for other in same]
        assert int(held.label.partition(".r")[2] or 1) == max(number)


@given(SHELF, DAYS, st.randoms())
def test_the_order_they_are_held_in_does_not_matter(shelf: list[Edition], day: date, chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(shelf)
    chance.shuffle(shuffled)
    assert editions_in_force(shuffled, day) == editions_in_force(shelf, day)


@given(SHELF, DAYS)
def test_what_begins_later_changes_nothing_of_a_day_before(shelf: list[Edition], day: date) -> None:
    begun = [held for held in shelf if held.valid_from <= day]
    assert editions_in_force(begun, day) == editions_in_force(shelf, day)


@given(SHELF, edition(), DAYS)
def test_a_new_edition_touches_its_own_work_alone(shelf: list[Edition], new: Edition, day: date) -> None:
    before = {held.work: held for held in editions_in_force(shelf, day)}
    after = {held.work: held for held in editions_in_force([*shelf, new], day)}
    for work in after.keys() | before.keys():
        if work != new.work:
            assert after.get(work) == before.get(work)
    if new.work in before:
        assert after[new.work] in (before[new.work], new)


@given(SHELF)
def test_a_work_once_in_force_stays_in_force(shelf: list[Edition]) -> None:
    held: set[str] = set()
    for days in range(-1, 45):
        now = {found.work for found in editions_in_force(shelf, DAY + timedelta(days=days))}
        assert held <= now
        held = now


@given(SHELF, DAYS)
def test_at_most_one_edition_of_a_work_the_newest_that_was_published_and_stands(
    shelf: list[Edition], day: date
) -> None:
    told = {held.work: held for held in editions_in_force(shelf, day)}
    for work in "abc":
        begun = [held for held in shelf if held.work == work and date.fromisoformat(held.published) <= day]
        days = [held.published for held in begun if held.withdrawn is None]
        assert (told[work].published if work in told else None) == max(days, default=None)


@given(SHELF, DAYS)
def test_to_withdraw_an_edition_is_as_if_it_had_never_come(shelf: list[Edition], day: date) -> None:
    for held in shelf:
        without = [other for other in shelf if other.id != held.id]
        taken = [*without, replace(held, withdrawn="a wrong dose")]
        assert editions_in_force(taken, day) == editions_in_force(without, day)
        assert {k: e.superseded_by for k, e in succeeded(without, day).items()}.items() <= {
            k: e.superseded_by for k, e in succeeded(taken, day).items()
        }.items()


@given(SHELF, DAYS)
def test_what_is_followed_leads_to_what_is_in_force(shelf: list[Edition], day: date) -> None:
    told, standing = succeeded(shelf, day), editions_in_force(shelf, day)
    for held in told.values():
        while held.superseded_by is not None:
            held = told[held.superseded_by]
        begun = held.valid_from <= day and held.withdrawn is None
        assert (held.id in {other.id for other in standing}) == begun


@given(SHELF, st.randoms())
def test_a_set_of_editions_is_named_by_what_it_holds(shelf: list[Edition], chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(shelf)
    chance.shuffle(shuffled)
    assert set_key(shuffled) == set_key(shelf)
    for held in shelf:
        other = [e if e.id != held.id else replace(e, content_sha256="2" * 64) for e in shelf]
        assert len({set_key(shelf), set_key(other), set_key(e for e in shelf if e.id != held.id)}) == 3
