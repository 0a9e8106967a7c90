"""The password method's entrance: login ID and login password (the procedure's manual, 1-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, NamedTuple, cast

import attrs

from okmate_auth import fields, handles
from okmate_auth.actions import Action
from okmate_auth.client import Client, as_client
from okmate_auth.commands.advance import advance
from okmate_auth.commands.guesses import Guess, Judged, judge, load_throttle, refused_by, rehashed
from okmate_auth.commands.journal import count_unjudged, log_login, notify
from okmate_auth.commands.login_password import login_guess, password_violations, private_reason
from okmate_auth.commands.repeats import Submission, keep, kept
from okmate_auth.decision import Command, Commit, Context, Draft
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.keys import Keys
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Crowded, Locked
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AnyKey, SourceOutcome
from okmate_auth.records import Account, Flow, Ledger, Note, Proof, Repeat, Throttle
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import (
    ActionDue,
    Authenticated,
    Busy,
    CodeDue,
    EnrollmentDue,
    PasswordChangeDue,
    Refused,
)
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import canonical_login_id
from okmate_auth.violations import Violation

LoginReply = Authenticated | PasswordChangeDue | EnrollmentDue | CodeDue | ActionDue | Refused | Busy


@attrs.frozen
class PasswordLogin(Command[LoginReply]):
    """Begin a login by ID and password.

    Attributes:
        login_id: As typed; its form is judged before anything is read.
        password: As typed.
        attempt: The page's attempt token, new on every rendered page (``Authenticator.new_token``): the same command
            with the same token is one attempt.
        client: The caller.

    Refusals: ``malformed`` (with violations), ``rejected`` (one answer for a wrong password, an unknown ID, a suspended
    account, another entrance's user, an expired initial password), ``locked`` (with ``until`` where it ends by
    itself), ``token-wait`` and ``already-logged-in`` (both with ``until``, after the right password alone).

    Source: the procedure's manual, 1-2; ASVS 5.0 6.3.1, 6.3.8.
    """

    login_id: str = attrs.field(converter=fields.login_id, repr=False)
    password: Secret = attrs.field(converter=as_secret)
    attempt: Secret = attrs.field(converter=as_secret, kw_only=True)
    client: Client = attrs.field(converter=as_client, kw_only=True)

    replies: ClassVar[tuple[type, ...]] = (
        Authenticated,
        PasswordChangeDue,
        EnrollmentDue,
        CodeDue,
        ActionDue,
        Refused,
        Busy,
    )

    @property
    def source(self) -> str:
        """Address of the source that the limiter watches."""
        return self.client.address

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return account, throttle and kept reply, and the notes of the bank's actions."""
        return self._entry(context).keys

    def decide(self, draft: Draft) -> Commit[LoginReply]:
        """Judge the password; go on from there if it is right."""
        context = draft.context
        entry = self._entry(context)
        if entry.violations:
            refused = Refused(code="malformed", violations=entry.violations)
            return draft.commit(refused, source=SourceOutcome(result="malformed"))
        draft.load(entry.keys)
        submission = Submission(command=self, spent=self.attempt, client=self.client, stored=entry.attempt)
        repeated = kept(draft, submission)
        if repeated is not None:
            return draft.commit(cast("LoginReply", repeated))
        throttle = load_throttle(draft, entry.subject, "password")
        account = draft.get(Account.at(entry.subject), absence_by=throttle.key)
        guess = login_guess(context, account, "password", self.password)
        known = guess.account is not None and guess.account.knows(self.client.browser_hash)
        judged = judge(
            draft,
            throttle,
            lane="known" if known else "others",
            place_id=submission.fingerprint(draft),
            guesses=(guess,),
        )
        if isinstance(judged, Locked | Crowded):
            return self._unjudged(draft, throttle, judged, known=known)
        if judged.right == (True,) and guess.account is not None:
            return self._right(draft, submission, judged, guess, guess.account, known=known)
        return self._wrong(draft, submission, judged, account, known=known)

    def turned_away(self, draft: Draft, retry_after: timedelta, reason: str) -> Commit[LoginReply]:
        """Say Busy; count it here, and let the history know at the 1st, 2nd, 4th, 8th … time."""
        entry = self._entry(draft.context)
        if entry.violations:
            return self.decide(draft)
        return self._count(
            draft, entry.subject, reason, Busy(retry_after=retry_after), of=f"source:{self.client.address}"
        )

    def _right(
        self, draft: Draft, submission: Submission, judged: Judged, guess: Guess, account: Account, *, known: bool
    ) -> Commit[LoginReply]:
        context = draft.context
        credential = rehashed(draft, guess)
        flow = Flow(
            handle="",
            id=context.random("flow", 16).hex(),
            subject=account.subject,
            entrance="password",
            browser=self.client.browser_hash,
            known=known,
            ends_at=context.now + context.profile.flow.whole_lasts,
            step_ends_at=context.now,
            ledger=Ledger(proven=(Proof(factor=LOGIN_PASSWORD, credential=credential.id),)),
        )
        reply = advance(
            draft,
            account=attrs.evolve(account, login_password=credential),
            throttle=judged.throttle,
            flow=flow,
            client=self.client,
            spent=submission.stored,
            factor=LOGIN_PASSWORD,
        )
        outcome = SourceOutcome(result="succeeded", subject=account.subject)
        if isinstance(reply, Busy):
            return draft.commit(reply, source=outcome, rests_on=())
        keep(draft, submission, reply)
        return draft.commit(cast("LoginReply", reply), source=outcome)

    def _wrong(
        self, draft: Draft, submission: Submission, judged: Judged, account: Account | None, *, known: bool
    ) -> Commit[LoginReply]:
        """Refuse with one answer; what is written rests on the throttle alone, like for an ID that nobody has."""
        throttle, client = judged.throttle, self.client
        reason = private_reason(draft.context, account, "password")
        draft.put(log_login(draft, throttle, reason, client=client, factor=LOGIN_PASSWORD, known=known))
        lane: LaneName = "known" if known else "others"
        reply = refused_by(draft.context, throttle, LOGIN_PASSWORD, lane, otherwise=Refused(code="rejected"))
        if judged.events:
            notify(draft, "lock", account=account, subject=throttle.subject, details={"address": client.address})
        keep(draft, submission, reply)
        outcome = SourceOutcome(result="failed", subject=throttle.subject)
        return draft.commit(reply, source=outcome, rests_on=(throttle.key, Repeat.at(submission.stored)))

    def _unjudged(
        self, draft: Draft, throttle: Throttle, state: Locked | Crowded, *, known: bool
    ) -> Commit[LoginReply]:
        subject = throttle.subject
        if isinstance(state, Locked):
            locked = Refused(code="locked", until=state.until)
            return self._count(draft, subject, "locked", locked, of=f"{subject}:{state.mark}", known=known)
        busy = Busy(retry_after=lockout.SHORTEST_HINT)
        return self._count(draft, subject, "crowded", busy, of=subject, known=known)

    def _count(
        self, draft: Draft, subject: str, result: str, reply: Refused | Busy, *, of: str, known: bool = False
    ) -> Commit[LoginReply]:
        count_unjudged(draft, subject, "password", result, client=self.client, of=of, known=known)
        return draft.commit(reply, rests_on=())

    def _entry(self, context: Context) -> _Entry:
        return context.once(_entry, self, context.bank, context.profile, context.keys, context.actions)


class _Entry(NamedTuple):
    """What follows from the command alone: whose login it is, where it stands, and what is wrong with its form."""

    violations: tuple[Violation, ...]
    subject: str
    attempt: str
    keys: tuple[AnyKey, ...]


def _entry(command: PasswordLogin, bank: str, profile: Profile, keys: Keys, actions: Mapping[str, Action]) -> _Entry:
    violations = _violations(command, profile)
    if violations:
        return _Entry(violations, "", "", ())
    subject = keys.subject(bank, canonical_login_id(command.login_id))
    attempt = handles.stored("attempt", command.attempt, bank=bank)
    notes = (Note.at(subject, name) for name in profile.order if name in actions)
    wanted: tuple[AnyKey, ...] = (Account.at(subject), Throttle.at(subject, "password"), Repeat.at(attempt), *notes)
    return _Entry((), subject, attempt, wanted)


def _violations(command: PasswordLogin, profile: Profile) -> tuple[Violation, ...]:
    rule = profile.login_id
    found = list(command.client.violations())
    if not rule.well_formed(command.login_id):
        found += rule.violations(command.login_id) or (Violation("malformed", "login_id"),)
    found += password_violations(profile, command.password)
    if not handles.is_handle(command.attempt.reveal()):
        found.append(Violation("malformed-token", "attempt"))
    return tuple(found)
