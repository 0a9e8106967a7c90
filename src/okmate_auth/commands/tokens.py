"""What an authority may do about a person's token: revoke, reinitialize, suspend, release; four different things.

Rule 1. Revoking (失効) is for a token that is lost, broken or replaced: it is never anybody's again (A75), and the next
        enrollment waits. Reinitializing (初期化) is for an enrollment that went wrong: the token may be enrolled again,
        at once. Releasing (停止解除) takes locks and a suspension away and binds nothing.
Rule 2. Of a shared token only the person is detached who is meant.
Rule 3. No counter moves back, and no failure is forgotten, by any of them but a release (A07).
Rule 4. Nobody does this to himself, except suspending; nobody releases a token that he shares.
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from okmate_auth import fields
from okmate_auth.commands.administration import OnAccount
from okmate_auth.commands.authority import Actor
from okmate_auth.commands.codes import serial_throttle, token_keys
from okmate_auth.commands.guesses import load_throttle
from okmate_auth.commands.journal import notify
from okmate_auth.commands.targets import bound_token, detach_token, end_everything
from okmate_auth.decision import Draft
from okmate_auth.factors import CODE
from okmate_auth.policies import lockout
from okmate_auth.records import Account, HardToken, Suspension, Throttle, TokenHistory
from okmate_auth.records.token import TokenState
from okmate_auth.replies import Busy, Done, Refused
from okmate_auth.tokens import canonical_serial, serial_violations


def _unbind(
    draft: Draft, account: Account, *, last: TokenState, history: TokenHistory, **details: str
) -> Done | Refused | Busy:
    """Put an account without its token and with nothing under way, the token without its holder, and a notice.

    Args:
        draft: Where they are put.
        account: Whose token it is.
        last: What the token becomes where nobody else holds it.
        history: What the account remembers of its tokens from now on.
        details: What the notice says besides the serial number.
    """
    binding = account.token
    if binding is None:
        return Refused(code="no-token")
    detach_token(draft, account, last=last)
    draft.put(attrs.evolve(end_everything(draft, account), tokens=(), token_history=history))
    notify(draft, "revocation", account=account, details={"serial": binding.serial, **details})
    return Done(login_id=account.login_id)


@attrs.frozen(kw_only=True)
class RevokeToken(OnAccount[Done | Refused | Busy]):
    """Detach a person's token for good; his sessions and logins end, and the next enrollment waits.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, ``not-oneself``, ``no-token``.

    Source: what banks with this procedure call トークン失効; ASVS 5.0 6.5.6; NIST SP 800-63B-4 4.5.
    """

    operation: ClassVar[str] = "revoke-token"

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the account without its token, and the token without its holder."""
        del actor
        history = attrs.evolve(account.token_history, revoked_at=draft.context.now)
        return _unbind(draft, account, last="revoked", history=history)


@attrs.frozen(kw_only=True)
class ReinitializeToken(OnAccount[Done | Refused | Busy]):
    """Undo a person's enrollment; the same token, or another one, may be enrolled at the next login.

    Refusals: as for :class:`RevokeToken`.

    Source: what banks with this procedure call トークン初期化.
    """

    operation: ClassVar[str] = "reinitialize-token"

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the account without its token, and the token for whoever enrolls it next."""
        del actor
        return _unbind(draft, account, last="dispatched", history=account.token_history, reason="reinitialized")


@attrs.frozen(kw_only=True)
class SuspendToken(OnAccount[Done | Refused | Busy]):
    """Stop a person's token, for everybody who shares it, until somebody releases it; it stays bound.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, ``no-token``.
    """

    operation: ClassVar[str] = "suspend-token"
    on_oneself: ClassVar[bool] = True

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the token with its suspension."""
        token = bound_token(draft, account)
        if token is None:
            return Refused(code="no-token")
        if token.suspended is None or not token.suspended.by_desk:  # the desk's stop stays the desk's
            stop = Suspension(at=draft.context.now, actor=actor.name, by_desk=actor.company is None)
            draft.put(attrs.evolve(token, suspended=stop))
        return Done(login_id=account.login_id)


@attrs.frozen(kw_only=True)
class ReleaseToken(OnAccount[Done | Refused | Busy]):
    """Take the suspension and the locks of a person's token away, and the locks of his codes.

    What the bank's desk suspended, the desk alone releases.

    Attributes:
        serial: Another serial number whose lock at the company is taken away as well, as somebody typed it at
            enrollment; '' for none.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, ``not-oneself`` (also for a token that one shares),
    ``not-allowed`` for a suspension by the desk, ``malformed``.
    """

    serial: str = attrs.field(converter=fields.serial, default="")

    operation: ClassVar[str] = "release-token"

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put token, throttles and a notice."""
        violations = serial_violations(self.serial) if self.serial else ()
        if violations:
            return Refused(code="malformed", violations=violations)
        bound = [binding.serial for binding in account.tokens]
        serials = [*bound, *([canonical_serial(self.serial)] if self.serial else [])]
        context = draft.context
        keys = [key for serial in serials for key in token_keys(context, account.company, serial)]
        draft.load([*keys, Throttle.at(account.subject, account.method)])
        for serial in serials:
            token = self._token(draft, account, serial)
            if token is None or token.serial != serial:
                continue
            if actor.subject and actor.subject in token.holders:
                return Refused(code="not-oneself")
            if serial not in bound or token.suspended is None:
                continue
            if token.suspended.by_desk and actor.company is not None:
                return Refused(code="not-allowed")
            draft.put(attrs.evolve(token, suspended=None))
        for serial in dict.fromkeys(serials):
            draft.put(lockout.release(serial_throttle(draft, account.company, serial), context.now))
        throttle = load_throttle(draft, account.subject, account.method)
        draft.put(lockout.forgive(throttle, CODE))
        notify(draft, "release", account=account, details={"factor": CODE})
        return Done(login_id=account.login_id)

    def _token(self, draft: Draft, account: Account, serial: str) -> HardToken | None:
        """Return the company's token under a number that may be none; the number's throttle is put in any case."""
        stands, throttle = token_keys(draft.context, account.company, serial)
        token: HardToken | None = draft.get(stands, absence_by=throttle)
        return None if token is None or token.company != account.company else token

    def details(self, account: Account) -> dict[str, str]:
        """Return which other number was meant."""
        del account
        return {"serial": canonical_serial(self.serial)} if self.serial else {}
