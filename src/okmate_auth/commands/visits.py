"""Coming back with a handle: what every command that answers a step does before and after its own part.

Rule 1. A handle is unknown unless it comes from the browser (and certificate) its flow belongs to (A24, A26).
Rule 2. A handle is spent by a commit: ``Busy``, malformed input and a step that is not due spend nothing.
Rule 3. The step that is due is computed anew; a command that answers another one changes nothing (A21, A28).
Rule 4. A spent handle is worth one try: what does not open the kept reply deletes it.
"""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

import attrs

from okmate_auth import flow as machine
from okmate_auth import handles
from okmate_auth.certificates.verdict import CertificateRefusal
from okmate_auth.client import Client, as_client
from okmate_auth.commands.advance import advance, note_keys, situation
from okmate_auth.commands.bindings import as_of, refusal
from okmate_auth.commands.guesses import load_throttle
from okmate_auth.commands.journal import log_login
from okmate_auth.commands.leftovers import settle_leftovers
from okmate_auth.commands.repeats import Submission, keep, kept
from okmate_auth.decision import CheckCertificate, Command, Commit, Context, Draft
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.sessions import flow_is_live, flow_is_over
from okmate_auth.ports import AnyKey, SourceOutcome
from okmate_auth.records import Account, Flow, Repeat, Throttle
from okmate_auth.replies import ActionDue, Authenticated, Busy, Refused, Step
from okmate_auth.secret import Secret, as_secret
from okmate_auth.violations import Violation

R = TypeVar("R")
S = TypeVar("S", bound=Step)

MALFORMED: Final = SourceOutcome(result="malformed")


@attrs.frozen(kw_only=True)
class Visit:
    """A flow that may go on, everything checked that all steps have in common.

    Attributes:
        draft: Where everything goes.
        submission: The submit.
        flow: As stored.
        account: As stored.
        throttle: Settled as of now.
        step: What is due, carrying the handle that was submitted; None for one of the bank's actions where nothing is
            due any more.
    """

    draft: Draft
    submission: Submission
    flow: Flow
    account: Account
    throttle: Throttle
    step: Step | None

    def go_on(
        self, *, account: Account, throttle: Throttle, flow: Flow, factor: str = ""
    ) -> Commit[Step | Authenticated | Refused | Busy]:
        """Spend the handle and commit what follows from the ledger."""
        self._spend()
        reply = advance(
            self.draft,
            account=attrs.evolve(account, flows=tuple(ref for ref in account.flows if ref.id != self.flow.handle)),
            throttle=throttle,
            flow=flow,
            client=self.submission.client,
            spent=self.submission.stored,
            factor=factor,
        )
        return self._end(reply)

    def again(
        self,
        refused: Refused,
        *,
        throttle: Throttle,
        result: str,
        factor: str = "",
        failed: bool = False,
        ended: Refused | None = None,
    ) -> Commit[Step | Authenticated | Refused | Busy]:
        """Spend the handle and refuse, with the same step again under a fresh handle.

        Args:
            refused: Why.
            throttle: As this commit leaves it.
            result: The real reason, for the history.
            factor: Which factor was judged, for the history.
            failed: Whether a guess was wrong.
            ended: What to say instead where the guesses of this very step locked what it asks and nothing else is due,
                so that the flow has ended.
        """
        draft, context = self.draft, self.draft.context
        self._spend()
        handle = Secret(handles.mint(context.random("handle/flow")))
        stored = handles.stored("flow", handle, bank=context.bank)
        until = min(context.now + context.profile.flow.step_lasts, self.flow.ends_at)
        flow = attrs.evolve(self.flow, handle=stored, step_ends_at=until, repeat=self.submission.stored)
        due = machine.next_step(situation(draft, self.account, throttle, flow), handle, until)
        at = due if isinstance(due, Step) else None
        refs = [attrs.evolve(ref, id=stored) if ref.id == self.flow.handle else ref for ref in self.account.flows]
        if at is None:
            refs = [ref for ref in refs if ref.id != stored]
        else:
            draft.put(flow)
        draft.put(attrs.evolve(self.account, flows=tuple(refs)))
        draft.put(self._logged(throttle, result, factor))
        return self._end(ended if at is None and ended is not None else attrs.evolve(refused, at=at), failed=failed)

    def end(self, reply: Refused, *, throttle: Throttle, result: str, failed: bool = False) -> Commit[Any]:
        """Spend the handle and end the flow; ``failed``: a guess was wrong, and this is the reply to it."""
        draft = self.draft
        self._spend()
        flows = tuple(ref for ref in self.account.flows if ref.id != self.flow.handle)
        draft.put(attrs.evolve(self.account, flows=flows))
        draft.put(self._logged(throttle, result, ""))
        return self._end(reply, failed=True) if failed else draft.commit(reply)

    def _logged(self, throttle: Throttle, result: str, factor: str) -> Throttle:
        return log_login(
            self.draft,
            throttle,
            result,
            client=self.submission.client,
            factor=factor,
            step=type(self.step).__name__ if self.step is not None else "",
            flow=self.flow.id,
            known=self.flow.known,
        )

    def _spend(self) -> None:
        self.draft.delete(self.flow.key)
        self.draft.delete(Repeat.at(self.flow.repeat))

    def _end(
        self, reply: Step | Authenticated | Refused | Busy, *, failed: bool = False
    ) -> Commit[Step | Authenticated | Refused | Busy]:
        keep(self.draft, self.submission, reply)
        subject = self.account.subject
        outcome = SourceOutcome(result="failed", subject=subject) if failed else None
        if isinstance(reply, Authenticated):
            outcome = SourceOutcome(result="succeeded", subject=subject)
        return self.draft.commit(reply, source=outcome)


@attrs.frozen(kw_only=True)
class StepCommand(Command[R], Generic[R]):
    """Base of the commands that carry a flow's handle.

    Attributes:
        handle: The step's handle.
        client: The caller.
    """

    handle: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)

    @property
    def source(self) -> str:
        """Address of the source that the limiter watches."""
        return self.client.address

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the keys that follow from the handle alone: its flow, and the reply kept for it."""
        if not handles.is_handle(self.handle.reveal()):
            return ()
        stored = handles.stored("flow", self.handle, bank=context.bank)
        return (Flow.at(stored), Repeat.at(stored))

    def keys_at(self, flow: Flow, context: Context) -> tuple[AnyKey, ...]:
        """Return the keys of what the command needs besides what every step needs; they are loaded with that."""
        del flow, context
        return ()

    def settle(self, draft: Draft, commit: Commit[R]) -> Commit[R]:
        """Settle what was judged for a flow that is gone."""
        return settle_leftovers(draft, commit, self.client)


def visit(draft: Draft, command: StepCommand[Any], due: type[S]) -> Visit | Commit[Any]:
    """Return a flow at which ``command`` may act, or the commit that ends it here.

    Refusals: ``malformed``, ``stale`` (unknown, spent, from another browser, without its certificate), ``expired``,
    ``changed`` (the account or a proven credential is another one now), ``locked``, ``wrong-step`` (with the step that
    is due, its handle unspent), and what :class:`~okmate_auth.commands.present.PresentCertificate` says of a
    certificate that was good when the flow began and is not now.
    """
    handle, client = command.handle, command.client
    violations = _form(handle, client)
    if violations:
        return draft.commit(Refused(code="malformed", violations=violations), source=MALFORMED)
    stored = handles.stored("flow", handle, bank=draft.context.bank)
    submission = Submission(command=command, spent=handle, client=client, stored=stored)
    flow = draft.get(Flow.at(submission.stored))
    if flow is None:
        return _late(draft, submission)
    if not client.holds(flow.browser, flow.certificate):
        return draft.commit(Refused(code="stale"))
    draft.load(
        [
            Account.at(flow.subject),
            Throttle.at(flow.subject, flow.entrance),
            Repeat.at(flow.repeat),
            *note_keys(draft, flow.subject),
            *command.keys_at(flow, draft.context),
        ]
    )
    account = draft.get(Account.at(flow.subject))
    if account is None:
        return draft.commit(Refused(code="stale"))
    if flow.handle not in (ref.id for ref in account.flows):
        draft.let_first_try_finish()  # the handle was spent after the flow was read: what was loaded does not fit
    throttle = load_throttle(draft, flow.subject, flow.entrance)
    found = Visit(draft=draft, submission=submission, flow=flow, account=account, throttle=throttle, step=None)
    return _at_step(found, due)


def _at_step(found: Visit, due: type[S]) -> Visit | Commit[Any]:
    """Return the visit at the step that is due, or the commit that ends it here."""
    draft, flow, account, throttle = found.draft, found.flow, found.account, found.throttle
    if flow_is_over(flow, draft.context.now):
        return found.end(Refused(code="expired"), throttle=throttle, result="expired")
    if not flow_is_live(flow, draft.context.profile.flow, draft.context.now):
        return draft.commit(Refused(code="expired"))
    chain = found.submission.client.chain if flow.certificate else None
    verdict = None if chain is None else as_of(draft.context, draft.ask(CheckCertificate(chain))[0])
    if isinstance(verdict, CertificateRefusal):  # its issuer revoked it meanwhile, or it has ended
        return found.end(Refused(code=refusal(verdict)), throttle=throttle, result=refusal(verdict))
    # A suspension is not told before the password was right: until then it is refused like a wrong one.
    stopped = not account.usable and machine.proves(flow.ledger, LOGIN_PASSWORD)
    if stopped or not machine.holds(account, flow.ledger):
        return found.end(Refused(code="changed"), throttle=throttle, result="changed")
    if throttle.counter(LOGIN_PASSWORD).locked_at is not None:
        return found.end(Refused(code="locked"), throttle=throttle, result="locked")
    handle = found.submission.spent
    step = machine.next_step(situation(draft, account, throttle, flow), handle, flow.step_ends_at)
    if isinstance(step, machine.TokenWait):
        refused = Refused(code="token-wait", until=step.until)
        return found.end(refused, throttle=throttle, result="token-wait")
    if step is None and due is not ActionDue:
        return found.end(Refused(code="changed"), throttle=throttle, result="changed")
    if step is not None and not isinstance(step, due):
        return draft.commit(Refused(code="wrong-step", at=step))
    return attrs.evolve(found, step=step)


def _late(draft: Draft, submission: Submission) -> Commit[Any]:
    """Answer a handle that is unknown or spent: with the kept reply if this is a repeat, else it is stale."""
    reply = kept(draft, submission)
    if reply is not None:
        return draft.commit(reply)
    draft.delete(Repeat.at(submission.stored))
    return draft.commit(Refused(code="stale"), rests_on=())


def _form(handle: Secret, client: Client) -> tuple[Violation, ...]:
    bad = () if handles.is_handle(handle.reveal()) else (Violation("malformed-token", "handle"),)
    return (*bad, *client.violations())
