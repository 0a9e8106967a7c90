"""What a token shows, entered within a session: at a step-up, and to make token and bank agree again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import attrs

from okmate_auth import fields
from okmate_auth.client import Client
from okmate_auth.commands.codes import (
    REPLAYED,
    Bench,
    JudgedCode,
    bound_bench,
    judge_code,
    refused_unjudged,
    stopped,
    token_keys,
)
from okmate_auth.commands.guesses import load_throttle
from okmate_auth.commands.journal import log_login, notify
from okmate_auth.commands.session import ProvingCommand, live_session, put_fresh
from okmate_auth.decision import Commit, Draft
from okmate_auth.factors import CODE
from okmate_auth.ports import SourceOutcome
from okmate_auth.records import Account, Session, Throttle
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Busy, Refused, Resynchronized, SteppedUp
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import is_name
from okmate_auth.tokens import resync, verify
from okmate_auth.violations import Violation


@attrs.frozen(kw_only=True)
class StepUp(ProvingCommand[SteppedUp | Refused | Busy]):
    """Prove the code factor for one purpose; it then stays good for it for the profile's ``fresh_for``.

    A code that this session stepped up with already, for this very purpose, is answered as it was before, while that
    is good: a double click has one effect and no error.

    Attributes:
        session: The session's handle.
        code: What the token shows, as typed: half-width digits.
        purpose: What for: lower-case words joined by hyphens, 64 characters at most, such as ``transfer``.
        client: The caller.

    Refusals: ``not-logged-in``, ``malformed``, ``no-token`` (none is bound; with ``until`` while none can be enrolled),
    ``wrong-code`` (also for a replay, and for one that came late), ``token-locked`` (with ``until`` where it ends by
    itself; also while the token is suspended).

    Source: RFC 6238 5.2; ASVS 5.0 6.5.1, 7.5.3.
    """

    code: Secret = attrs.field(converter=as_secret)
    purpose: str = attrs.field(converter=fields.purpose)

    replies: ClassVar[tuple[type, ...]] = (SteppedUp, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[SteppedUp | Refused | Busy]:
        """Judge the code, and note in the session what it is fresh for."""
        if not is_name(self.purpose):
            violations = (Violation("malformed", "purpose"),)
            return draft.commit(Refused(code="malformed", violations=violations))
        at = _at_token(draft, self.session, self.client, {"code": self.code})
        if isinstance(at, Commit):
            return at
        judged = judge_code(draft, at.bench, at.throttle, at.lane, partial(verify, self.code.reveal()))
        if judged.token is None:
            again = self._again(at.session, judged, draft.context.now)
            return _refuse(draft, at, judged) if again is None else Commit(None, again)
        until = put_fresh(draft, at.session, CODE, self.purpose, counter=judged.counter)
        at.log(draft, judged.throttle, "stepped-up")
        outcome = SourceOutcome(result="succeeded", subject=at.account.subject)
        return draft.commit(SteppedUp(purpose=self.purpose, until=until), source=outcome)

    def _again(self, session: Session, judged: JudgedCode, now: datetime) -> SteppedUp | None:
        """Return what was answered to this code before, where that was in this session and for this purpose."""
        if judged.result != REPLAYED:
            return None
        mine = (CODE, self.purpose, judged.counter)
        ends = (one.until for one in session.fresh if (one.factor, one.purpose, one.counter) == mine)
        return next((SteppedUp(purpose=self.purpose, until=until) for until in ends if now < until), None)


@attrs.frozen(kw_only=True)
class ResyncInSession(ProvingCommand[Resynchronized | Refused | Busy]):
    """Make a token and the bank agree again, by two codes in a row; the pair proves nothing, and counts as one guess.

    Attributes:
        session: The session's handle.
        first: What the token showed.
        second: What it showed next.
        client: The caller.

    Refusals: as for :class:`StepUp`.

    Source: RFC 4226 7.4; RFC 6238 6.
    """

    first: Secret = attrs.field(converter=as_secret)
    second: Secret = attrs.field(converter=as_secret)

    replies: ClassVar[tuple[type, ...]] = (Resynchronized, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[Resynchronized | Refused | Busy]:
        """Judge the pair, and put the token where it stands now."""
        at = _at_token(draft, self.session, self.client, {"first": self.first, "second": self.second})
        if isinstance(at, Commit):
            return at
        judge = partial(resync, self.first.reveal(), self.second.reveal())
        judged = judge_code(draft, at.bench, at.throttle, at.lane, judge, proves=False)
        if judged.token is None:
            return _refuse(draft, at, judged)
        at.log(draft, judged.throttle, "resynchronized")
        return draft.commit(Resynchronized())


@attrs.frozen(kw_only=True)
class _AtToken:
    """A session whose account has a token that may be judged."""

    session: Session
    account: Account
    throttle: Throttle
    bench: Bench
    known: bool
    client: Client

    @property
    def lane(self) -> LaneName:
        """In which lane the person's throttle counts."""
        return "known" if self.known else "others"

    def log(self, draft: Draft, throttle: Throttle, result: str) -> None:
        """Put the person's throttle, with a row in the history."""
        draft.put(log_login(draft, throttle, result, client=self.client, factor=CODE, known=self.known))


def _at_token(draft: Draft, handle: Secret, client: Client, codes: Mapping[str, Secret]) -> _AtToken | Commit[Any]:
    """Return what is judged in a session, or the commit that says why nothing is."""
    session = live_session(draft, handle, client)
    if session is None:
        return draft.commit(Refused(code="not-logged-in"))
    context = draft.context
    token = token_keys(context, session.company, session.token) if session.token else ()
    draft.load([Account.at(session.subject), Throttle.at(session.subject, session.entrance), *token])
    account = draft.get(Account.at(session.subject))
    if account is None or not account.usable:
        return draft.commit(Refused(code="not-logged-in"))
    if account.token is None:
        until = context.profile.tokens.waits_until(account.token_history, context.now)
        return draft.commit(Refused(code="no-token", until=until))
    throttle = load_throttle(draft, session.subject, session.entrance)
    known = account.knows(session.browser)
    bench = bound_bench(draft, account, account.token, known=known)
    violations = bench.violations(codes)
    if violations:
        refused = Refused(code="malformed", violations=violations)
        return draft.commit(refused, source=SourceOutcome(result="malformed"))
    at = _AtToken(session=session, account=account, throttle=throttle, bench=bench, known=known, client=client)
    lock = stopped(bench, throttle, at.lane, context)
    if lock is not None:
        return draft.commit(refused_unjudged(draft, throttle, lock, client, known=known), rests_on=())
    return at


def _refuse(draft: Draft, at: _AtToken, judged: JudgedCode) -> Commit[Any]:
    """Refuse a code that was judged; a lock that came of it is told to the person."""
    at.log(draft, judged.throttle, judged.result)
    if judged.events:
        notify(draft, "lock", account=at.account, details={"factor": CODE, "address": at.client.address})
    outcome = SourceOutcome(result="failed", subject=at.account.subject) if judged.failed else None
    return draft.commit(judged.refusal or Refused(code="wrong-code"), source=outcome)
