"""What the steps about codes have in common: coming to what a code is judged against, and refusing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import attrs

from okmate_auth.commands.codes import (
    Bench,
    JudgedCode,
    bound_bench,
    refused_unjudged,
    stopped,
    token_keys,
)
from okmate_auth.commands.journal import notify
from okmate_auth.commands.visits import MALFORMED, StepCommand, Visit, visit
from okmate_auth.decision import Commit, Context, Draft
from okmate_auth.factors import CODE
from okmate_auth.ports import AnyKey
from okmate_auth.records import Flow, TokenBinding
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import CodeDue, Refused
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation


@attrs.frozen(kw_only=True)
class CodeVisit:
    """A flow at a step about codes, where one may be judged.

    Attributes:
        visit: The flow.
        bench: What the code is judged against.
        lane: In which lane the person's throttle counts.
    """

    visit: Visit
    bench: Bench
    lane: LaneName


def keys_of_bound_token(flow: Flow, context: Context) -> tuple[AnyKey, ...]:
    """Return where the token stands that was bound when the flow came to its step, and its throttle."""
    return token_keys(context, flow.company, flow.token) if flow.token else ()


def at_code(draft: Draft, command: StepCommand[Any], codes: Mapping[str, Secret]) -> CodeVisit | Commit[Any]:
    """Return the flow of a command that answers :class:`~okmate_auth.replies.CodeDue`, or the commit that ends it here.

    Args:
        draft: Where everything goes.
        command: What was submitted.
        codes: What was entered, by field.

    Refusals: those of a visit, ``malformed`` and ``token-locked``, both with the same step again, its handle unspent.
    """
    found = visit(draft, command, CodeDue)
    if isinstance(found, Commit):
        return found
    binding = cast("TokenBinding", found.account.token)  # or the step would not be due
    bench = bound_bench(draft, found.account, binding, known=found.flow.known)
    violations = bench.violations(codes)
    return malformed(found, violations) if violations else judgeable(found, bench)


def malformed(found: Visit, violations: Sequence[Violation]) -> Commit[Any]:
    """Refuse a form, with the same step again; nothing counts against the person, and the handle is not spent."""
    refused = Refused(code="malformed", at=found.step, violations=tuple(violations))
    return found.draft.commit(refused, source=MALFORMED)


def judgeable(found: Visit, bench: Bench) -> CodeVisit | Commit[Any]:
    """Return the visit where a code may be judged; the commit that says why it may not be."""
    draft = found.draft
    lane: LaneName = "known" if found.flow.known else "others"
    lock = stopped(bench, found.throttle, lane, draft.context)
    if lock is not None:
        refused = refused_unjudged(draft, found.throttle, lock, found.submission.client, known=found.flow.known)
        return draft.commit(attrs.evolve(refused, at=found.step), rests_on=())
    return CodeVisit(visit=found, bench=bench, lane=lane)


def refuse_code(found: Visit, judged: JudgedCode, otherwise: Refused) -> Commit[Any]:
    """Refuse a code that was judged, with the same step again; a lock that came of it is told to the person."""
    client = found.submission.client
    if judged.events:
        details = {"factor": CODE, "address": client.address}
        notify(found.draft, "lock", account=found.account, details=details)
    return found.again(
        judged.refusal or otherwise,
        throttle=judged.throttle,
        result=judged.result,
        factor=CODE,
        failed=judged.failed,
    )
