"""Typesets a guideline of our own words in columns, as journals do: narrow lines, words cut at their ends, notes, a table."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pdf_pages import HIGH, WIDE
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

__all__ = ["BODY", "NOTES", "TABLE", "TITLE", "Sheet", "plain", "typeset"]

TITLE = "Treating gout in adults: an imaginary guideline"
#: Kind and words; "|" marks where a word may be cut at a line's end.
BODY: tuple[tuple[str, str], ...] = (
    ("head", "1 Scope and purpose"),
    ("text", "This guide|line speaks of adults whose gout was con|firmed by crys|tals or by ultra|sound. It does not speak of "
             "child|ren, of kid|ney trans|plants, or of gout that be|gan after chemo|therapy."),
    ("text", "Each rec|ommen|dation is graded from A to D by what it rests on, and the treat|ment of one kid|ney pa|tient is "
             "never taken for the treat|ment of all. A kid|ney that fails changes every treat|ment, and so each "
             "rec|ommen|dation says be|low which eGFR it no longer holds. The eGFR is meant as the CKD-EPI equa|tion gives it."),
    ("text", "Its authors met four times, looked through the liter|ature of ten years, and voted on every rec|ommen|dation. A "
             "rec|ommen|dation needed the agree|ment of nine in ten of those who voted."),
    ("head", "2 Treating an attack"),
    ("rec", "R1 Begin col|chi|cine within twelve hours of the first pain, with 1 mg and then 0.5 mg one hour later. "
            "(Grade A)"),
    ("rec", "R2 Do not give col|chi|cine together with a strong inhib|itor of CYP3A4 when the eGFR is be|low 30 mL/min, since "
            "deaths have been re|ported. (Grade B)"),
    ("rec", "R3 Where col|chi|cine must not be used, give pred|nis|olone 30 mg a day for five days, and look at the blood "
            "glu|cose of people with dia|betes. (Grade B)"),
    ("text", "Ice on the joint eases pain while the drug be|gins to act. Rest of the joint is wise for one or two days; longer "
             "rest weak|ens the muscles around it."),
    ("head", "3 Lowering the uric acid"),
    ("rec", "R4 Offer al|lo|pu|ri|nol after the sec|ond at|tack in one year, be|ginning with 100 mg a day, or 50 mg a day when "
            "the eGFR is be|low 30 mL/min. (Grade A)"),
    ("rec", "R5 Raise the dose every four weeks by 100 mg un|til the uric acid is be|low 360 micro|mol/L. (Grade C)"),
    ("text", "Most people need 300 mg a day or more. A dose that was never raised is the com|mon|est rea|son why treat|ment "
             "fails, and fear of the kid|ney is the com|mon|est rea|son why a dose was never raised."),
    ("text", "Febux|ostat is the sec|ond choice. It was linked with more deaths from the heart than al|lo|pu|ri|nol in one large "
             "trial and not in an|other, so those with a dis|eased heart should hear of both."),
    ("head", "4 Following up"),
    ("rec", "R6 Meas|ure uric acid and creat|inine every four weeks while the dose is raised, and twice a year after|wards. "
            "(Grade D)"),
    ("text", "Whoever has had no at|tack for five years and no tophus may try a lower dose; at|tacks re|turn in about four of "
             "ten within three years."),
)  # fmt: skip
NOTES = ("* Votes were kept secret.", "† One member left the room.")
TABLE: tuple[tuple[str, ...], ...] = (
    ("eGFR (mL/min)", "Colchicine in an attack", "Allopurinol, first dose"),
    ("60 or more", "1 mg, then 0.5 mg", "100 mg a day"),
    ("30 to 59", "0.5 mg once", "100 mg a day"),
    ("below 30", "do not use", "50 mg a day"),
)
CAPTION = "Table 1. Doses by kidney function"
HEAD, FOOT = "Imaginary Society of Rheumatology", "Journal of Invented Medicine 12 (2024)"
MARGIN, GUTTER, SIZE, PITCH = 50.0, 16.0, 9.0, 11.5


def plain(text: str) -> str:
    """The words as they are meant, without the marks of where they may be cut."""
    return text.replace("|", "")


@dataclass(slots=True)
class Sheet:
    """A guideline being set: pages of so many columns, filled from left to right."""

    canvas: Canvas
    columns: int
    page: int = 1
    column: int = 0
    top: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return (WIDE - 2 * MARGIN - (self.columns - 1) * GUTTER) / self.columns

    @property
    def x(self) -> float:
        return MARGIN + self.column * (self.width + GUTTER)

    def begin(self, top: float) -> None:
        """Starts the columns of a page below ``top``, with its running head and foot."""
        self.put(MARGIN, 30, HEAD, size=7.5)
        self.put(MARGIN, HIGH - 28, f"{FOOT} {100 + self.page}", size=7.5)
        self.column, self.top, self.y = 0, top, top

    def put(self, x: float, y: float, text: str, *, size: float = SIZE, bold: bool = False) -> None:
        self.canvas.setFont("Times-Bold" if bold else "Times-Roman", size)
        self.canvas.drawString(x, HIGH - y, text)

    def room(self, lines: int, end: float) -> bool:
        return self.y + lines * PITCH <= end


def broken(text: str, width: float, *, bold: bool = False) -> list[str]:
    """Lines no wider than a column; words are cut where they may be, with a hyphen."""
    font = "Times-Bold" if bold else "Times-Roman"
    lines, line = [], ""
    for word in text.split():
        syllables = word.split("|")
        while True:
            whole = f"{line} {''.join(syllables)}".strip()
            if stringWidth(whole, font, SIZE) <= width:
                line = whole
                break
            fits = [
                at
                for at in range(1, len(syllables))
                if stringWidth(f"{line} {''.join(syllables[:at])}-".strip(), font, SIZE) <= width
            ]
            if fits:
                lines.append(f"{line} {''.join(syllables[: fits[-1]])}-".strip())
                syllables = syllables[fits[-1] :]
            else:
                lines.append(line)
            line = ""
    return [*lines, line]


def typeset(columns: int, body: Sequence[tuple[str, str]] = BODY) -> bytes:
    """The guideline as a PDF: a title over all columns, notes at the foot of page 1, a table over all columns on page 2."""
    room = io.BytesIO()
    sheet = Sheet(Canvas(room, pagesize=(WIDE, HIGH), invariant=1), columns)
    sheet.begin(118)
    sheet.put(MARGIN, 70, TITLE, size=16, bold=True)
    sheet.put(MARGIN, 90, "A. Nobody, B. Noone and the working group of an imaginary society", size=9)
    notes(sheet)
    # Little room on page 1, so that every layout goes on over its columns and onto page 2.
    end = 118 + 15 * PITCH
    for kind, words in body:
        bold = kind == "head"
        lines = broken(words, sheet.width, bold=bold)
        if bold and not sheet.room(4, end):
            end = turn(sheet, end)
        sheet.y += 5 if bold else 0
        for line in lines:
            if not sheet.room(1, end):
                end = turn(sheet, end)
            sheet.y += PITCH
            sheet.put(sheet.x, sheet.y, line, bold=bold)
        sheet.y += 4
    sheet.canvas.showPage()
    sheet.canvas.save()
    return room.getvalue()


def turn(sheet: Sheet, end: float) -> float:
    """Goes on in the next column, or on the next page, which begins with the table; where its columns end."""
    if sheet.column + 1 < sheet.columns:
        sheet.column, sheet.y = sheet.column + 1, sheet.top
        return end
    sheet.canvas.showPage()
    sheet.page += 1
    sheet.begin(table(sheet, 60) + 24 if sheet.page == 2 else 60)
    return sheet.top + 15 * PITCH


def notes(sheet: Sheet) -> None:
    for number, note in enumerate(NOTES):
        sheet.put(MARGIN, HIGH - 70 + number * 9, note, size=7)


def table(sheet: Sheet, y: float) -> float:
    """The ruled table over all columns; where it ends."""
    sheet.put(MARGIN, y, CAPTION, bold=True)
    edges = [MARGIN, MARGIN + 120, MARGIN + 300, WIDE - MARGIN]
    top = y + 6
    for number, row in enumerate(TABLE):
        for edge, cell in zip(edges, row, strict=False):
            sheet.put(edge + 4, top + number * 16 + 11, cell, bold=number == 0)
    bottom = top + 16 * len(TABLE)
    for number in range(len(TABLE) + 1):
        sheet.canvas.line(MARGIN, HIGH - top - 16 * number, WIDE - MARGIN, HIGH - top - 16 * number)
    for edge in edges:
        sheet.canvas.line(edge, HIGH - top, edge, HIGH - bottom)
    return bottom


def words_of(text: str) -> str:
    """Text as one line."""
    return re.sub(r"\s+", " ", text).strip()
