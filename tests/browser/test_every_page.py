"""Every page of the console: axe-core finds nothing serious in either theme and language, it is light, and fits a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from clinical_records import call, medicine

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]

Opening = Callable[..., Any]
Shoot = Callable[[Any, str], None]
SIGN = "/cds-services/medrag-order-sign"
ORDERS = (
    ("warfarin", "ibuprofen", "simvastatin"),
    ("clarithromycin", "simvastatin", "digoxin"),
    ("amiodarone", "warfarin", "lisinopril"),
    ("spironolactone", "lisinopril", "metformin"),
    ("fluconazole", "warfarin", "sertraline"),
    ("tramadol", "sertraline", "omeprazole"),
    ("clopidogrel", "omeprazole", "aspirin"),
)
QUESTION = "Can warfarin be given with ibuprofen in a patient with eGFR 28?"
CHECK = "/?drug=warfarin&drug=ibuprofen&drug=simvastatin&drug=clarithromycin&drug=nosuch"
#: Name to the address; `ask` and what follows from it are reached as a reader reaches them.
PAGES = {
    "check": "/",
    "findings": CHECK,
    "ask": "/console/ask",
    "answer": "/console/ask",
    "plan": "/console/ask",
    "passage": "/console/ask",
    "drugs": "/console/drugs",
    "drug": "/console/drugs/rxnorm:11289",
    "around": "/console/drugs/rxnorm:11289/around",
    "guidelines": "/console/guidelines",
    "document": "/console/guidelines?q=cholesterol",
    "shelf": "/console/shelf",
    "golden": "/console/golden",
    "compared": "/console/compared",
    "operator": "/console/operator?level=major",
    "keys": "/console/operator/keys",
    "audit": "/console/operator/audit",
    "problem": "/console/drugs/rxnorm:0",
}
#: What stands on a page once a job has counted for it.
COUNTED = {"golden": "section[aria-labelledby=h-run] .badge", "compared": "section[aria-labelledby=h-cover]"}
#: Shown in the README.
SHOWN = (
    "findings", "answer", "drug", "around", "guidelines", "document", "shelf", "golden", "compared", "operator",
    "keys", "audit",
)  # fmt: skip
#: Those that are reached by acting on another.
REACHED = ("answer", "plan", "passage", "document", "audit")
#: What a hand on the keyboard must be able to reach, where it is seen and may be used.
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
SEEN = "e.checkVisibility() && !e.disabled && e.tabIndex >= 0"
#: Why what has the focus is not seen to have it; "" when it is.
FOCUS = """(() => {
  const held = document.activeElement, box = held.getBoundingClientRect(), style = getComputedStyle(held);
  const name = held.outerHTML.slice(0, 120);
  if (box.width < 1 || box.bottom < 0 || box.top > innerHeight) return `out of sight: ${name}`;
  return style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2 ? `no outline: ${name}` : "";
})()"""
#: Bytes over the wire, headers with them, of everything a page loads before it stands.
FIRST_PAINT = 100 * 1024
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def reach(page: Any, name: str) -> None:
    """Goes on from the page's address to the page itself."""
    if name in ("answer", "plan", "passage"):
        page.locator("#question").fill(QUESTION)
        page.locator("form button.button").first.click()
        page.wait_for_selector("#h-follow")
    if name == "plan":
        page.locator("form[action$=plan] button").click()
        page.wait_for_selector("#h-checklist")
    elif name == "passage":
        page.goto(page.locator("ol.quotes a").first.get_attribute("href"))
        page.wait_for_selector("mark#quote")
    elif name == "document":
        page.locator("section[aria-labelledby=h-found] a").first.click()
        page.wait_for_selector(".document")
    elif name in ("golden", "compared") and page.locator(COUNTED[name]).count() == 0:
        page.locator("form[action$=examine] button").click()
        page.wait_for_selector("[data-state=done], [data-state=failed]")
        page.goto(PAGES[name])
        page.wait_for_selector(COUNTED[name])
    elif name == "audit":
        page.locator("main form button").click()
        page.wait_for_selector("[role=status]")


@pytest.fixture(scope="module", autouse=True)
def busy(address: str) -> None:
    """A server that has been at work: a record system called it, and clinicians answered its cards."""
    with httpx.Client(base_url=address, timeout=120) as client:
        given = [card for orders in ORDERS for card in called(client, orders) if card["indicator"] != "info"]
        for number, card in enumerate(given):
            told = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-05-01T08:00:00Z"}
            reason = card["overrideReasons"][number % 4]
            feedback = {"feedback": [{**told, "overrideReason": {"reason": reason}}]}
            client.post(f"{SIGN}/feedback", json=feedback).raise_for_status()


def called(client: httpx.Client, orders: tuple[str, ...]) -> list[Any]:
    """The cards of one call: the first drug is ordered, the others are taken."""
    first, *taken = orders
    draft = call([medicine("d1", first, "draft")], [medicine(f"m{n}", drug) for n, drug in enumerate(taken)])
    reply = client.post(SIGN, json=draft)
    reply.raise_for_status()
    return list(reply.json()["cards"])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_anyones_way(
    opened: Opening, axe: str, address: str, shoot: Shoot, theme: str, language: str
) -> None:
    cookie = {"name": "medrag_language", "value": language, "url": address}
    page = opened("/console/drugs", bypass_csp=True, color_scheme=theme)
    page.context.add_cookies([cookie])
    found: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(path)
        reach(page, name)
        page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
        page.add_script_tag(content=axe)
        told = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")["violations"]
        shoot(page, f"{name}-{theme}-{language}")
        serious = [item for item in told if item["impact"] in ("serious", "critical")]
        found |= {name: [f"{i['id']}: {i['nodes'][0]['html'][:160]}" for i in serious]} if serious else {}
        for item in told:
            if item not in serious:
                print(f"{name} {theme} {language}: {item['impact']} {item['id']} x{len(item['nodes'])}")
    assert found == {}


def test_the_first_paint_of_every_page_is_light(opened: Opening) -> None:
    weights: dict[str, int] = {}
    for name, path in PAGES.items():
        page = opened("/health/live")
        reach_from = page.context.new_page()
        reach_from.set_default_timeout(60_000)
        reach_from.goto(path)
        if name in REACHED:
            # What a browser holds already is not loaded again, so that the page's own weight stands beside the frame's.
            frame = weights["check"]
            loaded = listened(reach_from)
            reach(reach_from, name)
            last = [r for r in loaded if r.resource_type == "document"][-1:]
            weights[name] = frame + sum(weight(request) for request in last)
        else:
            fresh = page.context.browser.new_context(base_url=page.url.rsplit("/health", 1)[0])
            first = fresh.new_page()
            first.set_default_timeout(60_000)
            loaded = listened(first)
            first.goto(path)
            weights[name] = sum(weight(request) for request in loaded)
            fresh.close()
    print({name: f"{held / 1024:.0f} KB" for name, held in weights.items()})
    assert {name: held for name, held in weights.items() if held > FIRST_PAINT} == {}


def listened(page: Any) -> list[Any]:
    """Every request the page will have made, as it ends."""
    ended = list[Any]()
    page.on("requestfinished", lambda request: ended.append(request))
    return ended


def weight(request: Any) -> int:
    sizes = request.sizes()
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def test_every_page_fits_a_phone(opened: Opening, shoot: Shoot) -> None:
    page = opened("/", width=360, height=740, has_touch=True)
    wide: dict[str, int] = {}
    for name, path in PAGES.items():
        page.goto(path)
        reach(page, name)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        shoot(page, f"phone-{name}")
        if over > 0:
            wide[name] = over
    assert wide == {}


def test_every_page_is_worked_from_the_keyboard(opened: Opening) -> None:
    """Every control is reached with Tab, what is reached is seen, and nothing holds the focus."""
    # Without motion what has the focus is in sight at once.
    page = opened("/", reduced_motion="reduce")
    found: dict[str, str] = {}
    for name, path in PAGES.items():
        page.goto(path)
        reach(page, name)
        wanted = page.evaluate(
            f"[...document.querySelectorAll({json.dumps(CONTROLS)})].filter(e => {SEEN}).length"
        )
        page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
        page.evaluate("document.body.setAttribute('tabindex', '-1'); document.body.focus()")
        stops, hidden = 0, ""
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            stops += 1
            hidden = hidden or page.evaluate(FOCUS)
        if hidden or stops < wanted:
            found[name] = hidden or f"{stops} of {wanted} controls are reached"
    assert found == {}


def test_the_skip_link_and_a_menu_of_names_need_no_mouse(opened: Opening) -> None:
    page = opened("/console/drugs")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.goto("/")
    box = page.get_by_role("combobox", name="Drugs")
    box.press_sequentially("warf")
    page.get_by_role("option").first.wait_for()
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant")
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"


def test_the_pictures_of_the_readme(opened: Opening, shoot: Shoot) -> None:
    """Each page as the README shows it; `make screenshots` copies them into docs/screenshots."""
    page = opened("/", width=1080, height=740, color_scheme="light")
    for name in SHOWN:
        page.goto(PAGES[name])
        reach(page, name)
        page.evaluate("scrollTo(0, 0)")
        shoot(page, f"readme-{name}")
