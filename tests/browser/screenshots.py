"""The documents' pictures, taken anew from real pages in a browser: ``python -m tests.browser.screenshots [FOLDER]``.

Without a folder they go to ``docs/screens``, where the documents have them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, ViewportSize, sync_playwright

from okmate_auth.demo.bank.people import HANAKO, TARO, YOKO
from tests.browser.banks import opened, served
from tests.browser.needs import ARGUMENTS, chromium
from tests.browser.visitors import visiting
from tests.browser.ways import guess, log_in, log_out, to_change, transfer

SCREENS: Final = Path(__file__).parent.parent.parent / "docs" / "screens"
NAMES: Final = ("change", "confirm", "desk", "entrance", "top")
DESK: Final[ViewportSize] = {"width": 1000, "height": 640}
WIDE: Final[ViewportSize] = {"width": 1030, "height": 470}
PHONE: Final[ViewportSize] = {"width": 390, "height": 1160}


def main(folder: Path = SCREENS) -> None:
    """Take them all.

    Args:
        folder: Where they are put; it is made.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str, size: ViewportSize = DESK) -> None:
        page.set_viewport_size(size)
        page.evaluate("document.activeElement.blur()")
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    with (
        tempfile.TemporaryDirectory() as place,
        served(opened(Path(place) / "bank")) as bank,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS])
        with visiting(browser, bank, language="ja") as taro, visiting(browser, bank) as hanako:
            taro.open("/")
            take(taro.page, "entrance")
            log_in(taro)
            take(taro.page, "top", WIDE)
            to_change(hanako, HANAKO)
            hanako.enter(
                current_login_password=bank.initial(HANAKO.login_id),
                new_login_password="kawa3",
                new_confirmation_password=TARO.confirmation_password,
            )
            hanako.press("step.change.button")
            hanako.sees("step.change", wrong=True)
            take(hanako.page, "change")
            log_in(hanako)
            transfer(hanako, "120000", lambda name: take(hanako.page, name, PHONE) if name == "confirm" else None)
            log_out(hanako)
            guess(hanako, YOKO, 6)
            hanako.open("/desk")
            hanako.page.get_by_role("region", name=YOKO.login_id).scroll_into_view_if_needed()
            take(hanako.page, "desk")
        browser.close()


if __name__ == "__main__":
    main(*(Path(one) for one in sys.argv[1:2]))
