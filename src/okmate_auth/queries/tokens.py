"""Why there is no registration screen, why a code is refused; and which seeds are to be sealed anew. For the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import attrs

from okmate_auth import fields
from okmate_auth.decision import Context
from okmate_auth.factors import CODE
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Locked
from okmate_auth.policies.tokens import guarded
from okmate_auth.ports import AnyKey
from okmate_auth.queries.query import DueList, Found, Need, Query, Slice, check_limit
from okmate_auth.records import CODEC, Account, Counters, HardToken, LoginRecord, Throttle, TokenThrottle
from okmate_auth.records.history import login_chain
from okmate_auth.text import canonical_login_id
from okmate_auth.tokens import serial_skeleton

ROWS: Final = 20  # of the login history, in which the last code is looked for
MOST: Final = 50
_REFUSED: Final = frozenset({"token-unusable", "token-missing"})


@attrs.frozen(kw_only=True)
class Why:
    """A reason, and its time.

    Attributes:
        reason: Stable name, see :class:`TokenReport`.
        at: When it came about, where that is known.
        until: When it ends by itself; None: not by itself, or nothing is to end.
    """

    reason: str
    at: datetime | None = None
    until: datetime | None = None


@attrs.frozen(kw_only=True)
class TokenReport:
    """What the desk tells somebody who asks about his token.

    Attributes:
        serial: Serial number of the token that is bound, as printed; None where none is.
        registration: Whether the registration screen comes at his next login, and why not: ``comes``,
            ``comes-unskippable``, ``registered``, ``waiting`` (a token was revoked; ``until``), ``not-entitled`` (no
            service of his needs a token).
        code: Whether a code is judged, and what became of the last one: ``no-token``, ``token-suspended``,
            ``token-locked`` and ``codes-locked`` (``until``, where it ends by itself; the token's own lock and the
            person's), else what the last one was: ``accepted``, ``drifted-code`` (looks like drift, or was late: have
            him enter two in a row), ``replayed-code``, ``wrong-code``, ``none-yet``, or ``token-unusable``
            (the seed's key is not held, or somebody changed the seed). ``token-missing``: the store lacks the token.
            Where none is bound, why the last enrollment was refused: one of those, or what the token was to him:
            ``unknown-token``, ``foreign-token``, ``taken-token``, ``revoked-token`` and the like.
    """

    serial: str | None
    registration: Why
    code: Why


@attrs.frozen(kw_only=True)
class ExplainToken(Query["TokenReport | None"]):
    """Explain what happens to somebody's token and codes; None where nobody has the login ID.

    For the bank's desk, or an administrator whom the bank's own system checked: it tells what a login never does.

    Attributes:
        login_id: Whose.
    """

    login_id: str = attrs.field(converter=fields.login_id)

    def need(self, context: Context) -> Need:
        """Return the account's key."""
        return Need((Account.at(self._subject(context)),)) if self._well_formed(context) else Need()

    def then(self, found: Found, context: Context) -> Need | None:
        """Return throttle, token and the end of the login history."""
        account = self._account(found, context)
        if account is None or found.rows:
            return None
        keys: list[AnyKey] = [Throttle.at(account.subject, account.method)]
        if account.token is not None:
            serial = account.token.serial
            keys.append(HardToken.at(account.bank, serial_skeleton(serial)))
            keys.append(TokenThrottle.at(context.keys.serial(context.bank, account.company, serial)))
        return Need(tuple(keys), (Slice(login_chain(account.subject, account.method), ROWS),))

    def answer(self, found: Found, context: Context) -> TokenReport | None:
        """Return the report."""
        account = self._account(found, context)
        if account is None:
            return None
        token = None
        if account.token is not None:
            token = found.get(HardToken.at(account.bank, serial_skeleton(account.token.serial)), HardToken)
        return TokenReport(
            serial=None if token is None else token.printed,
            registration=_registration(account, context),
            code=_code(found, account, token, context),
        )

    def _account(self, found: Found, context: Context) -> Account | None:
        return found.get(Account.at(self._subject(context)), Account) if self._well_formed(context) else None

    def _well_formed(self, context: Context) -> bool:
        return context.profile.login_id.well_formed(self.login_id)

    def _subject(self, context: Context) -> str:
        return context.keys.subject(context.bank, canonical_login_id(self.login_id))


def _registration(account: Account, context: Context) -> Why:
    profile = context.profile
    if account.token is not None:
        return Why(reason="registered", at=account.token.enrolled_at)
    always = profile.code_at_login[account.method] == "always"
    if not always and not guarded(account.entitlements, profile.token_services):
        return Why(reason="not-entitled")
    until = profile.tokens.waits_until(account.token_history, context.now)
    if until is not None:
        return Why(reason="waiting", at=account.token_history.revoked_at, until=until)
    return Why(reason="comes-unskippable" if always else "comes")


def _code(found: Found, account: Account, token: HardToken | None, context: Context) -> Why:
    if token is None and account.token is not None:
        return Why(reason="token-missing")
    if token is not None and token.suspended is not None:
        return Why(reason="token-suspended", at=token.suspended.at)
    its = next((one.record for one in found.records.values() if isinstance(one.record, TokenThrottle)), None)
    mine = found.get(Throttle.at(account.subject, account.method), Throttle)
    for reason, throttle in (("token-locked", its), ("codes-locked", mine)):
        lock = None if throttle is None else _lock(throttle, context)
        if lock is not None:
            return Why(reason=reason, at=lock.mark if lock.until is None else None, until=lock.until)
    rows = [CODEC.loads(LoginRecord, row.body) for rows in found.rows.values() for row in rows]
    last = next((_last(row) for row in rows if row.factor == CODE), Why(reason="none-yet"))
    return last if token is not None or last.reason.endswith(("-code", "-token")) else Why(reason="no-token")


def _lock(throttle: Counters, context: Context) -> Locked | None:
    """Return the lock that stands longest, of either lane."""
    rules = context.profile.lockout_of(CODE)
    settled = lockout.settled(throttle, context.profile.lockout_of, context.now)
    states = [lockout.standing(settled, CODE, lane, rules, context.now) for lane in lockout.LANES]
    return max((state for state in states if isinstance(state, Locked)), key=lockout.end_of, default=None)


def _last(row: LoginRecord) -> Why:
    refused = row.result in _REFUSED or row.result.endswith(("-code", "-token"))
    return Why(reason=row.result if refused else "accepted", at=row.at)


@attrs.frozen(kw_only=True)
class SealedSeed:
    """A token by how its seed is sealed.

    Attributes:
        bank: Whose it is, of the banks of the deployment.
        serial: Serial number as printed.
        key_id: Id of the key.
        sealed_at: When.
    """

    bank: str
    serial: str
    key_id: str
    sealed_at: datetime


@attrs.frozen(kw_only=True)
class SealedTokens(Query[tuple[SealedSeed, ...]]):
    """List the tokens of the whole deployment whose seeds were sealed at an instant or before, oldest first.

    After a rotation: list up to the instant of the rotation, give the serial numbers to ``ResealTokens`` at their bank,
    list again, until none is left.

    Attributes:
        until: The instant, aware.
        limit: Tokens, 1 to 50.

    Raises:
        MisuseError: ``until`` is naive, or ``limit`` is another one.
    """

    until: datetime = attrs.field(converter=fields.instant)
    limit: int = MOST

    def __attrs_post_init__(self) -> None:
        """Refuse an unbounded list."""
        check_limit(self.limit, MOST)

    def need(self, context: Context) -> Need:
        """Return the list."""
        del context
        return Need(due=(DueList(HardToken.kind, self.until, self.limit),))

    def answer(self, found: Found, context: Context) -> tuple[SealedSeed, ...]:
        """Return them."""
        del context
        return tuple(
            SealedSeed(bank=token.bank, serial=token.printed, key_id=token.seed_key, sealed_at=token.sealed_at)
            for token in found.listed(HardToken)
        )
