"""A lost token is revoked: what ends at once, what waits half an hour, and how the next one is enrolled."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from okmate_auth.commands import RevokeToken
from okmate_auth.demo.people import DESK, HANAKO, OFFICE, SERIAL, SERIAL_SPARE
from okmate_auth.demo.scenes.displays import FAST, closed, enrolls, logs_in, proved_both, shown
from okmate_auth.demo.scenes.logins import is_logged_out, logs_out, results, runs_for
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Look, Scene, Wait, gives, refused
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.queries import ExplainToken
from okmate_auth.replies import Authenticated, Done, EnrollmentDue

_WAITS: Final = OKMATE.tokens.wait_after_revocation
_SECOND: Final = timedelta(seconds=1)


def _says_until_when(stage: Stage) -> bool:
    report = stage.read(ExplainToken(login_id=HANAKO))
    until = None if report is None else report.registration.until  # of this reason alone there is one
    return runs_for(stage, until, _WAITS)


LOST_TOKEN: Final = Scene(
    name="lost-token",
    beats=(
        Act(
            who=DESK,
            does="revokes",
            command=lambda stage: RevokeToken(login_id=HANAKO, authority=stage.desk()),
            expects=gives(Done),
            claims=(Claim("her-session-ended", lambda stage: is_logged_out(stage, OFFICE)),),
        ),
        logs_in(OFFICE, Authenticated, Claim("transfers-are-closed", lambda stage: closed(stage, OFFICE))),
        Look(
            who=DESK,
            does="is-asked-for-the-screen",
            query=lambda _: ExplainToken(login_id=HANAKO),
            claims=(Claim("desk-sees-the-wait", _says_until_when),),
        ),
        logs_out(OFFICE),
        Wait(by=_WAITS + _SECOND, says="half-an-hour-later"),
        logs_in(OFFICE, EnrollmentDue),
        Act(
            who=OFFICE,
            does="finds-the-old-token",
            command=enrolls(OFFICE, SERIAL, shown(SERIAL, later=FAST)),
            expects=refused("wrong-token", at=EnrollmentDue),
            claims=(Claim("revoked-for-good", lambda stage: results(stage, HANAKO)[0] == "revoked-token"),),
        ),
        Act(
            who=OFFICE,
            does="enrolls-the-spare",
            command=enrolls(OFFICE, SERIAL_SPARE, shown(SERIAL_SPARE)),
            expects=gives(Authenticated),
            claims=(Claim("both-factors", proved_both),),
        ),
        logs_out(OFFICE),
    ),
)
