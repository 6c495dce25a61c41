"""Why a clinician may override a card: a short coded list, shown in English and Chinese side by side."""

from __future__ import annotations

from typing import Final

__all__ = ["REASONS", "SYSTEM", "known_reason", "override_reasons"]

SYSTEM: Final = "urn:medrag:override-reason"
#: Code to display; the words are this project's own.
REASONS: Final = {
    "benefit-outweighs-risk": "Benefit outweighs the risk / 获益大于风险",
    "will-monitor": "Will be monitored / 将予监测",
    "dose-or-timing-adjusted": "Dose or timing is adjusted / 已调整剂量或给药时间",
    "tolerated-before": "Taken together before and tolerated / 曾合用且耐受",
    "not-taken": "The record is out of date: not taken any more / 记录已过时，患者已停用",
    "does-not-apply": "Does not apply to this patient / 不适用于该患者",
    "inaccurate": "The alert is wrong / 提示内容有误",
    "other": "Other / 其他",
}


def override_reasons() -> list[dict[str, str]]:
    """As a card carries them."""
    return [{"code": code, "system": SYSTEM, "display": words} for code, words in REASONS.items()]


def known_reason(code: str, system: str | None) -> str:
    """The code as it is counted: a client's own reasons are counted together, and what they say is not kept."""
    return code if code in REASONS and system in (None, SYSTEM) else "other"
