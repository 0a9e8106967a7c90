"""The histories' records: every chain has a name of its own."""

from __future__ import annotations

from okmate_auth.records.history import login_chain, operation_chain
from tests.stored_values import SUBJECT


def test_every_chain_has_a_name_of_its_own() -> None:
    """Logins by each entrance and operations of a subject are three chains, and ASCII as stores demand."""
    chains = {login_chain(SUBJECT, "password"), login_chain(SUBJECT, "certificate"), operation_chain(SUBJECT)}
    assert len(chains) == 3
    assert all(chain.isascii() and SUBJECT in chain for chain in chains)
