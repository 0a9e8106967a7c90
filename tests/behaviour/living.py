"""What tests about sessions share."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs

from okmate_auth import Client, Confirm, Secret, TopPage
from okmate_auth.commands import EndSession, RecordOperation
from okmate_auth.policies.profile import Profile
from okmate_auth.policies.sessions import SessionPolicy
from okmate_auth.queries import ListSessions
from tests.behaviour.bank import CONFIRMATION, FAST, MICROSECOND, Bank, refused

IDLE, ABSOLUTE = timedelta(minutes=10), timedelta(hours=8)
INSTANTS = [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)]
"""Around an end: by how much later, and whether the session is live then."""
SEVERAL: Final[Profile] = attrs.evolve(FAST, session=SessionPolicy(double_login="allow", at_once=3))


def live(bank: Bank, session: Secret, client: Client) -> bool:
    """Say whether a session may be used; looking is using it."""
    return bank.session(session, client) is not None


def confirm(session: Secret, client: Client) -> Confirm:
    """Return the command that proves the confirmation password."""
    return Confirm(session=session, client=client, password=CONFIRMATION, purpose="transfer")


def dead_everywhere(bank: Bank, session: Secret, client: Client) -> bool:
    """Say whether nothing that a session protects accepts it."""
    refused(bank.submit(confirm(session, client)), "not-logged-in")
    refused(bank.submit(EndSession(session=session, client=client, which="x")), "not-logged-in")
    record = RecordOperation(session=session, client=client, id="TR-1", name="transfer")
    refused(bank.submit(record), "not-logged-in")
    answers = (
        bank.session(session, client),
        bank.read(TopPage(session, client)),
        bank.read(ListSessions(session, client)),
    )
    return answers == (None, None, None)
