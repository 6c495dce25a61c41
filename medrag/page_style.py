"""The look of the pages medrag writes to a file: one style sheet, light, dark and on paper, and a mark a severity."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from medrag.vocabulary import Severity

__all__ = ["SEVERITY_MARK", "badge", "whole_page"]

#: A shape beside the word, so that no one needs to see the colour.
SEVERITY_MARK: Final[dict[Severity, str]] = {
    "contraindicated": "✕",
    "major": "▲",
    "moderate": "◆",
    "unknown": "?",
    "minor": "●",
}
#: Every pair of ink and ground has a contrast of 4.5 or more (WCAG 2.2, 1.4.3); tests/core/test_page_style.py counts it.
LIGHT: Final = {
    "ground": "#faf9f7", "card": "#ffffff", "soft": "#f2f3f4", "line": "#d5d9dd", "ink": "#1b2025", "dim": "#545d66",
    "contraindicated": "#9d1139", "major": "#a93c0b", "moderate": "#7a5600", "unknown": "#55509a", "minor": "#1a6198",
    "gone": "#9d1139", "come": "#14602f",
}  # fmt: skip
DARK: Final = {
    "ground": "#131619", "card": "#1b2024", "soft": "#242a2f", "line": "#3a424a", "ink": "#e8eaec", "dim": "#a9b3bc",
    "contraindicated": "#ff93ab", "major": "#ffae80", "moderate": "#e9c664", "unknown": "#beb9ff", "minor": "#90c8f7",
    "gone": "#ff9dae", "come": "#84dba4",
}  # fmt: skip
_RULES: Final = """
*{box-sizing:border-box}html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{font:15px/1.55 system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK SC",sans-serif;background:var(--ground);
color:var(--ink);margin:0 auto;max-width:74rem;padding:1.5rem clamp(.9rem,3vw,2rem) 4rem;overflow-wrap:anywhere}
h1{font-size:1.45rem;line-height:1.25;margin:0 0 .2rem}h2{font-size:1.12rem;margin:2.2rem 0 .6rem}
h3{font-size:1rem;line-height:1.4;margin:0}p{margin:.35rem 0}.dim,code{color:var(--dim)}code{font-size:.78rem}
.counts{display:flex;flex-wrap:wrap;gap:.45rem;margin:1rem 0;padding:0;list-style:none}
.counts li,.status{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.25rem .7rem}
.counts b{font-variant-numeric:tabular-nums}.status{padding:.6rem .9rem;border-left:.35rem solid var(--accent,var(--come))}
article{--accent:var(--line);background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--accent);
border-radius:.5rem;margin:.7rem 0;padding:.75rem 1rem}
.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:.3rem .7rem}
.badge{color:var(--accent,inherit);font-weight:600;white-space:nowrap}.kind{color:var(--dim)}
.contraindicated,.stop{--accent:var(--contraindicated)}.major{--accent:var(--major)}.moderate{--accent:var(--moderate)}
.unknown{--accent:var(--unknown)}.minor{--accent:var(--minor)}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:.4rem 1.2rem;margin-top:.5rem}.sides>div{min-width:0}
blockquote{background:var(--soft);border-radius:.4rem;margin:.3rem 0;padding:.5rem .7rem;white-space:pre-wrap}
del{color:var(--gone);text-decoration:line-through}ins{color:var(--come);text-decoration:underline;text-underline-offset:.15em}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--line);padding:.35rem .7rem;text-align:left;
vertical-align:top;overflow-wrap:break-word}tr:last-child>*{border-bottom:0}thead th{background:var(--soft);font-weight:600;
white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.stop td:first-child{box-shadow:inset .25rem 0 var(--accent)}.stop .badge{white-space:normal}
.outline{list-style:none;margin:0;padding:.5rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
.outline li{padding:.12rem 0 .12rem calc((var(--deep) - 1)*1.2rem)}
:focus-visible{outline:2px solid var(--minor);outline-offset:2px}
@media(max-width:46rem){.sides{grid-template-columns:1fr}body{font-size:16px}}
@media print{:root{color-scheme:light}body{background:#fff;max-width:none;padding:0;font-size:10pt}
article,.status,tr{break-inside:avoid}h2,.head,thead{break-after:avoid}.wide{overflow:visible}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}@page{margin:15mm}}
"""


def sheet() -> str:
    """The style sheet; a page on paper is light whatever the screen is."""
    light, dark = (";".join(f"--{name}:{value}" for name, value in told.items()) for told in (LIGHT, DARK))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{_RULES}"


def badge(severity: Severity, word: str) -> str:
    """The mark and the word of a severity in its colour."""
    return f'<span class="badge {severity}"><span aria-hidden="true">{SEVERITY_MARK[severity]}</span> {escape(word)}</span>'


def whole_page(language: str, title: str, body: Iterable[str]) -> str:
    """A document that loads nothing and runs nothing, whoever opens it; ``body`` is HTML, ``title`` is not."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{sheet()}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )
