"""The bank's desk registers a company and its first user, the master."""

from __future__ import annotations

from typing import Final

from okmate_auth.commands import RegisterCompany, RegisterUser
from okmate_auth.demo.people import ALL_SERVICES, COMPANY, DESK, HANAKO
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives
from okmate_auth.replies import CompanyRegistered, UserRegistered


def _company(stage: Stage) -> RegisterCompany:
    return RegisterCompany(company=COMPANY, name="Kakuu Shoji / 架空商事", authority=stage.desk())


def _user(stage: Stage) -> RegisterUser:
    return RegisterUser(
        login_id=HANAKO,
        company=COMPANY,
        name="Yamada Hanako / 山田 花子",
        role="master",
        entitlements=ALL_SERVICES,
        authority=stage.desk(),
    )


def _keeps_the_rules(stage: Stage) -> bool:
    password = stage.initial_password(HANAKO).reveal()
    return 6 <= len(password) <= 12 and password.isascii() and password.isalnum()  # noqa: PLR2004 - the manual, step 2


REGISTRATION: Final = Scene(
    name="registration",
    beats=(
        Act(who=DESK, does="registers-company", command=_company, expects=gives(CompanyRegistered)),
        Act(
            who=DESK,
            does="registers-user",
            command=_user,
            expects=gives(UserRegistered),
            claims=(Claim("initial-password-made", _keeps_the_rules),),
        ),
    ),
)
