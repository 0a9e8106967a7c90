"""What every check is given, and what a check is.

Rule 1. A check states one fact of one numbered guarantee; what breaks it raises :class:`ContractBrokenError`.
Rule 2. A check is a function of a :class:`Kit` and knows nothing of pytest, so that the kit can be turned on stores
        that are meant to fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Protocol, Self

import attrs

from okmate_auth.errors import MisuseError
from okmate_auth.ports import AsyncStore, Store
from okmate_auth.testing.faces import face
from okmate_auth.testing.processes import Fleet, Processes, Worker
from okmate_auth.testing.teams import Tasks, Team, Threads, team_on

__all__ = ["CONTENDERS", "Check", "ContractBrokenError", "Kit", "Subject", "check", "expect", "race"]

CONTENDERS: Final = 16  # as many as a web server has at work on one account when somebody tries hard
PROCESSES: Final = 2


class ContractBrokenError(AssertionError):
    """A store broke a numbered guarantee."""


def expect(guarantee: int, holds: bool, fact: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Make sure that a fact holds.

    Raises:
        ContractBrokenError: It does not; the message names the guarantee and the fact.
    """
    if not holds:
        message = f"guarantee {guarantee} is broken: {fact}"
        raise ContractBrokenError(message)


class Subject(Protocol):
    """The store that is looked at: how it is opened, and how hard it is tried."""

    rounds: ClassVar[int]
    shared: ClassVar[bool]
    asynchronous: ClassVar[bool]
    shrink: ClassVar[bool]

    def open(self, directory: Path) -> Store | AsyncStore:
        """Return a new opening of the store that is kept in a directory."""
        ...


class Kit:
    """One check's store, contenders and directory; closes everything at the end.

    Args:
        subject: The store that is looked at.
        directory: Where it may keep its data; empty.
        fleet: Where processes are started from.

    Raises:
        MisuseError: The subject asks for less than one round: nothing would be tried, and everything would pass.
    """

    def __init__(self, subject: Subject, directory: Path, fleet: Fleet) -> None:
        if type(subject.rounds) is not int or subject.rounds < 1:
            message = "rounds: a whole number from 1 on"
            raise MisuseError(message)
        self.subject = subject
        self.directory = directory
        self.rounds = subject.rounds
        self._fleet = fleet
        self._openings: list[Store] = []
        self._teams: list[Threads | Tasks] = []
        self._workers: list[Worker] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close everything that was opened."""
        self.close()

    def close(self) -> None:
        """Close everything that was opened."""
        for worker in self._workers:
            worker.close()
        stuck = [team for team in self._teams if not team.close()]
        if not stuck:  # a store is not closed under somebody who is still at work in it
            for opening in self._openings:
                opening.close()

    def open(self) -> Store:
        """Return one more opening of the store; the first one again where openings share nothing."""
        if self._openings and not self.subject.shared:
            return self._openings[0]
        opening = face(self.subject.open(self.directory))
        self._openings.append(opening)
        return opening

    def reopen(self, opening: Store) -> Store:
        """Close an opening and return a new one."""
        opening.close()
        self._openings.remove(opening)
        return self.open()

    def inside(self, name: str) -> Kit:
        """Return a kit for the same kind of store in a directory below, which is made."""
        directory = self.directory / name
        directory.mkdir()
        return Kit(self.subject, directory, self._fleet)

    def together(self) -> Team:
        """Return contenders within this process: threads, or tasks where the store is asynchronous."""
        team = team_on([self.open(), self.open()])
        self._teams.append(team)
        return team

    def process(self) -> Worker:
        """Return a process of its own that has the store open."""
        worker = self._fleet.start(self.directory)
        self._workers.append(worker)
        return worker

    def forked(self, *, name: str, times: int, used: bool) -> int:
        """Let a process open the store, perhaps use it, fork, and raise a counter on both sides; return its status."""
        return self._fleet.fork(self.directory, name=name, times=times, used=used)

    def apart(self) -> Team:
        """Return contenders that are spread over processes."""
        return Processes([self.process() for _ in range(PROCESSES)])


@attrs.frozen(kw_only=True)
class Check:
    """One fact that the kit makes sure of.

    Attributes:
        guarantee: Number of the guarantee.
        name: The fact, in short.
        body: Raises :class:`ContractBrokenError` where the fact does not hold.
        processes: Whether it needs a store that several processes share.
        tasks: Whether it needs an asynchronous store.
    """

    guarantee: int
    name: str
    body: Callable[[Kit], None]
    processes: bool = False
    tasks: bool = False

    def missing(self, subject: Subject) -> str:
        """Say why a store can't be looked at in this way, '' if it can."""
        if self.processes and not subject.shared:
            return "this store is not shared between processes"
        if self.processes and not hasattr(os, "fork"):
            return "this system can't fork"
        return "this store is not asynchronous" if self.tasks and not subject.asynchronous else ""

    def __str__(self) -> str:
        return f"{self.guarantee}-{self.name}"


def check(guarantee: int, body: Callable[[Kit], None], *, processes: bool = False, tasks: bool = False) -> Check:
    """Return a check named like its function."""
    return Check(guarantee=guarantee, name=body.__name__.replace("_", "-"), body=body, processes=processes, tasks=tasks)


def race(guarantee: int, body: Callable[[Kit, Team], None]) -> tuple[Check, Check]:
    """Return two checks: contenders within this process, and spread over processes."""
    name = body.__name__.replace("_", "-")
    return (
        Check(guarantee=guarantee, name=f"{name}-together", body=lambda kit: body(kit, kit.together())),
        Check(guarantee=guarantee, name=f"{name}-apart", body=lambda kit: body(kit, kit.apart()), processes=True),
    )
