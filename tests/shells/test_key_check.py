"""The keys are those of the store, or nothing is served: by both shells, over both stores."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from okmate_auth import AsyncAuthenticator, Authenticator, Client
from okmate_auth.commands import ByDesk, RegisterCompany
from okmate_auth.errors import CommitUnknownError, ConfigurationError, StoreUnavailableError
from okmate_auth.keys import Keys, KeySet
from okmate_auth.ports import AnyKey, ChangeSet, Loaded
from okmate_auth.queries import PendingNotices
from okmate_auth.records import KeyCheck
from okmate_auth.replies import CompanyRegistered
from okmate_auth.shells.key_check import accept_keys, accept_keys_async
from okmate_auth.shells.setup import ROUNDS
from okmate_auth.storage import AsyncMemoryStore, AsyncSQLiteStore, MemoryStore, SQLiteStore
from okmate_auth.testing.keys import unsafe_keys
from tests.stored_values import AT, FAST

OURS: Final = unsafe_keys()
OTHERS: Final = unsafe_keys("another")
ROTATED: Final = OURS.rotated("pepper", bytes(range(32)))
DESK: Final = ByDesk(operator="teller-7", ticket="T-1")


class Served:
    """A store, and shells that are started over it."""

    def __init__(self, kind: str, directory: Path) -> None:
        self._runner = asyncio.Runner() if kind.startswith("async") else None
        self.store: Any
        if self._runner is not None:
            self.store = AsyncMemoryStore() if kind.endswith("memory") else AsyncSQLiteStore(directory / "bank.db")
        else:
            self.store = MemoryStore() if kind.endswith("memory") else SQLiteStore(directory / "bank.db")

    def started(self, keys: Keys, bank: str = "") -> Authenticator | AsyncAuthenticator:
        """Return a shell as a process makes it."""
        shell: Any = Authenticator if self._runner is None else AsyncAuthenticator
        made: Authenticator | AsyncAuthenticator = shell(self.store, profile=FAST, keys=keys, bank=bank)
        return made

    def asked(self, shell: Authenticator | AsyncAuthenticator) -> None:
        """Let a shell answer something."""
        self.done(shell.read(PendingNotices()))

    def done(self, answer: Any) -> Any:  # noqa: ANN401 - an answer of either shell
        """Wait for an answer, where it is awaited."""
        return answer if self._runner is None else self._runner.run(answer)

    def accept(self, keys: Keys) -> None:
        """Accept keys, by the function of the store's kind."""
        self.done((accept_keys if self._runner is None else accept_keys_async)(self.store, keys))

    def marks(self, bank: str = "") -> set[tuple[str, str]]:
        """Return which keys are marked."""
        key = KeyCheck.at(bank)
        record = self.done(self.store.load([key]))[key].record
        return {(mark.purpose, mark.id) for mark in record.marks}

    def close(self) -> None:
        """Close the store."""
        self.done(self.store.close())
        if self._runner is not None:
            self._runner.close()


@pytest.fixture(params=["sync-memory", "sync-sqlite", "async-memory", "async-sqlite"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """An empty store of either kind for either shell."""
    served = Served(request.param, tmp_path)
    yield served
    served.close()


def same_id(held: KeySet) -> KeySet:
    """Return a set in which another key has the id of the current one."""
    return KeySet(held.current, {held.current: OTHERS.subject_key})


WRONG: Final = {
    "subject key that is another one": OTHERS,
    f"pepper key with the id {OURS.current_pepper} that is another": attrs.evolve(OURS, peppers=same_id(OURS.peppers)),
    f"pepper key with the id {OURS.current_pepper} that is missing": attrs.evolve(OURS, peppers=OTHERS.peppers),
    f"seed key with the id {OURS.current_seed} that is missing": attrs.evolve(OURS, seeds=OTHERS.seeds),
    f"chain key with the id {OURS.current_chain} that is missing": attrs.evolve(OURS, chains=OTHERS.chains),
}


@pytest.mark.parametrize(("message", "keys"), WRONG.items())
def test_a_key_file_that_does_not_fit_is_refused_by_the_key(served: Served, message: str, keys: Keys) -> None:
    """Every call of every face says which key, and where to read what to do; nothing of a key is in it."""
    served.asked(served.started(OURS))
    wrong, client = served.started(keys), Client("192.0.2.1")
    calls: list[Any] = [
        lambda: wrong.read(PendingNotices()),
        lambda: wrong.submit(RegisterCompany(company="C1", name="大垣商事", authority=DESK)),
        lambda: wrong.session(wrong.new_token(), client),
        lambda: wrong.top_page(wrong.new_token(), client),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError, match=message) as raised:
            served.done(call())
        assert "docs/operations.md" in str(raised.value)
        assert keys.subject_key.reveal().hex()[:16] not in str(raised.value)
    served.asked(served.started(OURS))


def test_a_rotated_file_adds_its_key_and_the_one_before_it_is_too_old(served: Served) -> None:
    """Whoever runs goes on; whoever starts with the former file would not know passwords of the new one."""
    running = served.started(OURS)
    served.asked(running)
    served.asked(served.started(ROTATED))
    assert ("pepper", ROTATED.current_pepper) in served.marks()
    served.asked(running)
    with pytest.raises(ConfigurationError, match=f"{ROTATED.current_pepper} that is missing"):
        served.asked(served.started(OURS))
    served.asked(served.started(ROTATED))


def test_the_handle_key_may_be_any(served: Served) -> None:
    """It is replaced at any time, and nothing lasting was made with it."""
    served.asked(served.started(OURS))
    served.asked(served.started(OURS.rotated("handle", bytes(range(32)))))


def test_each_bank_has_its_own(served: Served) -> None:
    """Several banks in one store know nothing of each other's keys; the message names the bank."""
    served.asked(served.started(OURS, "b1"))
    served.asked(served.started(OTHERS, "b2"))
    with pytest.raises(ConfigurationError, match="of the bank b2"):
        served.asked(served.started(OURS, "b2"))
    assert served.marks("b1") != served.marks("b2")


def test_an_operator_can_accept_what_is_lost(served: Served) -> None:
    """From then on these are the bank's keys, and the former file is the wrong one."""
    served.accept(OURS)
    served.asked(served.started(OURS))
    served.accept(OTHERS)
    served.asked(served.started(OTHERS))
    with pytest.raises(ConfigurationError, match="subject key"):
        served.asked(served.started(OURS))


def test_what_a_newer_library_wrote_beside_is_kept(served: Served) -> None:
    """Another mark is added to the record as it stands."""
    marks = KeyCheck(bank="", marks=(), unknown={"newer": 1})
    served.done(served.store.commit(ChangeSet(id="0" * 32, at=AT, guards={marks.key: None}, puts=(marks,))))
    served.asked(served.started(OURS))
    record = served.done(served.store.load([marks.key]))[marks.key].record
    assert record.unknown == {"newer": 1}
    assert len(record.marks) == 4


class Counting(MemoryStore):
    """A store that counts looks at marks."""

    looks = 0

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """Count."""
        self.looks += KeyCheck.at("") in keys
        return super().load(keys)


def test_a_shell_asks_once() -> None:
    """No login costs a round trip more but the first: one look, and where the store is new a commit and another."""
    store = Counting()
    with Authenticator(store, profile=FAST, keys=OURS) as auth:
        for company in ("C1", "C2"):
            assert isinstance(
                auth.submit(RegisterCompany(company=company, name="大垣商事", authority=DESK)), CompanyRegistered
            )
        assert store.looks == 2
        Authenticator(store, profile=FAST, keys=OURS).read(PendingNotices())
        assert store.looks == 3


def test_of_several_that_start_at_once_all_serve(tmp_path: Path) -> None:
    """One writes, the others find what it wrote; with two key files one of them is refused, whichever it is."""
    barrier = threading.Barrier(8)

    def start(keys: Keys) -> str:
        with Authenticator(SQLiteStore(tmp_path / "bank.db"), profile=FAST, keys=keys) as auth:
            barrier.wait(60)
            try:
                auth.read(PendingNotices())
            except ConfigurationError:
                return "refused"
            return "serves"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(start, [OURS, ROTATED] * 4)) <= {"serves", "refused"}
        assert set(pool.map(start, [ROTATED] * 8)) == {"serves"}
        assert set(pool.map(start, [OTHERS] * 8)) == {"refused"}


class Deaf(MemoryStore):
    """A store whose answers to commits are lost: it did what was asked, or nothing.

    Args:
        does: Whether it did.
    """

    def __init__(self, *, does: bool) -> None:
        super().__init__()
        self.commits = 0
        self._does = does

    def commit(self, change: ChangeSet, /) -> Any:  # noqa: ANN401 - it never returns
        """Lose the answer."""
        self.commits += 1
        if self._does:
            super().commit(change)
        raise CommitUnknownError


def test_a_lost_answer_is_settled_by_another_look() -> None:
    """Written is written; what is never written ends as the store's failure, and the next call tries again."""
    heard, deaf = Deaf(does=True), Deaf(does=False)
    with Authenticator(heard, profile=FAST, keys=OURS) as auth:
        auth.read(PendingNotices())
        assert heard.commits == 1
    with Authenticator(deaf, profile=FAST, keys=OURS) as auth:
        for tries in (1, 2):
            with pytest.raises(StoreUnavailableError, match="marks of the keys"):
                auth.read(PendingNotices())
            assert deaf.commits == tries * ROUNDS
        with pytest.raises(StoreUnavailableError, match="marks of the keys"):
            accept_keys(deaf, OURS)


def test_an_id_that_is_none_is_not_repeated() -> None:
    """What stands in a record may be anybody's text."""
    store = MemoryStore()
    accept_keys(store, OURS)
    key = KeyCheck.at("")
    loaded = store.load([key])[key]
    assert isinstance(loaded.record, KeyCheck)
    mark = attrs.evolve(loaded.record.marks[1], id="<script>")
    spoiled = attrs.evolve(loaded.record, marks=(*loaded.record.marks, mark))
    store.commit(ChangeSet(id="1" * 32, at=AT, guards={key: loaded.version}, puts=(spoiled,)))
    with Authenticator(store, profile=FAST, keys=OURS) as auth, pytest.raises(ConfigurationError) as raised:
        auth.read(PendingNotices())
    assert "(malformed)" in str(raised.value)
    assert "script" not in str(raised.value)
