"""The forced change of passwords (the procedure's manual, step 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final, cast

import attrs

from okmate_auth import fields
from okmate_auth.commands.guesses import Guess, Judged, hashing, judge, refused_by
from okmate_auth.commands.journal import count_unjudged, log_login, notify
from okmate_auth.commands.targets import end_sessions
from okmate_auth.commands.visits import MALFORMED, StepCommand, Visit, visit
from okmate_auth.decision import Commit, Context, Draft
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.flow import password
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Crowded, Locked
from okmate_auth.policies.passwords import PasswordContext
from okmate_auth.records import Account, Credential, Proof
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Busy, PasswordChangeDone, PasswordChangeDue, Refused
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation

ChangeReply = PasswordChangeDone | Refused | Busy

_BOTH: Final = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)


@attrs.frozen(kw_only=True)
class ChangePasswords(StepCommand[ChangeReply]):
    """Answer :class:`~okmate_auth.replies.PasswordChangeDue`.

    Attributes:
        handle: The step's handle.
        client: The caller.
        current_login_password: Asked where the step's ``current`` names ``login-password``.
        new_login_password: Asked where its ``change`` names it.
        current_confirmation_password: Asked where ``current`` names ``confirmation-password``.
        new_confirmation_password: Asked where ``change`` names it.

    Refusals, the same step again: ``malformed`` (a field that is asked is empty, or one that is not asked is given; the
    handle is not spent), ``password-policy`` (with every violation), ``wrong-password`` (it is not told which),
    ``locked`` (nothing judged). Refusals that end the flow: ``locked``, ``stale``, ``expired``, ``changed``.

    Everything is compared in plaintext, with the current values that are given and, if all are right, were the real
    ones; so a refusal tells nothing about a stored secret. Nothing is judged while the new values break a rule.

    Source: the procedure's manual, step 2; ASVS 5.0 6.2.2, 6.2.3, 6.4.1.
    """

    current_login_password: Secret | None = attrs.field(converter=fields.optional_secret, default=None)
    new_login_password: Secret | None = attrs.field(converter=fields.optional_secret, default=None)
    current_confirmation_password: Secret | None = attrs.field(converter=fields.optional_secret, default=None)
    new_confirmation_password: Secret | None = attrs.field(converter=fields.optional_secret, default=None)

    answers: ClassVar[type | None] = PasswordChangeDue
    replies: ClassVar[tuple[type, ...]] = (PasswordChangeDone, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[ChangeReply]:
        """Hold the new values against the rules, judge the current ones, change."""
        found = visit(draft, self, PasswordChangeDue)
        if isinstance(found, Commit):
            return found
        step = cast("PasswordChangeDue", found.step)  # no other one comes back from a visit for it
        missing = self._missing(step)
        if missing:
            return draft.commit(Refused(code="malformed", at=step, violations=missing), source=MALFORMED)
        violations = self._violations(draft.context, found.account, step)
        if violations:
            refused = Refused(code="password-policy", violations=violations)
            return cast("Commit[ChangeReply]", found.again(refused, throttle=found.throttle, result="password-policy"))
        judged = judge(
            draft,
            found.throttle,
            lane="known" if found.flow.known else "others",
            place_id=found.submission.stored,
            guesses=[self._guess(found.account, factor) for factor in step.current],
            rests_on=(found.flow.key,),
        )
        if isinstance(judged, Crowded):
            return self._unjudged(draft, found, "crowded", None, Busy(retry_after=lockout.SHORTEST_HINT))
        if isinstance(judged, Locked):
            refused = Refused(code="locked", until=judged.until, at=step)
            return self._unjudged(draft, found, "locked", judged.mark, refused)
        if all(judged.right):
            return self._changed(draft, found, judged, step)
        return self._wrong(found, judged)

    def _value(self, which: str, factor: str) -> Secret | None:
        name = "login" if factor == LOGIN_PASSWORD else "confirmation"
        return cast("Secret | None", getattr(self, f"{which}_{name}_password"))

    def _missing(self, step: PasswordChangeDue) -> tuple[Violation, ...]:
        """Return what the form lacks, or has too much of."""
        found: list[Violation] = []
        for which, asked in (("current", step.current), ("new", step.change)):
            for factor in _BOTH:
                given = self._value(which, factor) is not None
                if given != (factor in asked):
                    code = "not-asked" if given else "empty"
                    found.append(Violation(code, f"{which}_{factor.replace('-', '_')}"))
        return tuple(found)

    def _violations(self, context: Context, account: Account, step: PasswordChangeDue) -> tuple[Violation, ...]:
        """Return everything that is wrong with what was entered, before anything is judged."""
        found: list[Violation] = []
        for factor in step.current:
            entered, rules = self._value("current", factor), context.profile.password_rules(factor)
            if rules is not None and entered is not None and not rules.well_formed(entered):
                field = f"current_{factor.replace('-', '_')}"
                found.append(Violation("too-long", field, {"maximum": rules.maximum}))
        for factor in step.change:
            new, rules = self._value("new", factor), context.profile.password_rules(factor)
            compared = self._compared_with(account, factor, step)
            found += () if rules is None or new is None else rules.violations(new, compared)
        return tuple(found)

    def _compared_with(self, account: Account, factor: str, step: PasswordChangeDue) -> PasswordContext:
        """Return what a new value must differ from: each password as it will be after this change."""
        others: Mapping[str, Secret | None] = {
            other: self._value("new" if other in step.change else "current", other)
            for other in _BOTH
            if other != factor
        }
        replaced = {factor, *step.change}  # no swap, and no initial password as the other one
        currents = (self._value("current", one) for one in step.current if one in replaced)
        return PasswordContext(
            field=f"new_{factor.replace('-', '_')}",
            login_id=account.login_id,
            others=others,
            currents=tuple(current for current in currents if current is not None),
            words=(account.company, account.bank),
        )

    def _guess(self, account: Account, factor: str) -> Guess:
        entered = self._value("current", factor)
        return Guess(
            factor=factor,
            entered=Secret("") if entered is None else entered,
            account=account,
            credential=password(account, factor),
        )

    def _changed(self, draft: Draft, found: Visit, judged: Judged, step: PasswordChangeDue) -> Commit[ChangeReply]:
        context, account = draft.context, found.account
        new = {factor: self._value("new", factor) or Secret("") for factor in step.change}
        hashes = draft.ask(*(hashing(context, factor, account.id, value) for factor, value in new.items()))
        for factor, phc in zip(new, hashes, strict=True):
            new_one = Credential(
                id=context.random(f"credential/{factor}", 16).hex(),
                phc=phc,
                pepper=context.keys.current_pepper,
                set_at=context.now,
            )
            account = _with(account, factor, new_one)
        other = account.confirmation_password
        if other is not None and CONFIRMATION_PASSWORD not in (*step.change, *step.current):
            # It is locked, so it was not given and could not be compared: it stays due until it can be.
            due = other.change_due or "not-compared"
            account = attrs.evolve(account, confirmation_password=attrs.evolve(other, change_due=due))
        proven = tuple(
            Proof(factor=factor, credential=credential.id)
            for factor in _BOTH
            if factor in (*step.change, *step.current) and (credential := password(account, factor))
        )
        replaced = {proof.factor for proof in proven}
        others = tuple(proof for proof in found.flow.ledger.proven if proof.factor not in replaced)
        ledger = attrs.evolve(found.flow.ledger, proven=(*others, *proven), changed=step.change)
        throttle = log_login(
            draft, judged.throttle, "changed", client=self.client, flow=found.flow.id, known=found.flow.known
        )
        notify(draft, "change", account=account, details={"changed": " ".join(step.change)})
        return cast(
            "Commit[ChangeReply]",
            found.go_on(
                account=end_sessions(draft, account),
                throttle=throttle,
                flow=attrs.evolve(found.flow, ledger=ledger),
                factor=LOGIN_PASSWORD,
            ),
        )

    def _wrong(self, found: Visit, judged: Judged) -> Commit[ChangeReply]:
        """Refuse; where the login password is locked now, or nothing is left to be done here, the flow has ended."""
        if judged.events:
            notify(found.draft, "lock", account=found.account, details={"address": self.client.address})
        context = found.draft.context
        lane: LaneName = "known" if found.flow.known else "others"
        wrong = Refused(code="wrong-password")  # it is not told which; that one is asked no more shows at the step
        login, confirmation = (refused_by(context, judged.throttle, factor, lane, otherwise=wrong) for factor in _BOTH)
        if login is not wrong:
            return found.end(login, throttle=judged.throttle, result="wrong-password", failed=True)
        again = found.again(wrong, throttle=judged.throttle, result="wrong-password", failed=True, ended=confirmation)
        return cast("Commit[ChangeReply]", again)

    def _unjudged(
        self, draft: Draft, found: Visit, result: str, mark: datetime | None, reply: Refused | Busy
    ) -> Commit[ChangeReply]:
        flow, of = found.flow, f"{found.flow.subject}:{result}:{mark}"
        count_unjudged(draft, flow.subject, flow.entrance, result, client=self.client, of=of, known=flow.known)
        return draft.commit(reply, rests_on=())


def _with(account: Account, factor: str, credential: Credential) -> Account:
    if factor == LOGIN_PASSWORD:
        return attrs.evolve(account, login_password=credential)
    return attrs.evolve(account, confirmation_password=credential)
