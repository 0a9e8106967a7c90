"""People at the host: registered at the desk, and gone through their first login."""

from __future__ import annotations

from typing import Final, Protocol

from tests.certificates import openssl
from tests.certificates.bank import CONFIRMATION, LOGIN
from tests.deployment.browser import Browser
from tests.deployment.host import Host

CHANGE: Final = {"new_login_password": LOGIN, "new_confirmation_password": CONFIRMATION}


class Browsers(Protocol):
    """Opens a browser at one of the two entrances, perhaps with a certificate chosen."""

    def __call__(self, at: str, identity: openssl.Identity | None = None) -> Browser:
        """Open one."""
        ...


def by_password(host: Host, browsers: Browsers, login_id: str) -> Browser:
    """Register somebody, and log him in by password for the first time."""
    initial, browser = host.register(login_id), browsers("entrance")
    step = browser.begin(login_id=login_id, password=initial)
    assert (step.status, step.name) == (200, "PasswordChangeDue"), step
    step = browser.go_on(step, "change", current_login_password=initial, **CHANGE)
    assert (step.status, step.name) == (200, "PasswordChangeDone"), step
    assert browser.go_on(step, "acknowledge").status == 303
    return browser


def by_certificate(host: Host, browsers: Browsers, login_id: str) -> Browser:
    """Register somebody with a certificate, and log him in by it for the first time."""
    identity = host.authority.person(login_id)
    initial, browser = host.register(login_id, certificate=identity), browsers("certificates", identity)
    step = browser.begin()
    assert (step.status, step.name) == (200, "PasswordDue"), step
    step = browser.go_on(step, "password", password=initial)
    step = browser.go_on(step, "change", current_login_password=initial, **CHANGE)
    assert browser.go_on(step, "acknowledge").status == 303
    return browser
