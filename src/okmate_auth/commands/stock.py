"""Hard tokens before anybody has them: into stock, out to a company, out of use, sealed anew; the desk's alone.

Rule 1. A delivery comes in whole or not at all, with every defect of every line told (A81).
Rule 2. Nothing is ever written over a serial number that exists, nor over one that looks like it (A76).
Rule 3. A seed is in the clear only while one of these commands is decided; it is stored sealed and shown nowhere (A82).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

import attrs

from okmate_auth import fields
from okmate_auth.commands.authority import ByDesk, by_desk
from okmate_auth.commands.codes import serial_throttle, token_keys
from okmate_auth.commands.journal import log_operation
from okmate_auth.commands.seeds import opened_seed, sealed
from okmate_auth.decision import Command, Commit, Context, Draft
from okmate_auth.ports import AnyKey
from okmate_auth.records import Company, HardToken
from okmate_auth.replies import Busy, Refused, SeedsResealed, TokenChanged, TokensDispatched, TokensStocked
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import is_id
from okmate_auth.tokens import (
    Defect,
    TokenEntry,
    canonical_serial,
    read_oath_csv,
    serial_skeleton,
    serial_violations,
)
from okmate_auth.violations import Violation

MOST_STOCKED: Final = 200  # in one file: a commit is bounded
MOST_DISPATCHED: Final = 100  # in one command: each is two records
MOST_RESEALED: Final = 50


@attrs.frozen(kw_only=True)
class StockTokens(Command[TokensStocked | Refused | Busy]):
    """Take a delivery of tokens into stock.

    Attributes:
        file: The text of an OATH CSV, 200 tokens at most: serial number, seed (hexadecimal), ``hotp`` or ``totp``,
            digits (6 to 8), time step in seconds or counter, and as a sixth column the algorithm where it is not SHA1.
        authority: The desk.
        ends_at: End of their life as printed on them, aware; None where they have none.
        legacy_seeds: Whether seeds of 80 to 111 bits are taken, too; the deployment states that as a deviation.

    Refusals: ``delivery-defects``, with a violation for each line that can't be taken; nothing is then.

    Raises:
        MisuseError: ``ends_at`` is naive, or a field has another type.

    Source: RFC 4226 R6, NIST SP 800-63B-4 3.1.4.1 (seeds of 112 bits); ASVS 5.0 6.5.3, 13.3.1.
    """

    file: Secret = attrs.field(converter=as_secret)
    authority: ByDesk = attrs.field(converter=by_desk)
    ends_at: datetime | None = attrs.field(converter=fields.optional_instant, default=None)
    legacy_seeds: bool = attrs.field(converter=fields.flag, default=False)

    replies: ClassVar[tuple[type, ...]] = (TokensStocked, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[TokensStocked | Refused | Busy]:
        """Read the file, and create a token for every line of it."""
        context = draft.context
        entries, defects, lines = read_oath_csv(
            self.file.reveal(),
            most=MOST_STOCKED,
            legacy_seeds=self.legacy_seeds,
            longest_period_seconds=context.profile.tokens.longest_period_seconds,
        )
        keys = {HardToken.at(context.bank, skeleton): line for skeleton, line in lines.items()}
        draft.load(tuple(keys))
        defects += tuple(Defect(line, "exists", "serial") for key, line in keys.items() if draft.get(key) is not None)
        if defects:
            violations = tuple(_told(defect) for defect in sorted(defects, key=lambda defect: defect.line))
            return draft.commit(Refused(code="delivery-defects", violations=violations))
        for entry in entries:
            draft.put(self._token(context, entry))
        _log(draft, f"token-stock:{context.bank}", "stock-tokens", self.authority, {"count": str(len(entries))})
        return draft.commit(TokensStocked(serials=tuple(entry.serial for entry in entries)))

    def _token(self, context: Context, entry: TokenEntry) -> HardToken:
        serial, parameters = canonical_serial(entry.serial), entry.parameters
        token = HardToken(
            bank=context.bank,
            skeleton=serial_skeleton(serial),
            serial=serial,
            printed=entry.serial,
            state="stock",
            type=parameters.kind,
            algorithm=parameters.algorithm,
            digits=parameters.digits,
            period_seconds=parameters.period_seconds,
            seed=b"",
            seed_key="",
            sealed_at=context.now,
            stocked_at=context.now,
            ends_at=self.ends_at,
            next_counter=entry.next_counter,
        )
        return sealed(context, token, entry.seed)


@attrs.frozen(kw_only=True)
class DispatchTokens(Command[TokensDispatched | Refused | Busy]):
    """Send tokens from stock to a company, whose people may enroll them then.

    Attributes:
        company: The company's id.
        serials: Serial numbers, 1 to 100; all of them or none.
        shared: Whether several people may enroll each of them.
        authority: The desk.

    Refusals: ``malformed``, ``unknown-company``, ``not-in-stock`` (with a violation for each number that is not:
    unknown, dispatched already, revoked, retired).
    """

    company: str = attrs.field(converter=fields.company)
    serials: tuple[str, ...] = attrs.field(converter=fields.names)
    shared: bool = attrs.field(converter=fields.flag, default=False)
    authority: ByDesk = attrs.field(converter=by_desk)

    replies: ClassVar[tuple[type, ...]] = (TokensDispatched, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[TokensDispatched | Refused | Busy]:
        """Put every token as the company's, and its throttle there, which stands for it."""
        context = draft.context
        violations = _malformed(self.serials, MOST_DISPATCHED)
        if not is_id(self.company):
            violations = (Violation("malformed", "company"), *violations)
        if violations:
            return draft.commit(Refused(code="malformed", violations=violations))
        company = Company.at(context.bank, self.company)
        serials = dict.fromkeys(map(canonical_serial, self.serials))
        stands = {serial: HardToken.at(context.bank, serial_skeleton(serial)) for serial in serials}
        draft.load((company, *(key for serial in serials for key in token_keys(context, self.company, serial))))
        if draft.get(company) is None:
            return draft.commit(Refused(code="unknown-company"), rests_on=())
        tokens = {serial: draft.get(key) for serial, key in stands.items()}
        missing = tuple(
            Violation("not-in-stock", "serials", {"number": number})
            for number, (serial, token) in enumerate(tokens.items(), 1)
            if token is None or token.serial != serial or token.state != "stock"
        )
        if missing:
            return draft.commit(Refused(code="not-in-stock", violations=missing), rests_on=())
        sent = [token for token in tokens.values() if token is not None]
        for token in sent:
            draft.put(attrs.evolve(token, state="dispatched", company=self.company, shared=self.shared))
            draft.put(serial_throttle(draft, self.company, token.serial))
        _log(draft, company.id, "dispatch-tokens", self.authority, {"count": str(len(sent))})
        return draft.commit(TokensDispatched(company=self.company, serials=tuple(token.printed for token in sent)))


@attrs.frozen(kw_only=True)
class RetireToken(Command[TokenChanged | Refused | Busy]):
    """Take a token out of use for good; one that somebody holds is revoked first.

    Attributes:
        serial: The serial number.
        authority: The desk.

    Refusals: ``malformed``, ``unknown-token``, ``token-in-use``.
    """

    serial: str = attrs.field(converter=fields.serial)
    authority: ByDesk = attrs.field(converter=by_desk)

    replies: ClassVar[tuple[type, ...]] = (TokenChanged, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[TokenChanged | Refused | Busy]:
        """Put the token as retired."""
        violations = serial_violations(self.serial)
        if violations:
            return draft.commit(Refused(code="malformed", violations=violations))
        token = draft.get(_at(draft.context, self.serial))
        if token is None or token.serial != canonical_serial(self.serial):
            return draft.commit(Refused(code="unknown-token"), rests_on=())
        if token.holders:
            return draft.commit(Refused(code="token-in-use"), rests_on=())
        draft.put(attrs.evolve(token, state="retired"))
        _log(draft, f"token-stock:{token.bank}", "retire-token", self.authority, {"serial": token.printed})
        return draft.commit(TokenChanged(serial=token.printed))


@attrs.frozen(kw_only=True)
class ResealTokens(Command[SeedsResealed | Refused | Busy]):
    """Seal the seeds of tokens with the current key, while logins go on.

    Attributes:
        serials: Serial numbers, 1 to 50, as :class:`~okmate_auth.queries.SealedTokens` lists them.
        authority: The desk.

    Refusals: ``malformed``. A seed that does not open is left as it is and not counted: its key is not held, or
    somebody changed it.

    Source: ASVS 5.0 11.2.2, 13.3.4.
    """

    serials: tuple[str, ...] = attrs.field(converter=fields.names)
    authority: ByDesk = attrs.field(converter=by_desk)

    replies: ClassVar[tuple[type, ...]] = (SeedsResealed, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[SeedsResealed | Refused | Busy]:
        """Put every token with its seed sealed anew."""
        context = draft.context
        violations = _malformed(self.serials, MOST_RESEALED)
        if violations:
            return draft.commit(Refused(code="malformed", violations=violations))
        keys = tuple(dict.fromkeys(_at(context, serial) for serial in self.serials))
        draft.load(keys)
        resealed = 0
        for key in keys:
            token = draft.get(key)
            seed = None if token is None else opened_seed(context, token)
            if token is None:
                continue
            # What does not open is dated all the same, so that it does not stand in the way of what comes after it.
            draft.put(attrs.evolve(token, sealed_at=context.now) if seed is None else sealed(context, token, seed))
            resealed += seed is not None
        if resealed:
            _log(draft, f"token-stock:{context.bank}", "reseal-tokens", self.authority, {"count": str(resealed)})
        return draft.commit(SeedsResealed(count=resealed), rests_on=())


def _at(context: Context, serial: str) -> AnyKey:
    return HardToken.at(context.bank, serial_skeleton(canonical_serial(serial)))


def _malformed(serials: tuple[str, ...], most: int) -> tuple[Violation, ...]:
    if not 1 <= len(serials) <= most:
        return (Violation("malformed", "serials"),)
    return tuple(violation for serial in serials for violation in serial_violations(serial, field="serials"))


def _told(defect: Defect) -> Violation:
    """Return a defect of a file as a violation: the line and the column, never what stands there."""
    return Violation(f"line-{defect.code}", "file", {"line": defect.line, "column": defect.column})


def _log(draft: Draft, subject: str, operation: str, desk: ByDesk, details: dict[str, str]) -> None:
    log_operation(draft, subject, operation, actor=f"desk:{desk.operator}", ticket=desk.ticket, details=details)
