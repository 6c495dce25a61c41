"""The pages medrag writes can be read by everyone: contrast is counted, no colour speaks alone, nothing is loaded."""

from __future__ import annotations

import pytest

from medrag.page_style import DARK, LIGHT, SEVERITY_MARK, badge, whole_page
from medrag.vocabulary import SEVERITY_ORDER

INKS = ("ink", "dim", *SEVERITY_ORDER, "gone", "come")


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "card", "soft"])
@pytest.mark.parametrize("ink", INKS)
def test_ink_stands_out_from_its_ground(theme: dict[str, str], ground: str, ink: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


def test_each_severity_has_a_mark_of_its_own_and_its_word() -> None:
    assert len(set(SEVERITY_MARK.values())) == len(SEVERITY_ORDER)
    for severity in SEVERITY_ORDER:
        told = badge(severity, "<word>")
        assert SEVERITY_MARK[severity] in told and "&lt;word&gt;" in told


def test_a_page_loads_and_runs_nothing() -> None:
    page = whole_page("en", "<b>", ["<p>words</p>"])
    assert "default-src 'none'" in page and "<title>&lt;b&gt;</title>" in page
    for word in ("<script", "http://", "https://", "url(", "@import"):
        assert word not in page
