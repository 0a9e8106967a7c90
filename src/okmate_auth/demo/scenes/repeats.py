"""A colleague is registered by the master; he clicks twice, and goes back to a form that was sent already."""

from __future__ import annotations

from typing import Final

from okmate_auth.commands import BySession, ChangePasswords, RegisterUser
from okmate_auth.demo.people import (
    COLLEAGUE,
    COMPANY,
    ENTITLEMENTS_OF_TARO,
    HANAKO_CONFIRMATION,
    HOME,
    TARO,
    TARO_CONFIRMATION,
    TARO_LOGIN,
    TARO_LOGIN_LATER,
    TARO_MISTYPED,
)
from okmate_auth.demo.scenes.logins import (
    acknowledges,
    change,
    done_once,
    first_login,
    is_logged_out,
    login,
    logs_out,
    results,
)
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.queries import ExplainToken
from okmate_auth.replies import Authenticated, PasswordChangeDone, PasswordChangeDue, UserRegistered


def _registers(stage: Stage) -> RegisterUser:
    authority = BySession(
        session=stage.session(HOME), confirmation_password=HANAKO_CONFIRMATION, client=stage.client(HOME)
    )
    return RegisterUser(
        login_id=TARO,
        company=COMPANY,
        name="Suzuki Taro / 鈴木 太郎",
        entitlements=ENTITLEMENTS_OF_TARO,
        authority=authority,
    )


def _changes_now(stage: Stage) -> ChangePasswords:
    return change(stage, COLLEAGUE, TARO_LOGIN, TARO_CONFIRMATION)


def _goes_back(stage: Stage) -> ChangePasswords:
    # Two pages back: both clicks brought the browser the same result page.
    handle = stage.handle(COLLEAGUE, back=2)
    return change(stage, COLLEAGUE, TARO_LOGIN_LATER, TARO_CONFIRMATION, handle=handle)


def _counted_once(stage: Stage) -> bool:
    return results(stage, TARO).count("wrong-password") == 1


def _needs_no_token(stage: Stage) -> bool:
    report = stage.read(ExplainToken(login_id=TARO))
    return report is not None and report.registration.reason == "not-entitled"


COLLEAGUE_REGISTERED: Final = Scene(
    name="colleague",
    beats=(
        Act(who=HOME, does="registers-colleague", command=_registers, expects=gives(UserRegistered)),
        logs_out(HOME),
    ),
)

DOUBLE_CLICK: Final = Scene(
    name="double-click",
    beats=(
        Act(
            who=COLLEAGUE,
            does="mistypes-and-clicks-twice",
            command=login(COLLEAGUE, TARO, TARO_MISTYPED),
            expects=refused("rejected"),
            clicks=2,
            claims=(Claim("counted-once", _counted_once),),
        ),
        Act(
            who=COLLEAGUE,
            does="logs-in-with-initial",
            command=first_login(COLLEAGUE),
            expects=gives(PasswordChangeDue),
        ),
        Act(
            who=COLLEAGUE,
            does="changes-and-clicks-twice",
            command=_changes_now,
            expects=gives(PasswordChangeDone),
            clicks=2,
            claims=(Claim("changed-once", lambda stage: done_once(stage, TARO, "changed")),),
        ),
        Act(
            who=COLLEAGUE,
            does="goes-back",
            command=_goes_back,
            expects=refused("stale"),
            claims=(Claim("changed-nothing", lambda stage: results(stage, TARO).count("changed") == 1),),
        ),
        Act(
            who=COLLEAGUE,
            does="acknowledges",
            command=acknowledges(COLLEAGUE),
            expects=gives(Authenticated),
            claims=(Claim("needs-no-token", _needs_no_token),),
        ),
        Act(
            who=COLLEAGUE,
            does="reloads",
            command=acknowledges(COLLEAGUE),
            expects=refused("stale"),
            claims=(Claim("still-logged-in", lambda stage: not is_logged_out(stage, COLLEAGUE)),),
        ),
    ),
)
