"""Sets a review as a PDF that a person signs: every finding with its sources and quotes, the basis, the time, who signs."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from medrag_api.review_words import VIEW
from medrag_api.web.check_view import check_view
from medrag_api.web.pdf_text import Setting
from medrag_api.web.words import ConsoleLanguage, words_in

__all__ = ["digest_of", "signed_report"]

Json = Mapping[str, Any]
#: A field of the patient panel to the word it is labelled with; units stand in the words.
LABELS: Final[Mapping[str, str]] = {
    "age_years": "age",
    "sex": "sex",
    "weight_kg": "weight",
    "height_cm": "height",
    "egfr_ml_min_1_73m2": "egfr",
    "creatinine": "creatinine",
    "potassium": "potassium",
    "inr": "inr",
    "qtc_ms": "qtc",
    "child_pugh": "child_pugh",
    "pregnant": "pregnant",
    "breastfeeding": "breastfeeding",
    "conditions": "r_conditions",
    "allergies": "r_allergies",
    "as_of": "as_of",
}
#: Drugs whose matrix fits the width of a page; for more the pairs stand in the findings and the kinds of no.
WIDEST: Final = 9


def digest_of(report: Json) -> str:
    """sha256 of the report as canonical JSON: the same regimen, snapshot and settings give the same."""
    told = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def signed_report(
    report: Json,
    form: Mapping[str, str],
    signing: Mapping[str, str],
    moment: datetime,
    language: ConsoleLanguage,
) -> bytes:
    """The PDF, A4. ``form`` is the patient panel as it was typed, ``moment`` UTC."""
    from reportlab.platypus import SimpleDocTemplate

    setting = Setting()
    foot = f"medrag · {report['basis']['snapshot']} · {moment:%Y-%m-%d %H:%M} UTC"
    pages = 0
    for _ in range(2):  # The first time counts the pages.
        stream = io.BytesIO()
        document = SimpleDocTemplate(
            stream,
            pagesize=setting.page,
            leftMargin=48,
            rightMargin=48,
            topMargin=44,
            bottomMargin=52,
            title=words_in(language).r_title,
            author=signing["signed_by"],
            invariant=1,
        )
        footer = setting.footer(foot, words_in(language).r_page, pages)
        story = list(Telling(setting, report, language).story(form, signing, moment))
        document.build(story, onFirstPage=footer, onLaterPages=footer)
        pages = int(document.page)
    return stream.getvalue()


class Telling:
    """One report's parts, in the order a pharmacist reads."""

    def __init__(self, setting: Setting, report: Json, language: ConsoleLanguage) -> None:
        self.set, self.report, self.language = setting, report, language
        self.w, self.view = words_in(language), check_view(report, language)
        self.joint = "、" if language == "zh" else ", "

    def story(self, form: Mapping[str, str], signing: Mapping[str, str], moment: datetime) -> Iterator[Any]:
        yield self.set.line(self.w.r_title, "title")
        if not self.view["complete"]:
            yield self.set.boxed([self.set.line(self.w.r_incomplete, "strong")], "contraindicated")
        yield self.set.pairs(list(self.about(form, moment)))
        yield from self.matrix()
        count = len(self.view["findings"])
        yield self.set.line(f"{self.w.findings}: {count}", "head")
        for item in self.view["findings"]:
            yield from self.finding(item)
        if not count:
            yield self.set.line(self.w.no_findings)
        yield from self.listed(self.w.nos, [said for _, said in self.view["nos"]])
        yield from self.listed(self.w.asked, [f"{m['field']}: {m['why']}" for m in self.view["missing"]])
        yield from self.listed(self.w.limits, self.view["basis"]["limits"])
        yield from self.ending(signing, moment)

    def about(self, form: Mapping[str, str], moment: datetime) -> Iterator[tuple[str, str]]:
        """What was checked, for whom, on what."""
        basis = self.view["basis"]
        named = [
            chip["name"]
            if chip["name"].lower() == chip["input"].lower()
            else f"{chip['input']} = {chip['name']}"
            for chip in self.view["chips"]
            if chip["resolved"]
        ]
        yield self.w.drug_box, self.joint.join(named) or "–"
        lost = [chip["input"] for chip in self.view["lost"]]
        if lost:
            yield self.w.not_checked, self.joint.join(lost)
        yield self.w.patient, "; ".join(self.told_of(form)) or self.w.r_not_stated
        yield self.w.checked_at, f"{moment:%Y-%m-%d %H:%M} UTC"
        yield self.w.searched, "; ".join(self.view["searched"]) or "–"
        yield self.w.snapshot, basis["snapshot"]
        yield self.w.logic, basis["logic"]

    def told_of(self, form: Mapping[str, str]) -> Iterator[str]:
        for field, word in LABELS.items():
            if value := form[field].strip():
                label = getattr(self.w, word)
                unit = form.get(f"{field}_unit", "")
                shown = " / ".join(value.splitlines()) + (f" {unit}" if unit else "")
                yield label if field in ("pregnant", "breastfeeding") else f"{label}: {shown}"

    def matrix(self) -> Iterator[Any]:
        made = self.view["matrix"]
        if made is not None and len(made["heads"]) < WIDEST:
            yield self.set.line(self.w.matrix, "head")
            yield self.set.matrix(made)
            yield self.set.line("   ".join(f"{k['shape']} {k['said']}" for k in made["key"]), "small")

    def finding(self, item: Json) -> Iterator[Any]:
        """The headline in its colour with its word; then what to do, why, and every source."""
        head = f"{item['shape']} {item['word']} — {item['headline']}"
        yield self.set.boxed([self.set.line(head, "strong")], item["severity"])
        for said in item["do"]:
            yield self.set.line(said, "strong")
        for effect in item["effects"]:
            yield self.set.line(f"{self.w.for_patient} ({effect['factor']}): {effect['change']}", "strong")
        for said in item["why"]:
            yield self.set.line(said)
        if item["disagree"]:
            yield self.set.line(self.w.r_disagree, "strong")
        for side in item["sides"]:
            yield from self.side(side)
        for denial in item["denials"]:
            yield self.set.line(f"{denial['source']} {self.w.denies}", "source")
            yield from self.quotes(denial["quotes"])
        for change in item["change"]:
            yield self.set.line(f"{self.w.change} — {change['field']}: {change['why']}", "small")

    def side(self, side: Json) -> Iterator[Any]:
        """One source: name and edition, its grade and ours, dates, the way it came, its words."""
        source = VIEW["inferred"][self.language] if side["inferred"] else side["source"]
        grade = f"{self.w.ours} {side['shape']} {side['word']}"
        if not side["inferred"]:
            grade = f"{self.w.native}: {side['native'] or '–'}; {grade}"
        parts = [grade]
        parts += [f"{self.w.since} {side['since']}"] if side["since"] else []
        parts += [f"{self.w.when}: {side['condition']}"] if side["condition"] else []
        parts += [f"{self.w.through} {' › '.join(side['path'])}"] if side["path"] else []
        yield self.set.line(source, "source")
        yield self.set.line("; ".join(parts), "small")
        yield from self.quotes(side["quotes"])
        for premise in side["premises"]:
            url = f", {premise['url']}" if premise["url"] else ""
            yield self.set.line(f"{self.w.premises}: {premise['said']} ({premise['source']}{url})", "small")

    def quotes(self, quotes: Sequence[Json]) -> Iterator[Any]:
        for quote in quotes:
            tongue = f" ({quote['tongue']})" if quote["tongue"] else ""
            yield self.set.line(f"“{quote['words']}”{tongue}", "quote")

    def listed(self, head: str, lines: Sequence[str]) -> Iterator[Any]:
        if lines:
            yield self.set.line(head, "head")
            yield from (self.set.line(line, "item") for line in lines)

    def ending(self, signing: Mapping[str, str], moment: datetime) -> Iterator[Any]:
        """Who signs, and room for a hand."""
        told = [(self.w.r_signed_by, f"{signing['signed_by']}, {moment:%Y-%m-%d %H:%M} UTC")]
        if signing["remark"]:
            told.append((self.w.r_remark, signing["remark"]))
        told += [(self.w.r_digest, digest_of(self.report)), (self.w.r_signature, "")]
        yield self.set.kept([self.set.line(self.w.signed, "head"), self.set.pairs(told, signature=True)])
        yield self.set.line(self.w.foot, "small")
