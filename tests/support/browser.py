"""Headless Chromium for tests, driven by playwright: the system's own browser, nothing downloaded, no network."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

__all__ = ["Browser", "chromium"]

_FLAGS = ("--no-sandbox", "--font-render-hinting=none", "--host-resolver-rules=MAP * ~NOTFOUND")
_WAIT = 60_000  # milliseconds for the browser to answer, on a machine that is busy


def chromium() -> str | None:
    """The browser's path: that of $IMBALEARN_CHROMIUM or of what is installed; None: there is none."""
    named = os.environ.get("IMBALEARN_CHROMIUM")
    # A name that cannot be found is left to fail: whoever gave it wants these tests.
    return (shutil.which(named) or named) if named else shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One page in a browser; a context manager.

    Attributes:
        page: playwright's.
        requests: Addresses that the page has asked for.
        problems: Console errors and warnings, and uncaught exceptions.
    """

    def __enter__(self) -> Browser:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=chromium(), args=_FLAGS, timeout=_WAIT)
        except BaseException:
            self._playwright.stop()  # it is an event loop, which would stand in the way of other tests
            raise
        self.page = self._browser.new_page()
        self.page.set_default_timeout(_WAIT)
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._browser.close()
        finally:
            self._playwright.stop()

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def open(self, file: Path, *, width: int = 1280, print_out: bool = False, dark: bool = False) -> None:
        """Show a file, in a window of that width, or as on paper."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(
            media="print" if print_out else "screen", color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        self.requests.clear()
        self.problems.clear()
        self.page.goto(file.as_uri())

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        return self.page.evaluate(expression)

    def screenshot(self, file: Path) -> None:
        """The whole page as a PNG."""
        self.page.screenshot(path=file, full_page=True)
