"""Words that carry a sentence and claim nothing themselves."""

from __future__ import annotations

from typing import Final

__all__ = ["LIGHT"]

#: Only what no quote could speak against: none is a reason, an effect, a time, a place, a person or a manner.
LIGHT: Final = frozenset(
    (
        "means mean meaning signifies holds exist exists brings bring run runs lasts counts count towards toward out "
        "namely ie eg becomes become turn turns amount simply also thing things fact way "
        "它们 他们 其 其中 此外 即 为 指 是指 则 一种 一个 每一步 下一步 以及 属 属于 该病 该药 所谓 称为 方面 之一 均 皆 "
        "以 而 才 个 种 项 名 例 且 仍 已 所 对 于 经"
    ).split()
)
