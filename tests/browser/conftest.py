"""A real browser against a real server: Debian's Chromium by Playwright, an office of its own in a folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[2]
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        message = "NO CHROMIUM: the browser tests did not run. Debian: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield found
        found.close()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo office, served; its address."""
    home = tmp_path_factory.mktemp("office")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DUECARE_HOME": str(home), "DUECARE_DEMO": "1", "PORT": str(port)}
    log = tmp_path_factory.mktemp("log") / "server.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "duecare", "serve"],
            cwd=CLONE,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + 180
    while True:
        try:
            with urllib.request.urlopen(address + "/health/", timeout=2):
                break
        except (urllib.error.URLError, OSError):
            if server.poll() is not None or time.monotonic() > until:
                server.kill()
                pytest.fail("the office did not open:\n" + log.read_text())
            time.sleep(0.2)
    yield address
    server.terminate()
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        server.kill()


class Walk:
    """One person at a browser. Errors on the console and breaches of the content security policy fail the test."""

    def __init__(self, browser, office: str, size: str, locale: str) -> None:
        self.context = browser.new_context(viewport=SIZES[size], locale=locale, timezone_id="Asia/Shanghai")
        self.page = self.context.new_page()
        self.office = office
        self.complaints: list[str] = []
        self.page.on(
            "console", lambda message: self.complaints.append(message.text) if message.type == "error" else None
        )
        self.page.on(
            "response",
            lambda answer: print(answer.status, answer.request.method, answer.url) if answer.status >= 400 else None,
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        response = self.page.goto(self.office + path)
        assert response is not None
        assert response.status < 400, (path, response.status)

    def sign_in(self, user: str) -> None:
        self.open("/sign-in/")
        self.page.fill("#id_username", user)
        self.page.fill("#id_password", "duecare-demo-2026")
        with self.page.expect_navigation():
            self.page.click("main form button.btn-primary")

    def sign_out(self) -> None:
        self.context.clear_cookies()

    def set_clock(self, local: str, zone: str) -> None:
        self.page.fill("#demo-at", local)
        self.page.select_option("select[name=zone]", zone)
        with self.page.expect_navigation():
            self.page.click("footer form button")

    def shot(self, name: str, *, full: bool = True) -> None:
        """Keep a picture where DUECARE_SHOTS says."""
        folder = os.environ.get("DUECARE_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=full)

    def fits(self) -> None:
        """Nothing sticks out to the side."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 1, f"{self.page.url} is {wide} px too wide"


@pytest.fixture
def walk(browser, office):
    made: list[Walk] = []

    def begin(size: str = "desktop", locale: str = "en-GB") -> Walk:
        made.append(Walk(browser, office, size, locale))
        return made[-1]

    yield begin
    complaints = [one for walk_ in made for one in walk_.complaints if "409" not in one and "422" not in one]
    for one in made:
        one.context.close()
    assert complaints == []
