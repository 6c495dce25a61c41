"""A name one edit away shares a key with the name; keys are no names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from medrag.text.normalise import fold_name
from medrag_graph.nearness import MARK, edits, near_keys, skeleton, typo_keys

WORDS = st.text(st.sampled_from("abcdefghiklmnoprstvwxyz"), min_size=4, max_size=14)
HAN = st.text(st.sampled_from("氯丙嗪异华法林阿司匹布洛芬头孢"), min_size=3, max_size=8)


def reached(typed: str, name: str) -> bool:
    return bool(set(typo_keys(typed)) & {name, *near_keys(name)})


@given(WORDS, st.data())
def test_every_single_edit_finds_the_name(name: str, data: st.DataObject) -> None:
    typed = data.draw(st.sampled_from(edits(name)))
    if len(typed) > 3:
        assert reached(typed, name)


@given(HAN, st.data())
def test_one_other_character_finds_a_chinese_name(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    assert reached(name[:at] + "素" + name[at + 1 :], name)


@given(HAN.filter(lambda name: len(name) > 3), st.data())
def test_one_character_too_many_finds_a_chinese_name(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    assert reached(name[:at] + "素" + name[at:], name)


@given(WORDS)
def test_a_key_is_never_a_folded_name(name: str) -> None:
    assert all(key.startswith(MARK) for key in near_keys(name))
    assert skeleton(name)
    assert fold_name(name) == name


def test_sound_alikes_share_a_skeleton() -> None:
    assert skeleton("warfrin") == skeleton("warfarin")
    assert skeleton("fenobarbital") == skeleton("phenobarbital")
    assert skeleton("hydralazine") != skeleton("hydroxyzine")
