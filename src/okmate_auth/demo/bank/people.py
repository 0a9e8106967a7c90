"""Who takes part in the demo bank; everything here is made up, and told to whoever visits it."""

from __future__ import annotations

from typing import Final

import attrs

from okmate_auth.demo.people import ALL_SERVICES
from okmate_auth.records.account import Role
from okmate_auth.records.history import Entrance

__all__ = ["COMPANIES", "FIRST_DAYS", "PEOPLE", "SERIALS", "Company", "Person"]


@attrs.frozen(kw_only=True)
class Company:
    """A company.

    Attributes:
        id: The company's id.
        name: Its name, in both languages.
        method: By which entrance its people come.
        serials: Tokens that were sent to it.
    """

    id: str
    name: str
    method: Entrance
    serials: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Person:
    """Somebody who can log in.

    Attributes:
        login_id: As registered.
        name: In both languages.
        company: Whose.
        role: ``master``, ``administrator`` or ``user``.
        entitlements: Names of services.
        login_password: What he chose on his first day; '' where that is still to come.
        confirmation_password: The same.
        serial: The token that he enrolled, or is to enroll.
    """

    login_id: str
    name: str
    company: str
    role: Role
    entitlements: tuple[str, ...]
    serial: str
    login_password: str = ""
    confirmation_password: str = ""


COMPANIES: Final = (
    Company(
        id="C-3003", name="見本工業株式会社 / Mihon Kogyo", method="certificate", serials=("NB-70030011", "NB-70030029")
    ),
    Company(
        id="C-1001",
        name="架空商事株式会社 / Kaku Shoji",
        method="password",
        serials=("NB-70010528", "NB-70010536", "NB-70010544", "NB-70010552"),
    ),
)
SERIALS: Final = tuple(serial for company in COMPANIES for serial in company.serials)

JIRO: Final = Person(
    login_id="Jiro2026",
    name="佐藤 次郎 / Sato Jiro",
    company="C-3003",
    role="master",
    entitlements=ALL_SERVICES,
    serial="NB-70030011",
)
HANAKO: Final = Person(
    login_id="Hanako01",
    name="山田 花子 / Yamada Hanako",
    company="C-1001",
    role="user",
    entitlements=("inquiry", "transfer", "data-transmission", "densai"),
    serial="NB-70010528",
)
TARO: Final = Person(
    login_id="Taro2026",
    name="鈴木 太郎 / Suzuki Taro",
    company="C-1001",
    role="user",
    entitlements=("inquiry", "transfer", "data-transmission", "approval", "tax-payment"),
    serial="NB-70010536",
    login_password="Mori3kawa",  # noqa: S106 - made up, and shown on a page
    confirmation_password="Hoshi7tsuki",  # noqa: S106 - as above
)
YOKO: Final = Person(
    login_id="Yoko2026",
    name="高橋 洋子 / Takahashi Yoko",
    company="C-1001",
    role="master",
    entitlements=ALL_SERVICES,
    serial="NB-70010544",
    login_password="Sora8kumo",  # noqa: S106 - as above
    confirmation_password="Umi5kaze1",  # noqa: S106 - as above
)

FIRST_DAYS: Final = (JIRO, HANAKO)
PEOPLE: Final = (*FIRST_DAYS, TARO, YOKO)
