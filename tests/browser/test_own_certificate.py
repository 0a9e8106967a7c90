"""The certificate method with nothing between: Chromium trusts the demo's CA and shows a certificate of its own store.

Rule 1. The store is a home's, made for the test. Which certificate is shown without asking a person only a policy of
        the whole machine can say: it names this test's address alone, and a lock lets one test at a time put it there.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Error, expect, sync_playwright

from okmate_auth.demo.bank.people import JIRO
from tests.browser.banks import Bank
from tests.browser.needs import ARGUMENTS, chromium, missing, program
from tests.browser.visitors import met
from tests.browser.ways import first_day, log_out

pytestmark = pytest.mark.browser

POLICIES: Final = Path("/etc/chromium/policies/managed")
LOCK: Final = Path(tempfile.gettempdir()) / "okmate-auth-chromium-policy.lock"
TOOLS: Final = "libnss3-tools"


def store(home: Path, bank: Bank) -> None:
    """Put the CA, trusted for servers, and the good certificate into the store of a home."""
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    certutil, pk12util, where = program("certutil", TOOLS), program("pk12util", TOOLS), f"sql:{folder}"
    authority = bank.folder / "ca.crt"
    for command in (
        [certutil, "-N", "-d", where, "--empty-password"],
        [certutil, "-A", "-d", where, "-n", "demo", "-t", "C,,", "-i", str(authority)],
        [pk12util, "-d", where, "-i", str(bank.folder / "good.p12"), "-W", bank.handout.passphrase.reveal()],
    ):
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - programs of Debian's, on files of ours


@contextmanager
def policy(bank: Bank) -> Generator[None, None, None]:
    """Have Chromium show a certificate at the bank's certificate entrance without asking; all is gone afterwards."""
    made: list[Path] = []
    with LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            for folder in (*reversed(POLICIES.parents), POLICIES):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            file = POLICIES / "okmate-auth-tests.json"
            rule = json.dumps({"pattern": bank.origins["certificate"], "filter": {}})
            made.append(file)
            file.write_text(json.dumps({"AutoSelectCertificateForUrls": [rule]}), "utf-8")
            yield
        except PermissionError:
            missing(f"{POLICIES} can't be written: it is root's")
        finally:
            for one in reversed(made):
                one.unlink(missing_ok=True) if one.suffix else one.rmdir()


@contextmanager
def chromium_of(home: Path) -> Generator[BrowserContext, None, None]:
    """Lend a Chromium that has a home and checks servers' certificates."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            home / "profile",
            executable_path=chromium(),
            args=[*ARGUMENTS],
            env={**os.environ, "HOME": str(home)},
            locale="en-US",
        )
        try:
            yield context
        finally:
            context.close()


def test_chromium_trusts_the_demo_s_ca_and_shows_its_own_certificate(bank: Bank, tmp_path: Path) -> None:
    """From the entrance to the logout, with the server's certificate checked as well; then it is shown again."""
    home = tmp_path / "home"
    store(home, bank)
    with policy(bank), chromium_of(home) as context:
        visitor = met(context, bank)
        first_day(visitor, JIRO)
        visitor.reads("Proven: certificate, login password, confirmation password, one-time password")
        log_out(visitor)
        visitor.is_at("/?logged-out", "certificate")
        visitor.press("begin.button")
        visitor.sees("step.password")
        expect(visitor.page.get_by_role("main")).to_contain_text(JIRO.login_id)
        assert visitor.complaints == []


def test_a_chromium_that_does_not_trust_the_ca_goes_no_further(bank: Bank, tmp_path: Path) -> None:
    """What the other test ends with would not come about otherwise."""
    with chromium_of(tmp_path) as context:
        page = context.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(bank.url())
