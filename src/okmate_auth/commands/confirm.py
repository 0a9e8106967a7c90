"""Proving the confirmation password within a session."""

from __future__ import annotations

from typing import ClassVar

import attrs

from okmate_auth import fields
from okmate_auth.client import Client
from okmate_auth.commands.guesses import Guess, judge, load_throttle, refused_by, rehashed
from okmate_auth.commands.journal import count_unjudged, log_login, notify
from okmate_auth.commands.leftovers import settle_leftovers
from okmate_auth.commands.session import ProvingCommand, live_session, put_fresh
from okmate_auth.decision import Commit, Draft
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Crowded, Locked
from okmate_auth.ports import SourceOutcome
from okmate_auth.records import Account, Session, Throttle
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Busy, Confirmed, Refused
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import is_name
from okmate_auth.violations import Violation


@attrs.frozen(kw_only=True)
class Confirm(ProvingCommand[Confirmed | Refused | Busy]):
    """Prove the confirmation password for one purpose; it then stays good for it for the profile's ``fresh_for``.

    Attributes:
        session: The session's handle.
        password: The confirmation password, as typed.
        purpose: What for: lower-case words joined by hyphens, 64 characters at most, such as ``transfer``.
        client: The caller.

    Refusals: ``not-logged-in``, ``malformed``, ``confirmation-unusable`` (unset, or due to be changed: log in again),
    ``wrong-password``, ``locked`` (with ``until`` where it ends by itself; login goes on working).
    """

    password: Secret = attrs.field(converter=as_secret)
    purpose: str = attrs.field(converter=fields.purpose)

    replies: ClassVar[tuple[type, ...]] = (Confirmed, Refused, Busy)

    def settle(self, draft: Draft, commit: Commit[Confirmed | Refused | Busy]) -> Commit[Confirmed | Refused | Busy]:
        """Settle what was judged for a session that is gone."""
        return settle_leftovers(draft, commit, self.client)

    def decide(self, draft: Draft) -> Commit[Confirmed | Refused | Busy]:
        """Judge the confirmation password, and note in the session what it is fresh for."""
        if not is_name(self.purpose):
            violations = (Violation("malformed", "purpose"),)
            return draft.commit(Refused(code="malformed", violations=violations))
        session = live_session(draft, self.session, self.client)
        if session is None:
            return draft.commit(Refused(code="not-logged-in"))
        refused = judge_confirmation(draft, session, self.password, self.client)
        if refused is not None:
            return refused
        until = put_fresh(draft, session, CONFIRMATION_PASSWORD, self.purpose)
        outcome = SourceOutcome(result="succeeded", subject=session.subject)
        return draft.commit(Confirmed(purpose=self.purpose, until=until), source=outcome)


def judge_confirmation(
    draft: Draft, session: Session, entered: Secret, client: Client
) -> Commit[Refused | Busy] | None:
    """Judge the confirmation password of a session's account.

    Returns:
        None where it is right (throttle and account are put), else the commit that says why not.
    """
    context = draft.context
    draft.load([Account.at(session.subject), Throttle.at(session.subject, session.entrance)])
    account = draft.get(Account.at(session.subject))
    rules = context.profile.confirmation_password
    if account is None or not account.usable:
        return draft.commit(Refused(code="not-logged-in"))
    credential = account.confirmation_password
    if rules is None or credential is None or credential.change_due is not None:
        return draft.commit(Refused(code="confirmation-unusable"))
    if not len(entered) or not rules.well_formed(entered):
        violations = (Violation("malformed", "confirmation_password"),)
        malformed = SourceOutcome(result="malformed")
        return draft.commit(Refused(code="malformed", violations=violations), source=malformed)
    throttle = load_throttle(draft, session.subject, session.entrance)
    known = account.knows(session.browser)
    guess = Guess(factor=CONFIRMATION_PASSWORD, entered=entered, account=account, credential=credential)
    lane: LaneName = "known" if known else "others"
    judged = judge(draft, throttle, lane=lane, place_id=None, guesses=(guess,), rests_on=(session.key,))
    if isinstance(judged, Locked | Crowded):
        return _unjudged(draft, session, judged, client, known=known)
    right = judged.right == (True,)
    draft.put(
        log_login(
            draft,
            judged.throttle,
            "confirmed" if right else "wrong-password",
            client=client,
            factor=CONFIRMATION_PASSWORD,
            known=known,
        )
    )
    if right:
        draft.put(attrs.evolve(account, confirmation_password=rehashed(draft, guess)))
        return None
    if judged.events:
        notify(draft, "lock", account=account, details={"factor": CONFIRMATION_PASSWORD, "address": client.address})
    wrong = Refused(code="wrong-password")
    reply = refused_by(context, judged.throttle, CONFIRMATION_PASSWORD, lane, otherwise=wrong)
    return draft.commit(reply, source=SourceOutcome(result="failed", subject=session.subject))


def _unjudged(
    draft: Draft, session: Session, state: Locked | Crowded, client: Client, *, known: bool
) -> Commit[Refused | Busy]:
    """Say why nothing was judged, and count it here."""
    result, mark = ("locked", state.mark) if isinstance(state, Locked) else ("crowded", None)
    of = f"{session.subject}:{CONFIRMATION_PASSWORD}:{result}:{mark}"
    count_unjudged(draft, session.subject, session.entrance, result, client=client, of=of, known=known)
    if isinstance(state, Locked):
        return draft.commit(Refused(code="locked", until=state.until), rests_on=())
    return draft.commit(Busy(retry_after=lockout.SHORTEST_HINT), rests_on=())
