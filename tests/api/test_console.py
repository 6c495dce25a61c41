"""The web console: pages that need no script, say what the check says, and keep a patient out of links and logs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from test_http import send, talk

from medrag.settings import Settings
from medrag_api.review_words import SEVERITIES
from medrag_api.web.pages import POLICY
from medrag_api.web.words import WORDS

SECRET_CONDITION = "Zaphod syndrome of Mrs Beeblebrox"


class Elements(HTMLParser):
    """Every start tag of a page with its attributes, and its visible words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(settings: Settings, path: str, **told: Any) -> tuple[httpx.Response, Elements]:
    response = send(settings, "GET", path, **told)
    return response, Elements(response.text)


def test_the_check_says_in_words_and_shapes_what_the_report_says(reviewing: Settings) -> None:
    response, read = page(reviewing, "/?drug=simvastatin&drug=clarithromycin")
    assert response.status_code == 200
    assert response.headers["content-security-policy"] == POLICY
    report = send(
        reviewing, "POST", "/interactions", json={"drugs": ["simvastatin", "clarithromycin"]}
    ).json()
    for finding in report["findings"]:
        assert finding["headline"] in read.words
        assert SEVERITIES[finding["severity"]]["en"] in read.words
    assert "✕" in read.words
    quotes = {q["quote"]["exact"] for f in report["findings"] for a in f["assertions"] for q in a["quotes"]}
    assert any(quote.strip() in read.words for quote in quotes)


def test_a_name_that_is_not_known_is_told_and_offered_never_used(reviewing: Settings) -> None:
    _, read = page(reviewing, "/?drug=simvastatin&drug=clarithromicin")
    assert WORDS["not_checked"][0] in read.words
    offered = [b.get("data-name") for b in read.all("button") if b.get("data-instead") == "clarithromicin"]
    assert "clarithromycin" in offered
    assert SEVERITIES["contraindicated"]["en"] not in read.words


def test_a_quote_opens_at_its_place(reviewing: Settings) -> None:
    async def open_it(client: httpx.AsyncClient) -> None:
        read = Elements((await client.get("/?drug=simvastatin&drug=clarithromycin")).text)
        places = [a["href"] for a in read.all("a") if (a.get("href") or "").startswith("/console/passages/")]
        assert places
        report = (
            await client.post("/interactions", json={"drugs": ["simvastatin", "clarithromycin"]})
        ).json()
        exact = {
            q["quote"]["exact"] for f in report["findings"] for a in f["assertions"] for q in a["quotes"]
        }
        for place in places:
            shown = (await client.get(str(place))).text
            marked = re.search(r'<mark id="quote">(.*?)</mark>', shown, re.DOTALL)
            assert marked is not None
            assert Elements(marked[0]).words in exact

    talk(reviewing, open_it)


def test_the_patient_is_in_no_link_and_in_no_log(reviewing: Settings) -> None:
    form = {"drug": ["warfarin", "ibuprofen"], "age_years": "78", "conditions": SECRET_CONDITION}
    with capture_logs() as logged:
        response = send(reviewing, "POST", "/console/check", data=form)
    assert response.status_code == 200
    read = Elements(response.text)
    links = [a.get("href") or "" for a in read.all("a")]
    assert any(link.startswith("/?drug=warfarin") for link in links)
    assert not any("78" in link or "Zaphod" in link for link in links)
    assert "Zaphod" not in str(logged)
    assert SECRET_CONDITION in response.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("age_years", "old"), ("egfr_ml_min_1_73m2", "-3"), ("as_of", "yesterday"), ("inr", "nan")],
)
def test_a_field_that_cannot_be_taken_is_named_and_what_was_typed_is_kept(
    reviewing: Settings, field: str, value: str
) -> None:
    response = send(reviewing, "POST", "/console/check", data={"drug": "warfarin", field: value})
    assert response.status_code == 422
    assert field in Elements(response.text).words
    assert any(held.get("value") == value for held in Elements(response.text).all("input"))


def test_both_languages_and_no_page_of_another_site(reviewing: Settings) -> None:
    async def switch(client: httpx.AsyncClient) -> None:
        reply = await client.get("/console/language/zh?to=/console/drugs", follow_redirects=False)
        assert reply.headers["location"] == "/console/drugs"
        for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
            reply = await client.get("/console/language/zh", params={"to": elsewhere}, follow_redirects=False)
            assert reply.headers["location"] == "/"
        shown = (await client.get("/", headers={"cookie": "medrag_language=zh"})).text
        assert '<html lang="zh-Hans"' in shown
        assert WORDS["check_lead"][1] in shown
        assert (await client.get("/console/language/xx")).status_code == 404

    talk(reviewing, switch)


def test_nothing_typed_becomes_markup(reviewing: Settings) -> None:
    typed = '"><script>alert(1)</script>'
    for path in ("/", "/console/drugs"):
        key = "drug" if path == "/" else "q"
        response = send(reviewing, "GET", path, params={key: typed})
        assert "<script>alert" not in response.text
        assert all(
            script.get("src", "").startswith("/console/static/")
            for script in Elements(response.text).all("script")
        )


def test_a_card_shows_names_and_interactions(reviewing: Settings) -> None:
    async def look(client: httpx.AsyncClient) -> None:
        found = await client.get("/console/drugs", params={"q": "simvastatin"}, follow_redirects=False)
        assert found.status_code == 303
        read = Elements((await client.get(found.headers["location"])).text)
        assert "clarithromycin" in read.words
        assert (await client.get("/console/drugs/rxnorm:0")).status_code == 404

    talk(reviewing, look)


def test_what_is_typed_is_completed_over_every_form_of_a_name(reviewing: Settings) -> None:
    told = send(reviewing, "GET", "/drugs/suggest", params={"q": "clarith"}).json()
    assert [item["name"] for item in told["names"]] == ["clarithromycin"]
    chinese = send(reviewing, "GET", "/drugs/suggest", params={"q": "华法", "language": "zh"}).json()
    assert [item["name"] for item in chinese["names"]] == ["华法林"]
    assert send(reviewing, "GET", "/drugs/suggest", params={"q": "zzzz"}).json()["names"] == []


def test_files_of_ours_are_served_for_good_and_nothing_else_is(reviewing: Settings) -> None:
    async def fetch(client: httpx.AsyncClient) -> None:
        read = Elements((await client.get("/")).text)
        for address in [a["href"] for a in read.all("link")] + [a["src"] for a in read.all("script")]:
            reply = await client.get(str(address))
            assert reply.status_code == 200
            assert "immutable" in reply.headers["cache-control"]
        for other in ("..%2Fpages.py", "pages.py", "%2e%2e"):
            assert (await client.get(f"/console/static/{other}")).status_code == 404

    talk(reviewing, fetch)


def test_an_answer_is_shown_with_its_quotes(reviewing: Settings) -> None:
    question = {"question": "Can simvastatin be given with clarithromycin?"}
    document = send(reviewing, "POST", "/ask", json=question).json()
    response = send(reviewing, "POST", "/console/ask", data=question)
    assert response.status_code == 200
    read = Elements(response.text)
    assert document["statements"]
    for statement in document["statements"]:
        assert statement["text"].strip() in read.words
    marks = {item.get("id") for item in read.all("li")}
    assert {f"c{citation['n']}" for citation in document["citations"]} <= marks
    assert all(citation["quote"]["exact"].strip() in read.words for citation in document["citations"])


def test_a_question_that_is_none_is_told_above_the_box(reviewing: Settings) -> None:
    response = send(reviewing, "POST", "/console/ask", data={"question": "  "})
    assert response.status_code == 422
    assert "question" in Elements(response.text).words


# --- the librarian's pages ----------------------------------------------------------------------------


def test_the_shelf_shows_what_is_held_and_what_readers_see(reviewing: Settings) -> None:
    held = send(reviewing, "GET", "/shelf").json()
    _, read = page(reviewing, "/console/shelf")
    for work in held["works"]:
        assert work["title"] in read.words
        assert all(edition["label"] in read.words for edition in work["editions"])
    assert held["snapshot"]["id"] in read.words


@pytest.mark.parametrize("act", ["publish", "withdraw", "rollback", "ingest"])
def test_a_page_of_another_site_cannot_act(reviewing: Settings, act: str) -> None:
    for origin in ("https://evil.example", "null"):
        response = send(
            reviewing, "POST", f"/console/shelf/{act}", data={"target": "x"}, headers={"origin": origin}
        )
        assert response.status_code == 403


def test_a_document_dropped_becomes_a_job_and_what_is_missing_is_named(standing_copy: Settings) -> None:
    about = {"title": "A note", "publisher": "Us", "published": "2025-01-31", "jurisdiction": "INT"}
    file = {"file": ("note.md", b"# Note\n\nTake with water.\n", "text/markdown")}

    async def drop(client: httpx.AsyncClient) -> None:
        wrong = await client.post("/console/shelf/ingest", data={**about, "published": ""}, files=file)
        assert wrong.status_code == 422
        assert "published" in Elements(wrong.text).words
        none = await client.post("/console/shelf/ingest", data=about)
        assert none.status_code == 422
        sent = await client.post("/console/shelf/ingest", data=about, files=file, follow_redirects=False)
        assert sent.status_code == 303
        shown = await client.get(sent.headers["location"])
        assert shown.status_code == 200
        assert "ingest" in Elements(shown.text).words

    talk(standing_copy, drop)


def test_withdrawing_wants_a_reason(reviewing: Settings) -> None:
    response = send(reviewing, "POST", "/console/shelf/withdraw", data={"target": "ansm", "reason": " "})
    assert response.status_code == 422


def test_two_editions_are_compared_and_a_job_that_is_none_is_told(reviewing: Settings) -> None:
    assert send(reviewing, "GET", "/console/jobs/job_nothing").status_code == 404
    assert send(reviewing, "GET", "/console/shelf/nothing/diff?before=1&after=2").status_code == 404
    assert send(reviewing, "GET", "/console/shelf/nothing@1/report").status_code == 404


# --- failures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/console/nowhere", 404),
        ("DELETE", "/console/shelf", 405),
        ("GET", "/console/drugs/rxnorm:0", 404),
        ("GET", "/console/guidelines?q=" + "x" * 500, 422),
        ("POST", "/console/check", 413),
    ],
)
def test_every_failure_of_the_console_is_a_page_in_words(
    reviewing: Settings, method: str, path: str, status: int
) -> None:
    small = reviewing.model_copy(update={"max_body_bytes": 100})
    for language, word in (("en", "This could not be done"), ("zh", "无法完成")):
        headers = {"accept": "text/html,*/*;q=0.8", "cookie": f"medrag_language={language}"}
        told = {"data": {"drug": "x" * 300}} if method == "POST" else {}
        response = send(small, method, path, headers=headers, **told)
        assert (response.status_code, response.headers["content-security-policy"]) == (status, POLICY)
        assert word in Elements(response.text).words


def test_what_no_browser_asked_for_fails_as_a_document(reviewing: Settings) -> None:
    response = send(reviewing, "GET", "/console/nowhere", headers={"accept": "*/*"})
    assert response.headers["content-type"] == "application/problem+json"
