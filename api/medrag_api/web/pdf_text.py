"""Sets words, tables and boxes on the pages of a PDF, in English, French and Chinese side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

__all__ = ["COLOURS", "Setting"]

#: Ink and ground of each severity, those of the console's light theme; the word and the shape say the same.
COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "contraindicated": ("#a3062a", "#fdeaee"),
    "major": ("#b03a00", "#fdefe6"),
    "moderate": ("#7a5a00", "#fcf5dd"),
    "unknown": ("#6a3c8f", "#f5eefb"),
    "minor": ("#1c5c9c", "#eaf3fc"),
}
PLAIN: Final = ("#52606f", "#f0f2f5")
#: One of Adobe's Chinese fonts that readers of PDF bring or replace; reportlab knows its measures.
CHINESE: Final = "STSong-Light"
LATIN, BOLD = "Helvetica", "Helvetica-Bold"
#: Shapes that neither font draws, and those they do.
DRAWN: Final = str.maketrans({"✕": "×", "›": ">", "\u00a0": " "})
CJK: Final = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def runs(text: str) -> str:
    """Words as reportlab's markup, what Windows-1252 cannot write in the Chinese font."""
    told, chinese = "", False
    for sign in text.translate(DRAWN):
        if not sign.isspace() and writable(sign) == chinese:
            told += "</font>" if chinese else f'<font name="{CHINESE}">'
            chinese = not chinese
        told += "<br/>" if sign == "\n" else escape(sign)
    return told + ("</font>" if chinese else "")


def writable(sign: str) -> bool:
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


class Setting:
    """Fonts and styles, made once for a document. Sizes are points."""

    def __init__(self) -> None:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont

        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
        self.page = A4
        base = ParagraphStyle("text", fontName=LATIN, fontSize=9.5, leading=13, spaceAfter=2)

        def styled(name: str, **told: Any) -> Any:
            return ParagraphStyle(name, parent=base, **told)

        self.styles = {
            "text": base,
            "title": styled("title", fontName=BOLD, fontSize=16, leading=21, spaceAfter=8),
            "head": styled("head", fontName=BOLD, fontSize=11.5, leading=15, spaceBefore=10, spaceAfter=4),
            "strong": styled("strong", fontName=BOLD),
            "source": styled("source", fontName=BOLD, fontSize=9, spaceBefore=4, spaceAfter=0),
            "small": styled("small", fontSize=8.2, leading=11, textColor="#3d4956"),
            "quote": styled("quote", fontSize=9, leading=12.5, leftIndent=12, spaceBefore=1, spaceAfter=3),
            "item": styled("item", fontSize=9, leading=12.5, leftIndent=8),
            "cell": styled("cell", fontSize=8.5, leading=11, spaceAfter=0),
            "mark": styled("mark", fontName=BOLD, fontSize=9, leading=11, alignment=1, spaceAfter=0),
        }

    def line(self, text: str, style: str = "text") -> Any:
        """A paragraph. One with Chinese breaks between any two signs, others between words."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        chosen = self.styles[style]
        if CJK.search(text):
            chosen = ParagraphStyle(f"{style}-cjk", parent=chosen, wordWrap="CJK")
        return Paragraph(runs(text), chosen)

    def pairs(self, told: Sequence[tuple[str, str]], *, signature: bool = False) -> Any:
        """Labels and what they say; with ``signature`` the last line leaves room for a hand."""
        from reportlab.platypus import Table

        rows = [[self.line(label, "small"), self.line(said, "cell")] for label, said in told]
        heights: list[float | None] = [None] * len(rows)
        if signature:
            heights[-1] = 44
        table = Table(rows, colWidths=[92, 407], rowHeights=heights, hAlign="LEFT")
        lines = ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#d8dee5")
        table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), lines, *tight()])
        return table

    def boxed(self, parts: Sequence[Any], severity: str) -> Any:
        """Parts on the ground of a severity, with its colour at their side."""
        from reportlab.platypus import Table

        ink, ground = COLOURS.get(severity, PLAIN)
        table = Table([[list(parts)]], colWidths=[499], hAlign="LEFT", spaceBefore=8, spaceAfter=3)
        table.setStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), ground),
                ("LINEBEFORE", (0, 0), (0, -1), 3, ink),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
        return table

    def matrix(self, made: Mapping[str, Any]) -> Any:
        """Every pair below the diagonal: a shape on the ground of its severity."""
        from reportlab.platypus import Table

        heads, rows = made["heads"], made["rows"]
        grid = [["", *(self.line(head, "cell") for head in heads)]]
        style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *tight()]
        for at, row in enumerate(rows, 1):
            cells = [self.line(c["shape"], "mark") if c["word"] else "" for c in row["cells"]]
            grid.append([self.line(row["name"], "cell"), *cells, *[""] * (len(heads) - len(cells))])
            for column, cell in enumerate(row["cells"], 1):
                if cell["word"]:
                    ground = COLOURS.get(cell["word"], PLAIN)[1]
                    style.append(("BACKGROUND", (column, at), (column, at), ground))
                    style.append(("BOX", (column, at), (column, at), 1.5, "#ffffff"))
        wide = min(74.0, 400 / max(1, len(heads)))
        table = Table(grid, colWidths=[99, *[wide] * len(heads)], hAlign="LEFT")
        table.setStyle(style)
        return table

    def kept(self, parts: Iterable[Any]) -> Any:
        """Parts that stay on one page."""
        from reportlab.platypus import KeepTogether

        return KeepTogether(list(parts))

    def footer(self, told: str, page: str, pages: int) -> Callable[[Any, Any], None]:
        """Draws the line at the foot of each page; ``pages`` 0 while they are being counted."""

        def draw(canvas: Any, document: Any) -> None:
            canvas.saveState()
            canvas.setFillColor("#52606f")
            canvas.setFont(LATIN, 7.5)
            canvas.drawString(48, 30, told)
            right = document.pagesize[0] - 48
            number = f"{document.page} / {pages}"
            canvas.drawRightString(right, 30, number)
            canvas.setFont(LATIN if page.isascii() else CHINESE, 7.5)
            canvas.drawRightString(right - canvas.stringWidth(number, LATIN, 7.5) - 4, 30, page)
            canvas.restoreState()

        return draw


def tight() -> list[tuple[Any, ...]]:
    return [
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
