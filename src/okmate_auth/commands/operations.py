"""What the bank's own services did in a session, written into the person's history of operations.

Rule 1. The bank's backend says what was done, after it was done; it grants nothing and judges nothing.
Rule 2. One that is told twice stands once: the bank's id of it is kept with the head of the chain, for the last ones.
Rule 3. What people typed comes in as details: bounded, and made printable before it is chained (ASVS 5.0 16.4.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

import attrs

from okmate_auth import fields
from okmate_auth.commands.journal import log_operation
from okmate_auth.commands.session import SessionCommand, live_session
from okmate_auth.decision import Commit, Draft
from okmate_auth.errors import MisuseError
from okmate_auth.records import OperationHead
from okmate_auth.replies import Busy, Done, Refused
from okmate_auth.text import is_name, printable, strict_str

MOST_DETAILS: Final = 8
DETAIL_LIMIT: Final = 200  # code points of a value: the last rows are read with every top page
REMEMBERED: Final = 20  # of an account's recorded operations: a retry comes soon


def _name(value: str) -> str:
    """Return the name of an operation or of a detail: the program's own words, so another form is its fault."""
    text = strict_str(value, "name")
    if not is_name(text):
        message = "a name is lower-case words joined by hyphens, 64 characters at most"
        raise MisuseError(message)
    return text


def _details(value: Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        message = "details are a mapping of names to texts"
        raise MisuseError(message)
    if len(value) > MOST_DETAILS:
        message = f"details: at most {MOST_DETAILS}"
        raise MisuseError(message)
    return MappingProxyType({_name(name): printable(text, DETAIL_LIMIT) for name, text in value.items()})


@attrs.frozen(kw_only=True)
class RecordOperation(SessionCommand[Done | Refused | Busy]):
    """Write down what somebody did in his session, for the top page and the history of operations.

    Attributes:
        session: The session's handle.
        id: The bank's reference of this one operation, 1 to 64 printable ASCII characters without spaces; it is the
            row's ``ticket``. The same id again, among the last 20 of the account, is the same operation: nothing more
            is written, whatever else it says.
        name: What was done: lower-case words joined by hyphens, 64 characters at most, such as ``transfer``.
        client: The caller.
        details: What the bank wants to find again, 8 at most, names as above; a value is made printable and cut at 200
            characters. No secrets.

    Refusals: ``not-logged-in``: nothing is written. What was done is done all the same, so the bank writes it into
    a journal of its own first.

    Raises:
        MisuseError: A field has another type, or a name or the id another form.

    Source: the procedure's manual, step 5 (the last five operations); ASVS 5.0 16.4.1.
    """

    id: str = attrs.field(converter=fields.ticket)
    name: str = attrs.field(converter=_name)
    details: Mapping[str, str] = attrs.field(converter=_details, factory=dict[str, str])

    replies: ClassVar[tuple[type, ...]] = (Done, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[Done | Refused | Busy]:
        """Append the row, unless it stands there already."""
        session = live_session(draft, self.session, self.client)
        if session is None:
            return draft.commit(Refused(code="not-logged-in"))
        known = draft.get(OperationHead.at(session.subject)) or OperationHead(subject=session.subject)
        if self.id in known.recorded:
            return draft.commit(Done(login_id=session.login_id))
        draft.put(attrs.evolve(known, recorded=(self.id, *known.recorded)[:REMEMBERED]))
        log_operation(
            draft,
            session.subject,
            self.name,
            actor=f"user:{session.login_id}",
            ticket=self.id,
            details=dict(self.details),
        )
        return draft.commit(Done(login_id=session.login_id))
