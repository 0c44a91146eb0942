"""The portal as `make run` starts it, with its demonstration, and a real Chromium to look at it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import chromium

START_LIMIT = 120.0


@dataclass(frozen=True)
class Site:
    """A running demonstration: its address, its folder and its people."""

    url: str
    folder: Path
    accounts: list[dict[str, str]]

    def account(self, role: str, **wanted: str) -> dict[str, str]:
        """The first person of the demonstration with this role, such as `account("approver", state="IT")`."""
        return next(a for a in self.accounts if a["role"] == role and all(a[k] == v for k, v in wanted.items()))


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "PYTEST"))}
    environment = kept | {"PORT": str(port), "PORTAL_FOLDER": str(folder)}
    log = (folder / "log.txt").open("w")
    process = subprocess.Popen([sys.executable, "-m", "portal.standalone"], env=environment, stdout=log, stderr=log)
    try:
        _wait_until_ready(url, process, folder)
        people = {"PORTAL_ENV": "development", "PORTAL_DEMO": "1"}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "accounts"]
        listed = subprocess.run(command, env=environment | people, capture_output=True, text=True, check=True)
        yield Site(url, folder, json.loads(listed.stdout))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        log.close()


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own http address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the portal did not start:\n{(folder / 'log.txt').read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if reason := chromium.skip_reason():
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**chromium.launch_options())
        yield opened
        opened.close()


@dataclass
class Visitor:
    """Someone at a browser: signed in or not, on a phone or at a desk; keeps what the console complained of."""

    context: BrowserContext
    page: Page
    site: Site
    complaints: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(self.site.url + path)
        return self.page

    def sign_in(self, account: dict[str, str], language: str = "en") -> "Visitor":
        self.open(f"/{language}/sign-in")
        self.page.fill("input[name=email]", account["email"])
        self.page.fill("input[name=password]", account["password"])
        self.page.click("main form button[type=submit], main form button:not([type])")
        self.page.wait_for_load_state()
        if "/act-for" in self.page.url:  # with several memberships, act in the one that was asked for
            seat = self.page.locator("main label", has=self.page.locator("input[name=seat]"))
            seat.first.click()
            self.page.click("main form button:not([type])")
            self.page.wait_for_load_state()
        return self


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Any]:
    """`visit(width=390, script=False)` opens a browser window of its own."""
    opened: list[BrowserContext] = []

    def start(*, width: int = 1280, script: bool = True, locale: str = "en") -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale=locale
        )
        opened.append(context)
        page = context.new_page()
        visitor = Visitor(context, page, site, [])
        page.on("console", lambda m: visitor.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: visitor.complaints.append(str(e)))
        return visitor

    yield start
    for context in opened:
        context.close()
