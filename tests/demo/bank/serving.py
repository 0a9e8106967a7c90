"""The demo bank behind its real server, in a thread, with a clock that a test moves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import attrs
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from okmate_auth.demo.bank.folder import Bank, kept
from okmate_auth.demo.bank.server import bound, serve
from okmate_auth.demo.stage import StoryClock
from okmate_auth.shells.setup import utc_now
from tests.demo.bank.browser import Browser, Page
from tests.shows import FAST

_PATIENCE_SECONDS: Final = 30


@attrs.frozen(kw_only=True)
class Served:
    """A demo bank that is served.

    Attributes:
        bank: On the disk.
        ports: Of its two entrances.
        clock: Its time.
    """

    bank: Bank
    ports: tuple[int, int]
    clock: StoryClock

    def browser(self, certificate: str = "", *, language: str = "en") -> Browser:
        """Return a new browser, with one of the handout's certificates where it is named."""
        shown = self._pem(certificate) if certificate else None
        return Browser(self.ports, self.bank.folder / "ca.crt", certificate=shown, language=language)

    def code(self, serial: str) -> str:
        """Return what a token shows, one minute later than before, so that it is a new code each time."""
        self.clock.move(timedelta(minutes=1))
        return self.bank.handout.token(serial).code(self.clock())

    def initial(self, login_id: str) -> str:
        """Return somebody's initial password."""
        return self.bank.handout.initial[login_id].reveal()

    def taro(self) -> tuple[Browser, Page]:
        """Return the everyday user's browser, logged in, and his top page."""
        return self.logged_in("Taro2026", "Mori3kawa", "NB-70010536")

    def logged_in(self, login_id: str, password: str, serial: str) -> tuple[Browser, Page]:
        """Return the browser of somebody with a token, logged in, and his top page."""
        browser = self.browser()
        code = browser.submit(browser.get("/login"), "login", login_id=login_id, password=password)
        return browser, browser.submit(code, "code", code=self.code(serial))

    def _pem(self, name: str) -> Path:
        file = self.bank.folder / f"{name}.pem"
        key, certificate, _ = pkcs12.load_key_and_certificates(
            self.bank.paper(name), self.bank.handout.passphrase.reveal().encode()
        )
        assert key is not None
        assert certificate is not None
        written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(written + certificate.public_bytes(Encoding.PEM))
        return file


@contextmanager
def served(folder: Path) -> Generator[Served, None, None]:
    """Serve the bank of a folder on two free ports."""
    clock = StoryClock(utc_now, timedelta(0))
    bank = kept(folder, FAST, clock)
    ports = bound(0)
    numbers = ports.numbers
    listening = threading.Event()
    stops: list[Callable[[], object]] = []

    def run() -> None:
        async def main() -> None:
            loop = asyncio.get_running_loop()

            def started(stop: Callable[[], None]) -> None:
                stops.append(partial(loop.call_soon_threadsafe, stop))
                listening.set()

            await serve(bank, ports, profile=FAST, clock=clock, started=started)

        asyncio.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert listening.wait(_PATIENCE_SECONDS)
        yield Served(bank=bank, ports=numbers, clock=clock)
    finally:
        for stop in stops:
            stop()
        thread.join(_PATIENCE_SECONDS)
        assert not thread.is_alive()
