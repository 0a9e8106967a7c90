"""The certificate method at its own entrance, with TLS that asks for certificates, through the real server."""

from __future__ import annotations

import pytest

from okmate_auth import messages
from okmate_auth.demo.bank.people import JIRO
from tests.demo.bank.serving import Served

NEW = {"new_login_password": "Kita9yama", "new_confirmation_password": "Minato8go"}


def test_the_first_day_leads_from_the_certificate_to_the_logout(demo: Served) -> None:
    """The certificate says whose login it is; its password, change, result and token follow."""
    browser = demo.browser("good")
    password = browser.submit(browser.get("/"), "begin")
    assert (password.status, password.title.partition(" |")[0]) == (200, "Enter the login password")
    assert "Login ID: Jiro2026" in password.text
    change = browser.submit(password, "password", password=demo.initial("Jiro2026"))
    changed = browser.submit(change, "change", current_login_password=demo.initial("Jiro2026"), **NEW)
    enrollment = browser.submit(changed, "acknowledge")
    top = browser.submit(enrollment, "enroll", serial=JIRO.serial, code=demo.code(JIRO.serial))
    assert "Proven: certificate, login password, confirmation password, one-time password" in top.text
    out = browser.submit(top, "/logout")
    assert "You have logged out" in out.text
    assert out.form("begin").action == "/certificate"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "no-certificate"),
        ("expired", "certificate-expired"),
        ("revoked", "certificate-revoked"),
        ("unregistered", "certificate-unregistered"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told(demo: Served, name: str, code: str) -> None:
    """TLS lets the expired one through, for the library's own verdict; the entrance comes again with the reason."""
    browser = demo.browser(name)
    browser.port = demo.ports[1]
    again = browser.submit(browser.get("/"), "begin")
    assert again.status == 403
    assert messages.text("en", code) in again.text
    assert again.form("begin").action == "/certificate"


def test_a_session_by_certificate_is_there_with_the_certificate_alone(demo: Served) -> None:
    """Its cookie without the certificate leads to the entrance."""
    browser = demo.browser("good")
    change = browser.submit(browser.submit(browser.get("/"), "begin"), "password", password=demo.initial("Jiro2026"))
    changed = browser.submit(change, "change", current_login_password=demo.initial("Jiro2026"), **NEW)
    assert browser.submit(browser.submit(changed, "acknowledge"), "skip").path == "/top"
    thief = demo.browser()
    thief.port, thief.cookies = browser.port, dict(browser.cookies)
    assert thief.get("/top").path == "/?next=%2Ftop"
    assert browser.get("/top").status == 200


def test_the_two_entrances_have_cookies_of_their_own(demo: Served) -> None:
    """Cookies know no ports: a login at one entrance leaves the other one's session alone."""
    browser, _ = demo.taro()
    before = dict(browser.cookies)
    browser.port = demo.ports[1]
    assert browser.get("/top").path == "/?next=%2Ftop"
    assert before.items() <= browser.cookies.items()
    assert set(browser.cookies) - set(before) == {"__Host-certificate-browser"}


def test_each_entrance_leads_to_the_other(demo: Served) -> None:
    """At the host by which somebody came."""
    browser = demo.browser()
    other = f"https://localhost:{demo.ports[1]}/"
    assert other in browser.get("/").links()
    browser.port = demo.ports[1]
    assert f"https://localhost:{demo.ports[0]}/" in browser.get("/").links()
