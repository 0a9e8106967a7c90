"""Checking a session: on every request of whoever is logged in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs

from okmate_auth import handles
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.verdict import VerifiedCertificate
from okmate_auth.client import Client, as_client
from okmate_auth.decision import Context
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD
from okmate_auth.policies.sessions import session_is_live, session_is_over
from okmate_auth.policies.tokens import closed
from okmate_auth.ports import AnyKey, ChangeSet, Loaded
from okmate_auth.queries.query import Found, Need, Query
from okmate_auth.records import Freshness, Key, Repeat
from okmate_auth.records import Session as Record
from okmate_auth.secret import Secret, as_secret

TOUCHES: Final = 10
"""How often in an idle limit the time of the last use is written at most."""


@attrs.frozen(kw_only=True)
class Session:
    """A live session, as a bank's views see it.

    Attributes:
        subject: Stable id of the account at this bank, for the bank's own records.
        login_id: Whose.
        company: The company's id.
        role: ``master``, ``administrator`` or ``user``.
        entrance: ``password`` or ``certificate``.
        factors: What the login proved.
        enrollment_skipped: Whether token enrollment was put off.
        entitlements: Names of services that may be used now: those that need a token only with one, or while the grace
            runs.
        guarded: Names of services that are closed, or will be at :attr:`grace_until`, because no token was enrolled.
        grace_until: Until when those may be used without one, exclusive; None: they are closed.
        started_at: When the login reached its end.
        ends_at: Absolute end, exclusive.
        idle_ends_at: When it ends unless it is used again, exclusive.
        fresh: What was proven again, for which purposes, and is still good.
    """

    subject: str
    login_id: str
    company: str
    role: str
    entrance: str
    factors: tuple[str, ...]
    enrollment_skipped: bool
    entitlements: tuple[str, ...]
    guarded: tuple[str, ...]
    grace_until: datetime | None
    started_at: datetime
    ends_at: datetime
    idle_ends_at: datetime
    fresh: tuple[Freshness, ...]

    def confirmed(self, purpose: str) -> bool:
        """Say whether the confirmation password was proven for a purpose and is still good for it."""
        return self._fresh(CONFIRMATION_PASSWORD, purpose)

    def stepped_up(self, purpose: str) -> bool:
        """Say whether a token's code was proven for a purpose and is still good for it."""
        return self._fresh(CODE, purpose)

    def _fresh(self, factor: str, purpose: str) -> bool:
        return any((one.factor, one.purpose) == (factor, purpose) for one in self.fresh)


@attrs.frozen(kw_only=True)
class Seen:
    """A session check's answer, and what it wants written.

    Attributes:
        session: None where it has ended; what was seen ended is deleted, so that no clock brings it back.
        write: Its last use; None where it was written lately.
        first: Whether this is the first use, which must be committed; any later write may be lost.
    """

    session: Session | None
    write: ChangeSet | None
    first: bool


@attrs.frozen
class CheckSession(Query[Seen | None]):
    """Find the live session of a handle and a browser; used by ``Authenticator.session``.

    Attributes:
        handle: From the cookie; anything that is no handle finds nothing.
        client: The caller; the session is another browser's secret. Where it was begun with a certificate, TLS must
            have proved the same one now, and it must be good still: revoked after login is revoked (A59).

    Source: ASVS 5.0 7.3.1, 7.3.2 (exclusive at the limits); NIST SP 800-63B-4 5.2 (use resets idleness only).
    """

    handle: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)

    def need(self, context: Context) -> Need:
        """Return the session's key."""
        key = self._key(context)
        return Need() if key is None else Need((key,))

    def then(self, found: Found, context: Context) -> Need | None:
        """Return the key of the reply that carried the handle, which the first use deletes, and the proof to judge."""
        record = self.mine(found, context)
        if record is None:
            return None
        keys, chains = (Repeat.at(record.repeat),) if record.repeat else (), self.proof(record)
        return Need(keys, chains=chains) if keys or chains else None

    def mine(self, found: Found, context: Context) -> Record | None:
        """Return the session as stored, if it is the caller's by browser and certificate; its proof is judged later."""
        key = self._key(context)
        record = None if key is None else found.get(key, Record)
        return record if record is not None and self.client.holds(record.browser, record.certificate) else None

    def proof(self, mine: Record) -> tuple[CertificateChain, ...]:
        """Return the certificate to be judged, if the session has one.

        Args:
            mine: What :meth:`mine` returned: whoever has no session can't have certificates verified by guessing at
                handles.
        """
        chain = self.client.chain if mine.certificate else None
        return () if chain is None else (chain,)

    def look(self, found: Found, context: Context) -> Session | None:
        """Return the session as it stands, for queries that only look: no use of it, and nothing prolongs it."""
        record, now, policy = self.mine(found, context), context.now, context.profile.session
        if record is None or not self._is_proven(record, found) or not session_is_live(record, policy, now):
            return None
        return _view(record, now, policy.idle)

    def answer(self, found: Found, context: Context) -> Seen | None:
        """Return the session where it is live and this browser's."""
        record = self.mine(found, context)
        if record is None or not self._is_proven(record, found):
            return None
        key, loaded = record.key, found.records[record.key]
        now, policy = context.now, context.profile.session
        if session_is_over(record, policy, now):
            gone = ChangeSet(id=context.random("touch", 16).hex(), at=now, guards={key: loaded.version}, deletes=(key,))
            return Seen(session=None, write=gone, first=False)
        if not session_is_live(record, policy, now):
            return None
        if record.used_at is not None and abs(now - record.used_at) < policy.idle / TOUCHES:
            return Seen(session=_view(record, now, policy.idle), write=None, first=False)
        used = attrs.evolve(record, used_at=now, repeat="")
        write = _write(context, used, loaded.version, found.records.get(Repeat.at(record.repeat)))
        return Seen(session=_view(used, now, policy.idle), write=write, first=record.used_at is None)

    def _is_proven(self, mine: Record, found: Found) -> bool:
        """Say whether the session's certificate, where it has one, is good now; what was not judged is not."""
        return all(isinstance(found.verdicts.get(one), VerifiedCertificate) for one in self.proof(mine))

    def _key(self, context: Context) -> Key[Record] | None:
        """Return the session's key; None for what can't be a handle, or a caller."""
        return context.once(_key, self.handle, self.client, context.bank)


def _key(handle: Secret, client: Client, bank: str) -> Key[Record] | None:
    fit = handles.is_handle(handle.reveal()) and not client.violations()
    return Record.at(handles.stored("session", handle, bank=bank)) if fit else None


def _write(context: Context, used: Record, version: str, kept: Loaded | None) -> ChangeSet:
    """Return the change set that notes a use; it guards the session, so that it never brings one back (A95)."""
    guards: dict[AnyKey, str | None] = {used.key: version}
    deletes: tuple[AnyKey, ...] = ()
    if kept is not None:
        deletes = (kept.record.key,)
        guards[kept.record.key] = kept.version
    return ChangeSet(id=context.random("touch", 16).hex(), at=context.now, guards=guards, puts=(used,), deletes=deletes)


def _view(record: Record, now: datetime, idle: timedelta) -> Session:
    shut = closed(record.guarded, record.guarded_until, now)
    return Session(
        subject=record.subject,
        login_id=record.login_id,
        company=record.company,
        role=record.role,
        entrance=record.entrance,
        factors=record.factors,
        enrollment_skipped=record.enrollment_skipped,
        entitlements=tuple([name for name in record.entitlements if name not in shut]),
        guarded=tuple([name for name in record.guarded if name in record.entitlements]),
        grace_until=None if shut or not record.guarded else record.guarded_until,
        started_at=record.started_at,
        ends_at=record.ends_at,
        idle_ends_at=min(record.ends_at, (record.used_at or record.started_at) + idle),
        fresh=tuple([fresh for fresh in record.fresh if now < fresh.until]),
    )
