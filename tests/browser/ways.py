"""The ways through the bank, from the entrance to the logout; at each page whoever follows along is told its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import expect

from okmate_auth.demo.bank.people import HANAKO, JIRO, TARO, Person
from tests.browser.visitors import Visitor

NEW_LOGIN: Final = "Kita9yama"
NEW_CONFIRMATION: Final = "Minato8go"

At = Callable[[str], None]


def nobody(name: str) -> None:
    """Look at no page on the way."""
    del name


def to_change(visitor: Visitor, person: Person, at: At = nobody) -> None:
    """Go from the entrance, by the person's method, to the page where the initial password is changed."""
    visitor.open("/")
    visitor.sees("entrance")
    at("entrance")
    if person is JIRO:
        visitor.follow("entrance.certificate.go")
        visitor.sees("begin")
        at("begin")
        visitor.press("begin.button")
        visitor.sees("step.password")
        at("password")
        visitor.enter(password=visitor.bank.initial(person.login_id))
    else:
        visitor.follow("entrance.password.go")
        visitor.sees("login")
        at("login")
        visitor.enter(login_id=person.login_id, password=visitor.bank.initial(person.login_id))
    visitor.press("login.button")
    visitor.sees("step.change")
    at("change")


def to_enrollment(visitor: Visitor, person: Person, at: At = nobody) -> None:
    """Go on to the page where a token is registered: both passwords are changed, the result is read."""
    to_change(visitor, person, at)
    visitor.enter(
        current_login_password=visitor.bank.initial(person.login_id),
        new_login_password=NEW_LOGIN,
        new_confirmation_password=NEW_CONFIRMATION,
    )
    visitor.press("step.change.button")
    visitor.sees("step.changed")
    at("changed")
    visitor.press("step.changed.button")
    visitor.sees("step.enrollment")
    at("enrollment")


def first_day(visitor: Visitor, person: Person = HANAKO, at: At = nobody) -> None:
    """Go the whole way of a first day, to the top page."""
    to_enrollment(visitor, person, at)
    visitor.enter(serial=person.serial, code=visitor.bank.code(person.serial))
    visitor.press("step.enrollment.button")
    visitor.sees("top")
    at("top")


def guess(visitor: Visitor, person: Person = TARO, times: int = 1) -> None:
    """Enter a wrong password at the login, some times over."""
    visitor.open("/login")
    for _ in range(times):
        visitor.enter(login_id=person.login_id, password="wrong123")
        visitor.press("login.button")
        visitor.sees("login", wrong=True)
        # the pages before and after are alike but for this
        expect(visitor.page.get_by_label(visitor.say("field.password"), exact=True)).to_have_value("")


def to_code(visitor: Visitor, person: Person = TARO, password: str = "") -> None:
    """Go to the page where the token's code is entered."""
    visitor.open("/login")
    visitor.enter(login_id=person.login_id, password=password or person.login_password)
    visitor.press("login.button")
    visitor.sees("step.code")


def log_in(visitor: Visitor, person: Person = TARO, password: str = "") -> None:
    """Log in by ID, password and code, as on every day."""
    to_code(visitor, person, password)
    visitor.enter(code=visitor.bank.code(person.serial))
    visitor.press("step.code.button")
    visitor.sees("top")


def log_out(visitor: Visitor) -> None:
    """Log out."""
    visitor.click(visitor.page.get_by_role("banner").get_by_role("button", name=visitor.say("log-out")))
    visitor.reads(visitor.say("logged-out"))


def transfer(visitor: Visitor, amount: str, at: At = nobody) -> None:
    """Make a transfer, from an empty form to the page that says it is accepted."""
    visitor.open("/transfer")
    visitor.sees("transfer")
    at("transfer")
    visitor.page.get_by_label(visitor.say("field.payee"), exact=True).select_option(index=1)
    visitor.enter(amount=amount)
    visitor.press("transfer.draft-button")
    visitor.sees("transfer.confirm")
    at("confirm")
    visitor.enter(confirmation_password=TARO.confirmation_password)
    code = visitor.page.get_by_label(visitor.say("field.code"), exact=True)
    if code.count():
        code.fill(visitor.bank.code(TARO.serial))
    visitor.press("transfer.execute")
    visitor.sees("transfer.done")
    at("done")
