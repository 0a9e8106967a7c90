"""What is drawn of the state machine: every transition, once."""

from __future__ import annotations

from okmate_auth.cli.drawing import START, Loop, Move, Table, drawn
from okmate_auth.commands import (
    TRANSITIONS,
    Abandon,
    AcknowledgeChange,
    ChangePasswords,
    PasswordLogin,
)
from okmate_auth.replies import CodeDue, PasswordChangeDone, PasswordChangeDue
from tests.transition_table import TRIPLES, triples_of_loop


def test_every_transition_is_drawn_exactly_once() -> None:
    """Place, command and reply of the table, as a move or in a loop, and nothing else."""
    machine = drawn()
    found = [(move.source, move.command, move.target) for move in machine.moves]
    for loop in machine.loops:
        found += triples_of_loop(loop.place, loop.labels)
    assert sorted(found) == sorted(TRIPLES)


def test_places_come_in_the_order_of_the_table() -> None:
    """Steps as the procedure has them, then the ends as they are first reached."""
    machine = drawn()
    assert machine.steps == tuple(step.__name__ for step in TRANSITIONS if step is not None)
    assert machine.ends == ("Authenticated", "Abandoned")


def test_steps_that_no_command_answers_are_known() -> None:
    """Abandoning answers nothing: such a step can't be left, and is drawn so."""
    table: Table = {
        None: {PasswordLogin: (PasswordChangeDue,)},
        PasswordChangeDue: {ChangePasswords: (PasswordChangeDone,), Abandon: Abandon.replies},
        CodeDue: {Abandon: Abandon.replies},
        PasswordChangeDone: {},
    }
    machine = drawn(table)
    assert machine.unanswered == ("CodeDue", "PasswordChangeDone")


def test_a_place_has_one_loop_at_most() -> None:
    """All commands' replies that lead nowhere stand in it, a line each."""
    machine = drawn({PasswordChangeDue: {ChangePasswords: ChangePasswords.replies, Abandon: Abandon.replies}})
    assert machine.loops == (Loop("PasswordChangeDue", ("ChangePasswords / Refused, Busy", "Abandon / Busy")),)
    assert machine.moves == (
        Move("PasswordChangeDue", "ChangePasswords", "PasswordChangeDone"),
        Move("PasswordChangeDue", "Abandon", "Abandoned"),
    )


def test_where_everything_leads_on_there_is_no_loop() -> None:
    """Nothing is drawn that the table does not say."""
    machine = drawn({None: {AcknowledgeChange: (PasswordChangeDue,)}})
    assert machine.loops == ()
    assert machine.moves == (Move(START, "AcknowledgeChange", "PasswordChangeDue"),)


def test_an_empty_table_draws_nothing() -> None:
    """No place, no move."""
    machine = drawn({})
    assert (machine.steps, machine.ends, machine.moves, machine.loops) == ((), (), (), ())
