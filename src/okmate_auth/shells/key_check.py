"""Whether a process has the keys that its bank's records were written with, asked once, before it serves anybody.

Without it another bank's key file, or one from before a rotation, would not be noticed: nobody is found by a login ID,
or a password that is right is refused, and each looks like a person's own mistake.

Rule 1. The store keeps a mark of each key (:class:`~okmate_auth.records.KeyCheck`), written by whichever process comes
        first, and added to when a process comes with a rotated file. Of several that start at once one writes, and the
        others compare with what it wrote.
Rule 2. A key that differs, or is missing, stops this process and no other; it is compared again at the next call.
Rule 3. A mark is 32 bits of an HMAC under a key of 256 random bits: it tells keys apart and helps nobody to find one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import attrs

from okmate_auth.errors import CommitUnknownError, ConfigurationError, StoreUnavailableError
from okmate_auth.keys import Keys, KeySet
from okmate_auth.keys.material import is_key_id
from okmate_auth.ports import AnyKey, AsyncStore, ChangeSet, Clock, Entropy, Loaded, Store
from okmate_auth.records import Key, KeyCheck, KeyMark
from okmate_auth.shells.setup import ROUNDS, Setup, system_entropy, utc_now

__all__ = ["KeyWatch", "accept_keys", "accept_keys_async", "compare_keys", "compare_keys_async"]

_CHANGE_ID_BYTES: Final = 16
_WHAT_TO_DO: Final = "take the key file that this bank's other processes use; what else can be done: docs/operations.md"

Found = Mapping[AnyKey, Loaded]


@attrs.define(eq=False)
class KeyWatch:
    """Compares a bank's keys with the marks in its store, until they fit.

    Attributes:
        keys: Of this process.
        bank: Whose.
        fits: Whether they were found to fit; then nothing is asked any more.
    """

    keys: Keys
    bank: str
    fits: bool = False

    @property
    def key(self) -> Key[KeyCheck]:
        """Where the marks stand."""
        return KeyCheck.at(self.bank)

    def compare(self, found: Found, now: datetime, change_id: str) -> ChangeSet | None:
        """Compare with what was loaded; return what is to be written before they fit, None where they do.

        Raises:
            ConfigurationError: A key is another one than that of its id, or is missing; the message names it.
        """
        mine = tuple(_marks(self.keys))
        record, version = _stored(found, self.key)
        if record is not None:
            self._refuse_others({(mark.purpose, mark.id): mark.check for mark in record.marks}, mine)
            if len(record.marks) == len(mine):
                self.fits = True
                return None
        return self._written(record, version, now, change_id)

    def accepted(self, found: Found, now: datetime, change_id: str) -> ChangeSet:
        """Return what is to be written so that these keys fit, whatever stands there."""
        return self._written(*_stored(found, self.key), now, change_id)

    def _written(self, record: KeyCheck | None, version: str | None, now: datetime, change_id: str) -> ChangeSet:
        marks = tuple(_marks(self.keys))
        put = KeyCheck(bank=self.bank, marks=marks) if record is None else attrs.evolve(record, marks=marks)
        return ChangeSet(id=change_id, at=now, guards={self.key: version}, puts=(put,))

    def _refuse_others(self, stored: Mapping[tuple[str, str], str], mine: tuple[KeyMark, ...]) -> None:
        held = {(mark.purpose, mark.id): mark.check for mark in mine}
        whose = f" of the bank {self.bank}" if self.bank else ""
        for which, check in stored.items():
            fault = "missing" if which not in held else "another one" if held[which] != check else ""
            if fault:
                message = f"keys: the store was written with a {_named(*which)}{whose} that is {fault} in this key file"
                message = f"{message}: {_WHAT_TO_DO}"
                raise ConfigurationError(message)


def compare_keys(store: Store, watch: KeyWatch, setup: Setup) -> None:
    """Compare keys with the marks in a store, and write the marks that it lacks.

    Raises:
        ConfigurationError: They don't fit.
        StoreUnavailableError: The store failed, or the marks could not be written because others kept writing them.
    """
    for _ in range(ROUNDS):
        change = watch.compare(store.load([watch.key]), setup.now(), _change_id(setup.entropy))
        if change is None:
            return
        _commit(store, change)
    raise _unwritten()


async def compare_keys_async(store: AsyncStore, watch: KeyWatch, setup: Setup) -> None:
    """See :func:`compare_keys`."""
    for _ in range(ROUNDS):
        change = watch.compare(await store.load([watch.key]), setup.now(), _change_id(setup.entropy))
        if change is None:
            return
        await _commit_async(store, change)
    raise _unwritten()


def accept_keys(
    store: Store, keys: Keys, *, bank: str = "", clock: Clock = utc_now, entropy: Entropy = system_entropy
) -> None:
    """Take a bank's keys for those of its store from now on, whatever was marked there.

    For an operator who knows why they don't fit: a key is lost for good, or was taken out of the file because it was
    stolen. What was made with it stays unusable.

    Args:
        store: Where the marks are.
        keys: All that the bank has now.
        bank: The bank's id.
        clock: Returns the present instant; for tests.
        entropy: Returns random bytes; for tests.

    Raises:
        StoreUnavailableError: The store failed, or others kept writing.
    """
    watch = KeyWatch(keys, bank)
    for _ in range(ROUNDS):
        if _commit(store, watch.accepted(store.load([watch.key]), clock(), _change_id(entropy))):
            return
    raise _unwritten()


async def accept_keys_async(
    store: AsyncStore, keys: Keys, *, bank: str = "", clock: Clock = utc_now, entropy: Entropy = system_entropy
) -> None:
    """See :func:`accept_keys`."""
    watch = KeyWatch(keys, bank)
    for _ in range(ROUNDS):
        change = watch.accepted(await store.load([watch.key]), clock(), _change_id(entropy))
        if await _commit_async(store, change):
            return
    raise _unwritten()


def _commit(store: Store, change: ChangeSet) -> bool:
    """Say whether it was written for certain; a lost answer is settled by the next look."""
    try:
        return store.commit(change) == "done"
    except CommitUnknownError:
        return False


async def _commit_async(store: AsyncStore, change: ChangeSet) -> bool:
    try:
        return await store.commit(change) == "done"
    except CommitUnknownError:
        return False


def _unwritten() -> StoreUnavailableError:
    return StoreUnavailableError("the marks of the keys could not be written, again and again")


def _change_id(entropy: Entropy) -> str:
    return entropy(_CHANGE_ID_BYTES).hex()


def _stored(found: Found, key: Key[KeyCheck]) -> tuple[KeyCheck | None, str | None]:
    loaded = found.get(key)
    record = None if loaded is None else loaded.record
    return (record if isinstance(record, KeyCheck) else None), None if loaded is None else loaded.version


def _marks(keys: Keys) -> Iterator[KeyMark]:
    yield KeyMark(purpose="subject", id="", check=keys.subject_key.check())
    sets: tuple[tuple[str, KeySet], ...] = (("pepper", keys.peppers), ("seed", keys.seeds), ("chain", keys.chains))
    for purpose, held in sets:
        for key_id, key in held.keys.items():
            yield KeyMark(purpose=purpose, id=key_id, check=key.check())


def _named(purpose: str, key_id: str) -> str:
    """Return how a message names a key: what comes from a stored record is repeated only if it looks like an id."""
    if not key_id:
        return f"{purpose} key"
    return f"{purpose} key with the id {key_id if is_key_id(key_id) else '(malformed)'}"
