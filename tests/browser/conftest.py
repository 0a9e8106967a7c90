"""A demo bank for each test, and one browser for each file of tests.

Not one for the whole run: what drives it keeps an event loop running in this thread, and other folders' tests can't
have that.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.banks import Bank, done, opened, served
from tests.browser.needs import ARGUMENTS, chromium, missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.visitors import Visitor


class _Unplayed(pytest.Module):
    """A file of tests where Playwright is missing."""

    def collect(self) -> list[Any]:
        """Skip it, or fail."""
        missing("there is no Playwright: pip install -c constraints.txt -e '.[dev]'")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect nothing of a file that could not be imported."""
    if importlib.util.find_spec("playwright") is not None:
        return None
    return _Unplayed.from_parent(parent, path=module_path)


@pytest.fixture(scope="session")
def unvisited(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path, None, None]:
    """Return the folder of a bank that nobody visited yet."""
    yield opened(tmp_path_factory.mktemp("unvisited") / "bank")
    done()


@pytest.fixture
def bank(unvisited: Path, tmp_path: Path) -> Generator[Bank, None, None]:
    """Lend a bank of the test's own, served."""
    folder = tmp_path / "bank"
    shutil.copytree(unvisited, folder)
    with served(folder) as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Generator[Browser, None, None]:
    """Lend Chromium, without a window, as it is for people: pages may wait in its cache for the back button."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be missing, and is told as such

    path = chromium()
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS], ignore_default_args=["--disable-back-forward-cache"]
        )
        yield one
        one.close()


@pytest.fixture
def visit(browser: Browser, bank: Bank) -> Generator[Callable[..., Visitor], None, None]:
    """Return a function that lends a visitor: ``visit(language="ja", certificate="good", twice=True)``."""
    from tests.browser.visitors import visiting  # noqa: PLC0415 - as above

    with ExitStack() as stack:

        def come(**settings: Any) -> Visitor:  # noqa: ANN401 - whatever visiting takes
            return stack.enter_context(visiting(browser, bank, **settings))

        yield partial(come)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Lend somebody who reads English."""
    return visit()
