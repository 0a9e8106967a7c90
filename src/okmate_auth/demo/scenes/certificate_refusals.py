"""Certificates that open nothing: somebody else's in the middle of a login, another CA's, and revoked ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from okmate_auth.commands import RevokeCertificate
from okmate_auth.demo.people import DESK, JIRO, JIRO_AT_WORK, JIRO_LOGIN, KEIKO, KEIKO_AT_WORK, STRANGER
from okmate_auth.demo.scenes.certificate_days import (
    enters_his_code,
    enters_password,
    knows,
    presents,
    presents_his_certificate,
)
from okmate_auth.demo.scenes.displays import NEXT_DISPLAY
from okmate_auth.demo.scenes.logins import is_logged_out, login, results, session_of
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Look, Scene, Wait, gives, refused
from okmate_auth.queries import ReadHistory
from okmate_auth.replies import CodeDue, Done

_LIST_COMES: Final = timedelta(minutes=1)  # by then the bank has looked into the file again, as it does each 30 s


def _left_no_trace(stage: Stage) -> bool:
    return results(stage, JIRO, "certificate") == []


def _other_entrance(stage: Stage) -> bool:
    return results(stage, JIRO)[:1] == ["other-entrance"] and _left_no_trace(stage)


def _nothing_was_judged(stage: Stage) -> bool:
    return results(stage, JIRO, "certificate") == ["step"]


def _needs_his_certificate(stage: Stage) -> bool:
    hers = stage.client(JIRO_AT_WORK, showing=stage.certificate(KEIKO))
    mine = session_of(stage, JIRO_AT_WORK)
    return mine is not None and stage.auth.session(stage.session(JIRO_AT_WORK), hers) is None


def _same_words(stage: Stage) -> bool:
    """The refusals of the certificate that the bank revoked and of the one that its issuer did are the same value."""
    here, there = stage.replies[-2:]
    return here == there


def _desk_sees_it(stage: Stage) -> bool:
    return results(stage, JIRO, "certificate") == ["certificate-revoked"]


FOREIGN_CERTIFICATES: Final = Scene(
    name="foreign-certificates",
    beats=(
        Act(
            who=STRANGER,
            does="shows-no-certificate",
            command=presents(STRANGER),
            expects=refused("no-certificate"),
        ),
        Act(
            who=STRANGER,
            does="shows-another-ca-s-certificate",
            command=presents(STRANGER, showing=lambda stage: stage.counterfeit(JIRO)),
            expects=refused("certificate-unknown-issuer"),
            claims=(Claim("left-no-trace", _left_no_trace),),
        ),
        Act(
            who=STRANGER,
            does="takes-the-other-entrance",
            command=login(STRANGER, JIRO, JIRO_LOGIN),
            expects=refused("rejected"),
            claims=(Claim("entrances-are-apart", _other_entrance),),
        ),
        presents_his_certificate(),
        Act(
            who=JIRO_AT_WORK,
            does="chooses-her-certificate",
            command=enters_password(JIRO_AT_WORK, knows(JIRO_LOGIN), showing=lambda stage: stage.certificate(KEIKO)),
            expects=refused("stale"),
            claims=(Claim("hers-was-not-judged", _nothing_was_judged),),
        ),
        Act(
            who=JIRO_AT_WORK,
            does="chooses-his-own-again",
            command=enters_password(JIRO_AT_WORK, knows(JIRO_LOGIN)),
            expects=gives(CodeDue),
        ),
        NEXT_DISPLAY,
        enters_his_code(Claim("session-needs-the-certificate", _needs_his_certificate)),
    ),
)

REVOKED_CERTIFICATES: Final = Scene(
    name="revoked-certificates",
    beats=(
        Act(
            who=DESK,
            does="revokes-her-certificate",
            command=lambda stage: RevokeCertificate(login_id=KEIKO, authority=stage.desk()),
            expects=gives(Done),
        ),
        Act(
            who=KEIKO_AT_WORK,
            does="presents-her-certificate",
            command=presents(KEIKO_AT_WORK),
            expects=refused("certificate-revoked"),
        ),
        Wait(by=_LIST_COMES, says="list-comes", meanwhile=lambda stage: stage.revoke_at_issuer(JIRO)),
        Act(
            who=JIRO_AT_WORK,
            does="presents-his-certificate",
            command=presents(JIRO_AT_WORK),
            expects=refused("certificate-revoked"),
            claims=(
                Claim("same-words-for-both-lists", _same_words),
                Claim("his-session-has-ended", lambda stage: is_logged_out(stage, JIRO_AT_WORK)),
            ),
        ),
        Look(
            who=DESK,
            does="reads-his-history",
            query=lambda _: ReadHistory(login_id=JIRO, which="certificate", limit=6),
            claims=(Claim("desk-sees-the-revocation", _desk_sees_it),),
        ),
    ),
)
