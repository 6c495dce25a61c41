"""The last of the browser's tests: the operator gives out the first key, and from then on the console asks for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from test_every_page import RULES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]

Opening = Callable[..., Any]
Shoot = Callable[[Any, str], None]


def test_a_key_is_given_out_and_opens_the_console(
    opened: Opening, axe: str, address: str, shoot: Shoot
) -> None:
    page = opened("/console/operator/keys", bypass_csp=True)
    page.get_by_label("Whose it is").fill("the operator")
    page.get_by_role("button", name="Give it out").click()
    key = page.locator(".given .key-text").inner_text()
    assert key.startswith("medrag_k")
    shoot(page, "task-key")
    # Keys are read again once a second.
    page.wait_for_timeout(1500)
    page.goto("/console/operator/keys")
    page.wait_for_url("**/console/login?**")
    found: dict[str, list[str]] = {}
    for language in ("en", "zh"):
        page.context.add_cookies([{"name": "medrag_language", "value": language, "url": address}])
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.goto("/console/login?to=/console/operator/keys")
            page.add_script_tag(content=axe)
            told = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")["violations"]
            shoot(page, f"login-{theme}-{language}")
            serious = [item["id"] for item in told if item["impact"] in ("serious", "critical")]
            found |= {f"{theme} {language}": serious} if serious else {}
    assert found == {}
    page.context.add_cookies([{"name": "medrag_language", "value": "en", "url": address}])
    page.goto("/console/login?to=/console/operator/keys")
    page.get_by_label("Key").fill(key)
    page.keyboard.press("Enter")
    # The login page's own address ends so too.
    page.wait_for_url(lambda url: "/login" not in url)
    assert "the operator" in page.inner_text("main")
    assert key not in page.content()
    page.add_script_tag(content=axe)
    told = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")["violations"]
    assert [item["id"] for item in told if item["impact"] in ("serious", "critical")] == []
    shoot(page, "task-logged-in")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/console/login")
