"""No seed and no code comes out where nobody should see it.

Done means, for seeds and codes, files of deliveries, and what is typed beside them, what :mod:`test_canary` does for
passwords and handles: every command about tokens, every reply and every error path, with both shells, in nothing that
is said, logged, printed, raised or stored.
"""

from __future__ import annotations

import copy
import logging
import pickle
import secrets
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest

from okmate_auth import (
    Busy,
    EnrollToken,
    EnterCode,
    Refused,
    Secret,
    SkipEnrollment,
    StepUp,
)
from okmate_auth.commands import (
    ResealTokens,
    ResyncInSession,
    ResyncToken,
    RevokeToken,
    StockTokens,
)
from okmate_auth.errors import CorruptRecordError
from okmate_auth.tokens import read_oath_csv
from tests.guarantees.leaks import Canaries, provoked, shown
from tests.guarantees.people import DESK, LOGIN, PURPOSE
from tests.guarantees.shells import KINDS
from tests.guarantees.token_walk import Walk, code, delivery, dispatched, entitled, holder, virtual
from tests.guarantees.vault import (
    BROKEN,
    Bank,
    everything_logged,
    outcome,
    quiet_failures,
)


@pytest.fixture(params=KINDS)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank with either shell."""
    bank = Bank(request.param, tmp_path / "bank.db")
    yield bank
    bank.shell.close()


def test_nothing_that_is_said_logged_or_printed_shows_a_seed_or_a_code(
    bank: Bank, capfd: pytest.CaptureFixture[str]
) -> None:
    """All that goes in and comes out about tokens, in both languages, and all that anybody logs meanwhile (A82)."""
    walk = Walk(bank)
    with everything_logged() as logged:
        bank.shell.debug()
        walk.everything()
        for value in walk.seen:
            bank.quiet(f"{value!r} {value!s}")
            for language in ("ja", "en"):
                if isinstance(value, Refused | Busy):
                    bank.quiet(value.message(language))
        logging.getLogger("a view").info("%s", walk.seen)
    assert "TokensStocked(" in logged.getvalue()
    bank.quiet(logged.getvalue())
    printed = capfd.readouterr()
    bank.quiet(printed.out + printed.err)
    assert {type(one).__name__ for one in walk.seen} >= {"CodeDue", "EnrollmentDue", "SteppedUp", "Resynchronized"}


def test_no_file_of_the_database_holds_a_seed_or_a_code(bank: Bank) -> None:
    """Whoever steals the files finds no seed, in no encoding, and no code that was entered (A96).

    A record is JSON, in which a code would stand in quotes; without them its digits are found in random ones by chance.
    """
    Walk(bank).everything()
    known = bank.canaries.known
    quoted = {name: b'"' + secret + b'"' for name, secret in known.items() if name.startswith("code ")}
    assert len(quoted) == 9
    stolen = Canaries({**known, **quoted})
    files = [bank.file.with_name(bank.file.name + suffix) for suffix in ("", "-wal", "-shm")]
    assert sum(file.stat().st_size for file in files if file.exists()) > 50_000
    for file in files:
        if file.exists():
            assert stolen.found_in_bytes(file.read_bytes()) == [], file.name


@pytest.mark.parametrize("broken", [one for one in BROKEN if one not in ("memory", "second commit", "second lost")])
def test_no_error_of_what_a_token_rests_on_shows_a_seed_or_a_code(bank: Bank, broken: str) -> None:
    """Store and clock: message, arguments, causes and all locals of all frames are clean, for each command.

    Nothing is hashed, and a code is judged and counted in one commit, so that there is no second one to fail.
    """
    login_id, token, session = holder(bank)
    due = bank.noted(bank.shell.submit(bank.attempt(login_id, Secret(LOGIN))))
    _, enrollment = entitled(bank)
    another = dispatched(bank)
    client = bank.client
    pair = {"first": code(bank, token), "second": code(bank, token)}
    commands: list[Any] = [
        EnterCode(handle=due.handle, client=client, code=code(bank, token)),
        ResyncToken(handle=due.handle, client=client, **pair),
        EnrollToken(handle=enrollment.handle, client=client, serial=another.serial, code=code(bank, another)),
        SkipEnrollment(handle=enrollment.handle, client=client),
        StepUp(session=session, client=client, code=code(bank, token), purpose=PURPOSE),
        ResyncInSession(session=session, client=client, **pair),
        delivery(bank, virtual(bank), virtual(bank)),
        ResealTokens(serials=(token.serial, another.serial), authority=DESK),
        RevokeToken(login_id=login_id, authority=DESK),
    ]
    assert quiet_failures(bank, broken, commands) >= 5


@pytest.mark.parametrize("damage", ["cut", "exchanged"])
def test_a_damaged_token_shows_nothing_of_itself(bank: Bank, damage: str) -> None:
    """A token's record that can't be read names its kind; one whose seed was exchanged is told like a wrong code."""
    login_id, token, _ = holder(bank)
    due = bank.noted(bank.shell.submit(bank.attempt(login_id, Secret(LOGIN))))
    shows = code(bank, token)
    connection = sqlite3.connect(bank.file)
    exchanged = "replace(body, substr(body, instr(body, '\"seed\":\"') + 8, 4), 'AAAA')"
    damaged = {"cut": "substr(body, 1, length(body) - 9)", "exchanged": exchanged}[damage]
    connection.execute(f"update records set body = {damaged} where kind = 'token'")  # noqa: S608 - ours
    connection.commit()
    connection.close()
    command = EnterCode(handle=due.handle, client=bank.client, code=shows)
    if damage == "cut":
        error = outcome(bank.shell, command)
        assert isinstance(error, CorruptRecordError)
        bank.quiet(shown(error))
    else:
        reply = bank.noted(bank.shell.submit(command))
        assert isinstance(reply, Refused)
        assert reply.code == "wrong-code"
        bank.quiet(f"{reply!r} {reply.message('en')}")


def test_an_entry_of_a_delivery_does_not_show_its_seed() -> None:
    """What the reader of a file hands on can be logged, alone or among others."""
    canaries, seed = Canaries(), secrets.token_bytes(20)
    canaries.add("seed", seed)
    entries, defects, _ = read_oath_csv(f"TK-000001,{seed.hex()},totp,8,60\nTK-000002,{seed.hex()}", most=9)
    assert [entry.seed for entry in entries] == [seed]
    assert defects
    for value in (entries, defects, entries[0], {"entry": entries[0]}, attrs.evolve(entries[0], line=7)):
        assert canaries.found_in(f"{value!r} {value!s}") == []


def test_a_delivery_that_was_submitted_is_neither_pickled_nor_copied() -> None:
    """A queue between a page and the shell would write the seeds down; it is told so."""
    canaries, seed = Canaries(), secrets.token_bytes(20)
    canaries.add("seed", seed)
    command = StockTokens(file=f"TK-000001,{seed.hex()},totp,8,60\n", authority=DESK)
    for way_out in (partial(pickle.dumps, command), partial(copy.deepcopy, command)):
        assert canaries.found_in(shown(provoked(way_out))) == []
