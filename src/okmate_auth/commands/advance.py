"""Going on: to the step that is due, or, where nothing is, to the session.

Rule 1. ``Authenticated`` is minted here and nowhere else, and only when nothing is due.
Rule 2. Double login is decided here, against the sessions as they are in this very commit.
Rule 3. A flow's handle is new at every step, a session's was never a flow's (ASVS 5.0 7.2.4, A93).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from okmate_auth import flow as machine
from okmate_auth import handles
from okmate_auth.commands.bindings import superseded_sessions, use_certificate
from okmate_auth.commands.journal import log_login, notify
from okmate_auth.factors import CERTIFICATE, CODE, LOGIN_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.sessions import SLACK, session_ends_at, session_is_live
from okmate_auth.policies.tokens import guarded
from okmate_auth.ports import AnyKey
from okmate_auth.records import (
    Account,
    Flow,
    FlowRef,
    KnownBrowser,
    LoginRef,
    Note,
    Repeat,
    Session,
    SessionRef,
    Throttle,
)
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Authenticated, Busy, Refused, Step
from okmate_auth.secret import Secret

if TYPE_CHECKING:
    from okmate_auth.client import Client
    from okmate_auth.decision import Draft


def note_keys(draft: Draft, subject: str) -> list[AnyKey]:
    """Return where the notes of the bank's actions about an account stand."""
    context = draft.context
    return [Note.at(subject, name) for name in context.profile.order if name in context.actions]


def situation(draft: Draft, account: Account, throttle: Throttle, flow: Flow) -> machine.Situation:
    """Return everything that decides which step is due."""
    context = draft.context
    draft.load(note_keys(draft, account.subject))
    names = [name for name in context.profile.order if name in context.actions]
    now = lockout.later(context.now, throttle)
    lane: LaneName = "known" if flow.known else "others"
    locked = {
        counter.factor
        for counter in throttle.counters
        if isinstance(
            lockout.standing(throttle, counter.factor, lane, context.profile.lockout_of(counter.factor), now),
            lockout.Locked,
        )
    }
    return machine.Situation(
        account=account,
        flow=flow,
        profile=context.profile,
        actions=context.actions,
        notes={name: draft.get(Note.at(account.subject, name), absence_by=account.key) for name in names},
        locked=frozenset(locked),
        now=context.now,
    )


def advance(
    draft: Draft,
    *,
    account: Account,
    throttle: Throttle,
    flow: Flow,
    client: Client,
    spent: str,
    factor: str = "",
    attempts: int = 1,
) -> Step | Authenticated | Refused | Busy:
    """Put what follows from the ledger: the next step of the flow, or the session.

    Args:
        draft: Everything is put here: account, throttle, flow or session, history.
        account: As this commit leaves it, without this flow's old handle among its flows.
        throttle: As this commit leaves it.
        flow: With the ledger as this commit leaves it.
        client: The caller.
        spent: Hash of the handle or attempt that this commit spends, under which the reply is kept.
        factor: Which factor was judged in this commit, for the history.
        attempts: How many attempts a row about the step stands for; 0: there is none.
    """
    context = draft.context
    now = context.now
    if throttle.counter(LOGIN_PASSWORD).locked_at is not None:  # by others' guesses, since this one took its place
        draft.put(account)
        draft.put(log_login(draft, throttle, "locked", client=client, factor=factor, flow=flow.id, known=flow.known))
        return Refused(code="locked")
    handle = Secret(handles.mint(context.random("handle/flow")))
    stored = handles.stored("flow", handle, bank=context.bank)
    until = min(now + context.profile.flow.step_lasts, flow.ends_at)
    step = machine.next_step(situation(draft, account, throttle, flow), handle, until)
    if isinstance(step, machine.TokenWait):
        draft.put(account)
        draft.put(
            log_login(draft, throttle, "token-wait", client=client, factor=factor, flow=flow.id, known=flow.known)
        )
        return Refused(code="token-wait", until=step.until)
    if step is None:
        return _mint(draft, account=account, throttle=throttle, flow=flow, client=client, spent=spent, factor=factor)
    account, has_room = _make_room(draft, account, flow, now)
    if not has_room:
        draft.put(account)
        draft.put(
            log_login(
                draft, throttle, "too-many-flows", client=client, factor=factor, known=flow.known, attempts=attempts
            )
        )
        return Busy(retry_after=min(ref.ends_at for ref in account.flows) - now)
    ref = FlowRef(id=stored, proven=len(flow.ledger.proven), known=flow.known, ends_at=flow.ends_at, waits=_waits(flow))
    token = "" if account.token is None else account.token.serial
    draft.put(attrs.evolve(flow, handle=stored, step_ends_at=until, repeat=spent, company=account.company, token=token))
    draft.put(attrs.evolve(account, flows=(*account.flows, ref)))
    draft.put(
        log_login(
            draft,
            throttle,
            "step",
            client=client,
            factor=factor,
            step=type(step).__name__,
            flow=flow.id,
            known=flow.known,
            attempts=attempts,
        )
    )
    return step


def _waits(flow: Flow) -> str:
    """Return whose flow it is that waits for its first secret: its browser; '' where one was proven."""
    return "" if machine.proves(flow.ledger, LOGIN_PASSWORD) else flow.browser


def _make_room(draft: Draft, account: Account, flow: Flow, now: datetime) -> tuple[Account, bool]:
    """Return the account with room for one more flow, and whether there is; the one with the fewest factors goes.

    A flow of a known browser never makes room for one of an unknown browser, or a thief of a password could keep the
    owner out. A browser that presents its certificate again replaces its own flow that waits for the password: however
    often a page is loaded anew, that puts out nobody else's, and nobody is told to wait because of it.
    """
    farthest = now + draft.context.profile.flow.whole_lasts + SLACK
    again = _waits(flow)
    live = [ref for ref in account.flows if now < ref.ends_at <= farthest and not (again and again == ref.waits)]
    has_room = bool(flow.handle) or len(live) < draft.context.profile.flow.at_once  # one that goes on has its place
    if not has_room:
        candidates = [ref for ref in live if flow.known or not ref.known]
        if candidates:
            live.remove(min(candidates, key=lambda ref: (ref.known, ref.proven, ref.ends_at)))
            has_room = True
    gone = [ref for ref in account.flows if ref not in live]
    draft.load([Flow.at(ref.id) for ref in gone])
    waited = [draft.get(Flow.at(ref.id), absence_by=account.key) for ref in gone if ref.waits]
    replies = [Repeat.at(old.repeat) for old in waited if old is not None]  # they lead to handles that are gone
    draft.load(replies)
    for ref in gone:
        draft.delete(Flow.at(ref.id))
    for reply in replies:
        draft.delete(reply)
    return attrs.evolve(account, flows=tuple(live)), has_room


def _mint(
    draft: Draft, *, account: Account, throttle: Throttle, flow: Flow, client: Client, spent: str, factor: str
) -> Authenticated | Refused:
    context, policy = draft.context, draft.context.profile.session
    now = context.now
    draft.load([Session.at(ref.id) for ref in account.sessions])
    live: list[Session] = []
    for ref in account.sessions:
        session = draft.get(Session.at(ref.id), absence_by=account.key)
        if session is not None and session_is_live(session, policy, now):
            live.append(session)
        else:
            draft.delete(Session.at(ref.id))
    account = attrs.evolve(account, sessions=tuple(SessionRef(id=old.handle, ends_at=old.ends_at) for old in live))
    blocked_until = _double_login(draft, live, flow, client)
    if blocked_until is not None:
        draft.put(account)
        draft.put(
            log_login(
                draft, throttle, "already-logged-in", client=client, factor=factor, flow=flow.id, known=flow.known
            )
        )
        return Refused(code="already-logged-in", until=blocked_until)
    account = use_certificate(draft, account, flow.certificate)
    taken_over = live if policy.double_login != "allow" else superseded_sessions(account, live)
    for session in taken_over:
        draft.delete(session.key)
    handle = Secret(handles.mint(context.random("handle/session")))
    session = Session(
        handle=handles.stored("session", handle, bank=context.bank),
        subject=account.subject,
        account=account.id,
        login_id=account.login_id,
        bank=account.bank,
        company=account.company,
        role=account.role,
        entrance=flow.entrance,
        browser=flow.browser,
        certificate=flow.certificate,
        factors=tuple(proof.factor for proof in flow.ledger.proven),
        enrollment_skipped=flow.ledger.enrollment_skipped,
        token="" if account.token is None else account.token.serial,
        entitlements=account.entitlements,
        guarded=() if account.token is not None else guarded(account.entitlements, context.profile.token_services),
        guarded_until=context.profile.tokens.grace_until(account.token_history, now),
        started_at=now,
        ends_at=now + policy.absolute,
        repeat=spent,
    )
    draft.put(session)
    draft.put(_logged_in(draft, account, session, taken_over, throttle.failed))
    throttle = attrs.evolve(throttle, failed=0)  # the top page counts from here on
    result = "authenticated-by-takeover" if taken_over else "authenticated"
    draft.put(log_login(draft, throttle, result, client=client, factor=factor, flow=flow.id, known=flow.known))
    notify(draft, "takeover" if taken_over else "login", account=account, details={"address": client.address})
    return Authenticated(
        session=handle,
        login_id=account.login_id,
        entrance=flow.entrance,
        factors=session.factors,
        enrollment_skipped=session.enrollment_skipped,
        took_over=bool(taken_over),
        until=session.ends_at,
    )


def _double_login(draft: Draft, live: list[Session], flow: Flow, client: Client) -> datetime | None:
    """Return None where the session may be minted, else when the sessions that forbid it end."""
    policy = draft.context.profile.session
    ends = [session_ends_at(session, policy) for session in live]
    if policy.double_login == "allow":
        return min(ends) if len(live) >= policy.at_once else None
    if policy.double_login == "refuse-outright":
        return max(ends, default=None)
    if machine.proves(flow.ledger, CERTIFICATE) or machine.proves(flow.ledger, CODE):
        return None
    browser = client.browser_hash
    return max(
        (
            end
            for session, end in zip(live, ends, strict=True)
            if session.used_at is not None and session.browser != browser
        ),
        default=None,
    )


def _logged_in(draft: Draft, account: Account, session: Session, ended: list[Session], failed: int) -> Account:
    """Return the account after a login that reached its end, before which so many guesses failed."""
    profile, now = draft.context.profile, draft.context.now
    gone = {old.handle for old in ended}
    live = (
        *(ref for ref in account.sessions if ref.id not in gone),
        SessionRef(id=session.handle, ends_at=session.ends_at),
    )
    others = [known for known in account.known_browsers if known.browser != session.browser]
    browsers = (KnownBrowser(browser=session.browser, used_at=now), *others)[: profile.flow.known_browsers]
    login = LoginRef(at=now, entrance=session.entrance, took_over=bool(ended), failures_before=failed)
    logins = (login, *account.logins)[: profile.shown_logins + 1]
    return attrs.evolve(account, sessions=live, known_browsers=browsers, logins=logins)
