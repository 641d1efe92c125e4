"""The console in a real browser: sign in, find the break, follow the payment, see news arrive.

Chromium under Playwright, against a demo node that serves in a process of its own. A message on the
browser's console, such as a violated content policy, fails the story it came in.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support.optional import absent
from tests.support.served import Served, served

pytestmark = pytest.mark.browser
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    if path is None:
        absent("Chromium is not installed (Debian package chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo node with its day played."""
    with served(tmp_path_factory.mktemp("browser") / "var") as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser window of a person who has not been here before."""
    opened = browser.new_context(color_scheme="light")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, node: Served) -> Iterator[Page]:
    """The console, signed in as treasurer by one click."""
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(node.url)
    opened.get_by_role("button", name="Continue as treasurer").click()
    expect(opened.locator("#proof")).to_be_visible()
    opened.wait_for_load_state("load")
    yield opened
    assert complaints == []


def test_home_answers_whether_the_money_is_right(page: Page) -> None:
    rows = page.locator("#proof tbody tr")
    expect(rows).to_have_count(3)  # euros, dollars and gold
    expect(rows.nth(0)).to_contain_text("explained by 4 breaks")
    expect(rows.nth(1)).to_contain_text("agree")


def test_from_the_proof_to_the_bank_line_by_keyboard_alone(page: Page, node: Served) -> None:
    page.get_by_role("link", name="explained by 4 breaks").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{node.url}/breaks?currency=EUR", wait_until="load")
    page.keyboard.press("j")  # the oldest break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("on the side of the")
    page.locator("dd a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("ol.timeline > li")).to_have_count(6)
    expect(page.locator("ol.timeline")).to_contain_text("At the bank")


def test_the_search_finds_a_payment_by_the_beginning_of_its_uetr(page: Page, node: Served) -> None:
    uetr = node.call("/v1/matches", headers=node.bearer("auditor"))["items"][0]["uetr"]
    page.keyboard.press("/")
    page.keyboard.type(uetr[:8])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(uetr)


def test_news_arrives_without_reloading(page: Page, node: Served) -> None:
    flow = page.locator("#flow")
    expect(flow).to_contain_text("100,700.00")
    page.wait_for_timeout(1_500)  # the stream of news is open
    auditor = node.bearer("auditor")
    holder = next(
        account
        for account in node.call("/v1/accounts?kind=WALLET", headers=auditor)["items"]
        if account["currency"] == "EUR"
    )
    order = {
        "amount": {"amount": "1000.00", "currency": "EUR"},
        "creditor_wallet": holder["code"].rpartition(":")[2],
        "nostro": "DE02100100109307118603",
        "uetr": str(uuid.uuid4()),
    }
    headers = node.bearer("treasurer") | {"Idempotency-Key": str(uuid.uuid4())}
    assert node.call("/v1/issues", order, headers=headers)["state"] == "INSTRUCTED"
    expect(flow).to_contain_text("101,700.00", timeout=15_000)
    expect(page.locator("#proof")).to_contain_text("99,700.00", timeout=30_000)
    expect(page.locator("#proof")).to_contain_text("explained by 5 breaks", timeout=15_000)


def test_light_and_dark_are_both_chosen(browser: Browser, node: Served) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(node.url)
        seen[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        context.close()
    assert seen["light"] != seen["dark"]
