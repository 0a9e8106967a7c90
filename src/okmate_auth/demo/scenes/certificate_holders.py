"""People who log in by certificate: the bank's desk registers them, their certificates, and sends out a token."""

from __future__ import annotations

from functools import partial
from typing import Final

from okmate_auth.commands import DispatchTokens, RegisterCertificate, RegisterCompany, RegisterUser, StockTokens
from okmate_auth.demo.people import (
    ALL_SERVICES,
    CERTIFICATE_COMPANY,
    DESK,
    ENTITLEMENTS_OF_KEIKO,
    JIRO,
    KEIKO,
    SERIAL_OF_JIRO,
)
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.queries import PendingNotices, SealedTokens
from okmate_auth.replies import (
    CertificateRegistered,
    CompanyRegistered,
    TokensDispatched,
    TokensStocked,
    UserRegistered,
)


def _company(stage: Stage) -> RegisterCompany:
    return RegisterCompany(
        company=CERTIFICATE_COMPANY, name="Mihon Kogyo / 見本工業", method="certificate", authority=stage.desk()
    )


def _jiro(stage: Stage) -> RegisterUser:
    return RegisterUser(
        login_id=JIRO,
        company=CERTIFICATE_COMPANY,
        name="Sato Jiro / 佐藤 次郎",
        role="master",
        entitlements=ALL_SERVICES,
        authority=stage.desk(),
    )


def _keiko(stage: Stage) -> RegisterUser:
    return RegisterUser(
        login_id=KEIKO,
        company=CERTIFICATE_COMPANY,
        name="Tanaka Keiko / 田中 恵子",
        entitlements=ENTITLEMENTS_OF_KEIKO,
        authority=stage.desk(),
    )


def _registers(stage: Stage, login_id: str, *, named: str) -> RegisterCertificate:
    return RegisterCertificate(login_id=login_id, certificate=stage.certificate(named), authority=stage.desk())


def _stocks(stage: Stage) -> StockTokens:
    return StockTokens(file=stage.delivered([stage.token(SERIAL_OF_JIRO).line()]), authority=stage.desk())


def _dispatches(stage: Stage) -> DispatchTokens:
    return DispatchTokens(company=CERTIFICATE_COMPANY, serials=(SERIAL_OF_JIRO,), authority=stage.desk())


def _told(stage: Stage) -> list[str]:
    return [notice.login_id for notice in stage.read(PendingNotices()) if notice.event == "certificate"]


def _is_sealed(stage: Stage) -> bool:
    return [seed.serial for seed in stage.read(SealedTokens(until=stage.clock()))] == [SERIAL_OF_JIRO]


CERTIFICATE_HOLDERS: Final = Scene(
    name="certificate-holders",
    beats=(
        Act(who=DESK, does="registers-certificate-company", command=_company, expects=gives(CompanyRegistered)),
        Act(who=DESK, does="registers-jiro", command=_jiro, expects=gives(UserRegistered)),
        Act(who=DESK, does="registers-keiko", command=_keiko, expects=gives(UserRegistered)),
        Act(
            who=DESK,
            does="takes-the-wrong-certificate",
            command=partial(_registers, login_id=JIRO, named=KEIKO),
            expects=refused("certificate-of-another"),
            claims=(Claim("nobody-has-a-certificate", lambda stage: _told(stage) == []),),
        ),
        Act(
            who=DESK,
            does="registers-his-certificate",
            command=partial(_registers, login_id=JIRO, named=JIRO),
            expects=gives(CertificateRegistered),
            claims=(Claim("told-of-the-certificate", lambda stage: _told(stage) == [JIRO]),),
        ),
        Act(
            who=DESK,
            does="registers-her-certificate",
            command=partial(_registers, login_id=KEIKO, named=KEIKO),
            expects=gives(CertificateRegistered),
        ),
        Act(
            who=DESK,
            does="stocks-his-token",
            command=_stocks,
            expects=gives(TokensStocked),
            claims=(Claim("is-sealed", _is_sealed),),
        ),
        Act(who=DESK, does="dispatches-his-token", command=_dispatches, expects=gives(TokensDispatched)),
    ),
)
