"""The five tasks of the console in a real browser on the starter shelf, by keyboard where a hand would stay on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]

Opening = Callable[..., Any]
Shoot = Callable[[Any, str], None]
EARLIER = "# Storing house tablets\n\n## Where\n\nKeep the tablets in a dry place below 25 degrees.\n"
LATER = "# Storing house tablets\n\n## Where\n\nKeep the tablets in a dry place below 20 degrees.\n"


def test_check_a_regimen_from_the_keyboard(opened: Opening, shoot: Shoot) -> None:
    page = opened("/")
    box = page.get_by_role("combobox", name="Drugs")
    for typed, name in (("warf", "warfarin"), ("ibupr", "ibuprofen")):
        box.press_sequentially(typed)
        page.get_by_role("option", name=name).first.wait_for()
        box.press("ArrowDown")
        box.press("Enter")
        page.locator("[data-chips] li", has_text=name).wait_for()
    box.press_sequentially("no such medicine")
    box.press("Enter")
    page.get_by_label("Age, years").fill("78")
    page.get_by_label("eGFR, mL/min/1.73 m²").fill("28")
    box.focus()
    box.press("Enter")
    page.wait_for_selector("#result")
    assert "Not checked" in page.inner_text("#result")
    assert page.locator(".matrix td a").count() >= 1
    assert page.locator(".finding .badge").first.inner_text().strip()
    page.locator(".matrix td a").first.click()
    assert page.locator(".finding:target").get_attribute("open") is not None
    assert "78" not in page.get_by_role("link", name="Link without the patient").get_attribute("href")
    shoot(page, "task-check")


def test_ask_and_open_a_citation_and_ask_on(opened: Opening, shoot: Shoot) -> None:
    page = opened("/console/ask")
    page.get_by_label("Question").fill("Can warfarin be given with ibuprofen?")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#h-follow")
    statement = page.locator(".statement.verbatim").first
    mark = statement.locator("sup a").first
    number = mark.inner_text()
    mark.click()
    quote = page.locator(f"#c{number}")
    assert quote.evaluate("item => item.matches(':target')")
    words = quote.locator("blockquote").inner_text().split()
    shoot(page, "task-ask")
    with page.expect_popup() as opens:
        quote.get_by_role("link").click()
    source = opens.value
    source.wait_for_selector("mark#quote")
    assert source.locator("mark#quote").inner_text().split() == words
    shoot(source, "task-citation")
    page.get_by_label("Your next question").fill("What if the eGFR is 28?")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#h-follow")
    assert "28" in page.locator("section[aria-labelledby=h-follow] dl").inner_text()


def test_a_drug_card_by_its_chinese_name(opened: Opening, shoot: Shoot) -> None:
    page = opened("/console/drugs")
    box = page.get_by_role("combobox")
    box.press_sequentially("华法林")
    page.get_by_role("option").first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/console/drugs/rxnorm*11289")
    assert "warfarin" in page.inner_text("h1")
    assert "华法林" in page.inner_text("main")
    shoot(page, "task-drug")


def stage(page: Any, path: Path, published: str, work: str) -> str:
    """Drops a document and follows its job to the end; the edition that waits then."""
    page.goto("/console/shelf")
    page.locator("#d-file").set_input_files(path)
    told = {"title": "House notes", "publisher": "This house", "published": published, "jurisdiction": "US"}
    for name, value in {**told, "work": work}.items():
        page.locator(f"#d-{name}").fill(value)
    page.get_by_role("button", name="Stage").click()
    ended(page)
    return str(page.locator("[name=edition]").first.get_attribute("value"))


def ended(page: Any) -> None:
    page.wait_for_selector("[data-state=done], [data-state=failed]")
    assert page.locator("[data-job]").get_attribute("data-state") == "done", page.inner_text("main")


def test_ingest_compare_publish_and_roll_back(opened: Opening, shoot: Shoot, tmp_path: Path) -> None:
    page = opened("/console/shelf")
    path, editions = tmp_path / "house.md", list[str]()
    for text, published in ((EARLIER, "2024-01-31"), (LATER, "2025-01-31")):
        path.write_text(text, "utf-8")
        editions.append(stage(page, path, published, editions[0].split("@")[0] if editions else ""))
        if text is LATER:
            page.get_by_role("link", name="What changes").first.click()
            page.wait_for_url("**/diff?**")
            assert "20 degrees" in page.inner_text("body")
            shoot(page, "task-diff")
            page.go_back()
        page.get_by_role("button", name="Publish").first.click()
        page.wait_for_selector("[data-job]:has-text('publish'), h1:has-text('publish')")
        ended(page)
    page.goto("/console/shelf")
    assert editions[1] in page.locator("#history tr").first.inner_text()
    page.locator("#history").get_by_role("button", name="Go back to this").first.click()
    page.wait_for_url("**/console/shelf#history")
    current = page.locator("#history tr", has=page.locator(".badge")).first.inner_text()
    assert editions[0] in current
    assert editions[1] not in current
    shoot(page, "task-rollback")


def test_the_language_is_switched_and_kept(opened: Opening, shoot: Shoot) -> None:
    page = opened("/console/drugs?q=warfarin")
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert "华法林" in page.inner_text("h1")
    page.get_by_role("link", name="提问").click()
    assert "问题" in page.inner_text("main")
    shoot(page, "task-language")
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
