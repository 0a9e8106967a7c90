"""One host for all tests of a process: people are what each test makes of its own."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.certificates import openssl
from tests.certificates.bank import shown
from tests.deployment.browser import Browser
from tests.deployment.host import Host, at_work
from tests.deployment.person import Browsers

_NUMBERS: Final[Iterator[int]] = itertools.count(1)


@pytest.fixture(scope="session")
def host() -> Generator[Host]:
    """A host at work."""
    with at_work() as working:
        yield working


@pytest.fixture
def number() -> int:
    """A number that no other test of this process has."""
    return next(_NUMBERS)


@pytest.fixture
def login_id(number: int) -> str:
    """A login ID that nobody has."""
    return f"hanako{number:03}"


@pytest.fixture
def address(number: int) -> str:
    """An address of loopback that no other test connects from."""
    return f"127.0.1.{number}"


@pytest.fixture
def browsers(host: Host, address: str, tmp_path: Path) -> Browsers:
    """Opens browsers, each with a jar of its own, all at this test's address."""
    numbers = itertools.count()

    def opened(at: str, identity: openssl.Identity | None = None) -> Browser:
        jar = tmp_path / f"{next(numbers)}.jar"
        held = None if identity is None else shown(identity)
        return Browser(host=host, at=at, jar=jar, identity=held, address=address)

    return opened
