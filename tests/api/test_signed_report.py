"""The PDF that a person signs: every finding with its sources and quotes, the basis, who signs; kept nowhere."""

from __future__ import annotations

import re

import httpx
import pytest
from structlog.testing import capture_logs
from test_console import Elements
from test_http import send

from medrag.settings import Settings
from medrag_api.review_words import SEVERITIES
from medrag_api.web.pdf_text import CHINESE, runs
from medrag_api.web.signed_report import digest_of

REGIMEN = {"drug": ["simvastatin", "clarithromycin", "nosuch"], "age_years": "78", "conditions": "房颤"}
SIGNED = {**REGIMEN, "signed_by": "王药师 / J. Müller", "remark": "INR in 3 days"}


def pages_of(pdf: bytes) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Without what lines and pages break."""
    return re.sub(r"\s+", "", text)


def report_pdf(settings: Settings, language: str = "en") -> httpx.Response:
    headers = {"cookie": f"medrag_language={language}"}
    return send(settings, "POST", "/console/check/report", data=SIGNED, headers=headers)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_holds_every_finding_with_its_quotes_and_who_signs(
    reviewing: Settings, language: str
) -> None:
    with capture_logs() as logged:
        response = report_pdf(reviewing, language)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
    assert response.headers["cache-control"] == "no-store"
    asked = {
        "drugs": REGIMEN["drug"],
        "patient": {"age_years": 78, "conditions": ["房颤"]},
        "language": language,
    }
    report = send(reviewing, "POST", "/interactions", json=asked).json()
    pages = pages_of(response.content)
    said = squeezed("".join(pages))
    assert report["findings"]
    for finding in report["findings"]:
        assert squeezed(finding["headline"]) in said
        assert SEVERITIES[finding["severity"]][language] in said  # type: ignore[index]
        for told in finding["assertions"]:
            if told["derivation"] != "inferred":
                assert squeezed(f"{told['source']} {told['edition']}") in said
    quoted = [
        q["quote"]["exact"]
        for f in report["findings"]
        for a in f["assertions"]
        for q in a["quotes"]
        if q["role"] in ("statement", "row", "management", "mechanism")
    ]
    assert quoted
    assert all(squeezed(quote) in said for quote in quoted)
    for word in ("nosuch", "房颤", "78", SIGNED["signed_by"], SIGNED["remark"], report["basis"]["snapshot"]):
        assert squeezed(str(word)) in said
    assert digest_of(report) in said
    for number, page in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in squeezed(page)
    assert "房颤" not in str(logged) and "Müller" not in str(logged)


def test_without_a_name_nothing_is_signed(reviewing: Settings) -> None:
    response = send(
        reviewing, "POST", "/console/check/report", data={**SIGNED, "signed_by": " ", "age_years": "78"}
    )
    read = Elements(response.text)
    assert response.status_code == 422
    assert "who signs is wanted" in read.words
    assert any(held.get("value") == "78" for held in read.all("input"))


def test_a_field_that_cannot_be_taken_is_a_page_in_words(reviewing: Settings) -> None:
    response = send(reviewing, "POST", "/console/check/report", data={**SIGNED, "age_years": "old"})
    assert response.status_code == 422
    assert "age_years" in Elements(response.text).words


def test_words_stay_words_whatever_font_they_need() -> None:
    assert runs("a < b & c") == "a &lt; b &amp; c"
    assert runs("INR 房颤 x") == f'INR <font name="{CHINESE}">房颤 </font>x'
    assert runs("<b>x</b>\ny") == "&lt;b&gt;x&lt;/b&gt;<br/>y"
