"""What the scenes about certificates say can be found false, by a changed story and by a bank with other rules."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
import pytest

from okmate_auth.boards import Boards
from okmate_auth.certificates import CertificateChain
from okmate_auth.client import Client
from okmate_auth.commands import (
    ByDesk,
    RecordOperation,
    RegisterCertificate,
    RevokeCertificate,
    SkipEnrollment,
    StockTokens,
)
from okmate_auth.demo import service
from okmate_auth.demo.people import DESK, JIRO, JIRO_AT_WORK, JIRO_LOGIN, KEIKO, SERIAL, STRANGER
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.scenes.certificate_days import enters_password, knows, presents
from okmate_auth.demo.scenes.displays import enrolls, shown
from okmate_auth.demo.scenes.logins import login, logs_out
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.demo.story import Act, gives, refused
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.replies import CertificateRegistered, Done, PasswordDue, TokensStocked
from okmate_auth.secret import Secret
from tests.demo.changes import NOTHING, Change, before, both, changed, claims_of, instead, without, without_waits
from tests.shows import FAST, rehearsed

HERS_IS_SHOWN = partial(enters_password, JIRO_AT_WORK, showing=lambda stage: stage.certificate(KEIKO))
TYPES_WRONGLY = Act(
    who=JIRO_AT_WORK,
    does="x",
    command=enters_password(JIRO_AT_WORK, knows(Secret("wrong1234"))),
    expects=refused("rejected", at=PasswordDue),
)
LOGS_OUT = attrs.evolve(logs_out(JIRO_AT_WORK), does="x", claims=())


def _registers(stage: Stage, login_id: str) -> RegisterCertificate:
    return RegisterCertificate(login_id=login_id, certificate=stage.certificate(login_id), authority=stage.desk())


def _revokes(stage: Stage, login_id: str) -> RevokeCertificate:
    return RevokeCertificate(login_id=login_id, authority=stage.desk())


def _skips(stage: Stage) -> SkipEnrollment:
    return SkipEnrollment(handle=stage.handle(JIRO_AT_WORK), client=stage.client(JIRO_AT_WORK))


def _asks_for_something_else(stage: Stage) -> RecordOperation:
    session, client = stage.session(JIRO_AT_WORK), stage.client(JIRO_AT_WORK)
    return RecordOperation(session=session, id="1", name="statement", client=client)


def _stocks_another(stage: Stage) -> StockTokens:
    file = stage.delivered([stage.token("NB-70990018").line()])
    return StockTokens(file=file, authority=ByDesk(operator="o", ticket="t"))


REGISTERS_HERS = Act(
    who=DESK, does="x", command=partial(_registers, login_id=KEIKO), expects=gives(CertificateRegistered)
)
REVOKES_HIS = Act(who=DESK, does="x", command=partial(_revokes, login_id=JIRO), expects=gives(Done))
STOCKS = Act(who=DESK, does="x", command=_stocks_another, expects=gives(TokensStocked))
PRESENTS_A_COUNTERFEIT = presents(STRANGER, showing=lambda stage: stage.counterfeit(JIRO))


@pytest.mark.parametrize(
    ("name", "change", "wrong"),
    [
        (
            "certificate-holders",
            before("takes-the-wrong-certificate", REGISTERS_HERS),
            "takes-the-wrong-certificate: not so: nobody-has-a-certificate",
        ),
        (
            "certificate-holders",
            instead(
                "takes-the-wrong-certificate",
                command=partial(_registers, login_id=JIRO),
            ),
            "takes-the-wrong-certificate: expected Refused(certificate-of-another), got CertificateRegistered",
        ),
        (
            "certificate-holders",
            before("registers-his-certificate", REGISTERS_HERS),
            "registers-his-certificate: not so: told-of-the-certificate",
        ),
        ("certificate-holders", before("stocks-his-token", STOCKS), "stocks-his-token: not so: is-sealed"),
        (
            "certificate-holders",
            without("registers-his-certificate"),
            "presents-his-certificate: expected PasswordDue, got Refused(certificate-unregistered)",
        ),
        (
            "certificate-holders",
            without("dispatches-his-token"),
            "enrolls-his-token: expected Authenticated, got Refused(wrong-token) at EnrollmentDue",
        ),
        (
            "certificate-first-day",
            instead("presents-his-certificate", command=PRESENTS_A_COUNTERFEIT),
            "presents-his-certificate: expected PasswordDue, got Refused(certificate-unknown-issuer)",
        ),
        (
            "certificate-first-day",
            instead("enrolls-his-token", command=enrolls(JIRO_AT_WORK, SERIAL, shown(SERIAL))),
            "enrolls-his-token: expected Authenticated, got Refused(wrong-token) at EnrollmentDue",
        ),
        (
            "certificate-first-day",
            instead("enrolls-his-token", command=_skips),
            "enrolls-his-token: not so: all-three-factors, transfers-are-open, is-told-to-log-out",
        ),
        (
            "certificate-first-day",
            instead("enrolls-his-token", claims=claims_of("certificate-second-day", "enters-his-code")),
            "enrolls-his-token: not so: shows-the-login-before",
        ),
        (
            "certificate-second-day",
            instead("enters-his-code", claims=claims_of("certificate-first-day", "enrolls-his-token")),
            "enters-his-code: not so: first-login-of-all",
        ),
        (
            "certificate-second-day",
            instead("asks-for-a-balance", command=_asks_for_something_else),
            "asks-for-a-balance: not so: is-among-the-last-operations",
        ),
        (
            "foreign-certificates",
            instead("enters-his-code", claims=claims_of("revoked-certificates", "presents-his-certificate")),
            "enters-his-code: not so: same-words-for-both-lists, his-session-has-ended",
        ),
        # Without the night yesterday's session is there, and the display still shows the code that is spent.
        ("certificate-second-day", without_waits, "presents-his-certificate: not so: yesterday-is-over"),
        (
            "certificate-second-day",
            without("asks-for-a-balance"),
            "",
        ),
        (
            "certificate-second-day",
            before("asks-for-a-balance", LOGS_OUT),
            "asks-for-a-balance: expected Done, got Refused(not-logged-in)",
        ),
        (
            "foreign-certificates",
            instead("shows-no-certificate", command=PRESENTS_A_COUNTERFEIT),
            "shows-no-certificate: expected Refused(no-certificate), got Refused(certificate-unknown-issuer)",
        ),
        (
            "foreign-certificates",
            instead(
                "shows-another-ca-s-certificate",
                command=presents(STRANGER, showing=lambda stage: stage.certificate(JIRO)),
                expects=gives(PasswordDue),
            ),
            "shows-another-ca-s-certificate: not so: left-no-trace",
        ),
        (
            "foreign-certificates",
            instead("takes-the-other-entrance", command=login(STRANGER, "Nobody99", JIRO_LOGIN)),
            "takes-the-other-entrance: not so: entrances-are-apart",
        ),
        (
            "foreign-certificates",
            instead("chooses-her-certificate", command=enters_password(JIRO_AT_WORK, knows(JIRO_LOGIN))),
            "chooses-her-certificate: expected Refused(stale), got CodeDue",
        ),
        (
            "foreign-certificates",
            both(
                before("chooses-her-certificate", TYPES_WRONGLY),
                instead("chooses-her-certificate", command=HERS_IS_SHOWN(knows(JIRO_LOGIN))),
            ),
            "chooses-her-certificate: not so: hers-was-not-judged",
        ),
        ("foreign-certificates", without("chooses-her-certificate"), ""),
        (
            "revoked-certificates",
            without("revokes-her-certificate"),
            "presents-her-certificate: expected Refused(certificate-revoked), got PasswordDue",
        ),
        (
            "revoked-certificates",
            without_waits,
            "presents-his-certificate: expected Refused(certificate-revoked), got PasswordDue",
        ),
        (
            "revoked-certificates",
            both(without_waits, before("presents-her-certificate", REVOKES_HIS)),
            "",  # whoever revoked it
        ),
        (
            "revoked-certificates",
            before("presents-his-certificate", NOTHING),
            "presents-his-certificate: not so: same-words-for-both-lists",
        ),
        (
            "revoked-certificates",
            instead("presents-his-certificate", times=2),
            "reads-his-history: not so: desk-sees-the-revocation",
        ),
        (
            "revoked-certificates",
            before("revokes-her-certificate", LOGS_OUT),
            "",  # a session that was ended before has ended, too
        ),
    ],
)
def test_a_changed_story_is_found_out(name: str, change: Change, wrong: str) -> None:
    """The demo ends where something is not so any more; what changes nothing that is said ends well."""
    said = rehearsed(changed(name, change)).wrong
    assert said.endswith(wrong)
    assert bool(said) is bool(wrong)


@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        (
            {"token_services": frozenset()},
            "acknowledges: expected EnrollmentDue, got Authenticated",
        ),
        (
            {"code_at_login": {"password": "when_bound", "certificate": "never"}},
            "enters-his-password: expected CodeDue, got Authenticated",
        ),
        (
            {"tokens": TokenPolicy(longest_period_seconds=30)},
            "stocks-his-token: expected TokensStocked, got Refused(delivery-defects, line-period-too-long)",
        ),
    ],
)
def test_other_rules_are_found_out(rules: dict[str, Any], wrong: str) -> None:
    """A bank with rules of its own has another story, and the demo says where."""
    assert rehearsed(STORY, attrs.evolve(FAST, **rules)).wrong.endswith(wrong)


def test_a_bank_whose_systems_show_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its boards the top page lacks a part of what the manual shows."""
    monkeypatch.setattr(service, "_boards", lambda *_: Boards())
    assert rehearsed(STORY).wrong.endswith("enrolls-his-token: not so: shows-what-waits")


def test_a_browser_that_shows_one_certificate_for_another_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a session good for any certificate that is shown with its cookie, the claim about it would be false."""
    client = Stage.client

    def always_his(stage: Stage, role: Role, *, showing: CertificateChain | None = None) -> Client:
        return client(stage, role) if role == JIRO_AT_WORK else client(stage, role, showing=showing)

    story = changed("foreign-certificates", without("chooses-her-certificate"))
    monkeypatch.setattr(Stage, "client", always_his)
    assert rehearsed(story).wrong.endswith("enters-his-code: not so: session-needs-the-certificate")
