"""What one caller sees of loads, histories and what is due (guarantees 7, 8 and 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from okmate_auth.records import Note, Notice, Repeat, Row
from okmate_auth.testing.faces import SyncFace, face
from okmate_auth.testing.kit import Kit, check, expect
from okmate_auth.testing.samples import cell, cell_at, change, creation, fresh, now, number, row

__all__ = ["QUERIES"]

MICROSECOND: Final = timedelta(microseconds=1)

# Collations that ignore case, trailing blanks or what LIKE takes for a pattern make one key of several.
CONFUSABLE: Final = (
    "a",
    "A",
    "a ",
    " a",
    "aa",
    "%",
    "_",
    "a%",
    "a_",
    "'",
    '"',
    "\\",
    "\\'",
    "a:b",
    "a\tb",
    "NULL",
    "0",
    "00",
)

# A note is 4 KiB of JSON at most; written in ASCII, each of its characters may take twelve bytes for four (RFC 8259).
LONG: Final = "\N{KEY}" * 1000


def keys_are_compared_to_the_letter(kit: Kit) -> None:
    """Keys that differ in case, in blanks or in a pattern's sign are different keys."""
    store = kit.open()
    base = fresh("key")
    names = [f"{base}-{each}" for each in CONFUSABLE]
    for place, name in enumerate(names):
        outcome = store.commit(creation(cell(name, place)))
        expect(8, outcome == "done", f"a record whose key ends in {name[len(base) :]!r} is one of its own")
    found = store.load([cell_at(name) for name in names])
    expect(8, [number(found, name) for name in names] == list(range(len(names))), "each key leads to its own record")


def a_load_answers_for_every_key(kit: Kit) -> None:
    """Up to 64 keys are loaded at once; what exists is returned, what doesn't is left out, and a key may come twice."""
    store = kit.open()
    names = [fresh("cell") for _ in range(64)]
    there = names[::2]
    store.commit(creation(*(cell(name, place) for place, name in enumerate(there))))
    found = store.load([cell_at(name) for name in names])
    expect(8, set(found) == {cell_at(name) for name in there}, "a load returns the records that exist, and no other")
    expect(8, [number(found, name) for name in there] == list(range(32)), "a load returns each record under its key")
    expect(8, len(store.load([cell_at(there[0])] * 3)) == 1, "a key may be asked for twice")
    expect(8, not store.load([]), "a load of nothing returns nothing")


def records_come_back_as_they_were(kit: Kit) -> None:
    """Whatever a record holds, fields of a newer version included, is returned as it was written."""
    store = kit.open()
    base = fresh("note")
    samples = [
        Note(
            subject=f"{base}-1", action="kit", data={}, unknown={"new": {"deep": [1, None, True, "x"]}, "flag": False}
        ),
        Note(subject=f"{base}-2", action="kit", data={"text": LONG}),
        Note(subject=f"{base}-3", action="kit", data={"text": "\x00\x1f\x7f\u2028\ud800 '\"\\"}),
        Note(subject=f"{base}-4", action="kit", data={"text": "利用停止 ＡＢＣ ｱﾊﾟｰﾄ", "numbers": [0, -1, 2**53, 0.5]}),
        _notice(f"{base}-5", datetime(2099, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ]
    store.commit(creation(*samples))
    found = store.load([sample.key for sample in samples])
    for sample in samples:
        same = sample.key in found and found[sample.key].record == sample
        expect(9, same, f"a {sample.kind} is returned as it was written ({sample.key.id[len(base) :]})")
    touched = found[samples[0].key].record
    store.commit(change({touched.key: found[touched.key].version}, puts=[touched]))
    expect(9, store.load([touched.key])[touched.key].record == samples[0], "fields of a newer version are kept")


def every_opening_sees_what_was_committed(kit: Kit) -> None:
    """What one opening committed, another sees at its next load: no replica, no cache."""
    one, other = kit.open(), kit.open()
    name, chain = fresh("cell"), fresh("chain")
    one.commit(creation(cell(name, 0)))
    for value in range(1, 6):
        for writer, reader in ((one, other), (other, one)):
            found = reader.load([cell_at(name)])
            count = 0 if (known := number(found, name)) is None else known
            version = found[cell_at(name)].version if found else None
            sent = change({cell_at(name): version}, puts=[cell(name, count + 1)], appends=[row(chain, count + 1, "x")])
            expect(8, writer.commit(sent) == "done", "what was loaded a moment ago still guards")
            found = reader.load([cell_at(name)])
            expect(8, found[cell_at(name)].version == sent.id, "a load returns what was committed last")
            newest = reader.history(chain, limit=1)
            expect(8, [each.number for each in newest] == [count + 1], "a history ends with what was committed last")
        expect(8, number(one.load([cell_at(name)]), name) == 2 * value, "no commit of another opening is lost")


def a_history_is_in_order(kit: Kit) -> None:
    """Rows come newest first, none left out, with the bytes they were written with, from any point on."""
    store = kit.open()
    chain = fresh("chain")
    written = [_bytes_row(chain, place) for place in range(1, 106)]  # past 100: numbers sorted as text show
    place = 0
    for size in (1, 2, 6, 1, 40, 49, 1, 5):
        store.commit(change({}, appends=written[place : place + size]))
        place += size
    store.commit(change({}, appends=[row(chain.upper(), 1, "another chain")]))
    newest_first = written[::-1]
    for before in (None, 1, 2, 9, 10, 11, 100, 101, 105, 106, 10_000):
        for limit in (1, 2, 10, 104, 105, 106, 1000):
            rows = list(store.history(chain, limit=limit, before=before))
            below = [each for each in newest_first if before is None or each.number < before]
            expect(7, rows == below[:limit], f"a history is newest first and whole (limit {limit}, before {before})")
    expect(7, not store.history(fresh("chain"), limit=10), "a chain that nobody wrote is empty")


def what_is_due_is_found(kit: Kit) -> None:
    """Records of one kind are listed from their ``due_at`` on, to the microsecond, earliest first."""
    store = kit.open()
    base, start = fresh("due"), now()
    notices = [_notice(f"{base}-{place}", start + place * MICROSECOND) for place in (3, 1, 2, 0, 4)]
    repeat = Repeat(id=f"{base}-r", sealed=b"", until=start)
    sent = creation(*notices, repeat, _notice(f"{base}-sent", start, sent_at=start))
    store.commit(sent)

    def listed(offset: int, limit: int = 100) -> list[str]:
        found = store.due("notice", start + offset * MICROSECOND, limit=limit)
        return [each.key.id.removeprefix(base) for each in found]

    expect(8, listed(-1) == [], "nothing is due a microsecond early")
    expect(8, listed(0) == ["-0"], "what is due at an instant is listed at that instant")
    expect(8, listed(3) == ["-0", "-1", "-2", "-3"], "what is due is listed earliest first")
    expect(8, listed(9, limit=2) == ["-0", "-1"], "a limit keeps the earliest")
    expect(8, [each.key.id for each in store.due("repeat", start, limit=9)] == [f"{base}-r"], "kinds are kept apart")
    expect(8, list(store.due("notice", start, limit=9)) == [notices[3]], "what is due is returned as it was written")
    moved = _notice(f"{base}-0", start + 9 * MICROSECOND)
    guards = {moved.key: sent.id, notices[1].key: sent.id}
    store.commit(change(guards, puts=[moved], deletes=[notices[1].key]))
    expect(8, listed(3) == ["-2", "-3"], "a record that was put or deleted is no longer due when it was")


def its_clock_is_in_utc(kit: Kit) -> None:
    """A store's clock is aware and in UTC, or there is none."""
    clock = kit.open().clock()
    expect(8, clock is None or clock.utcoffset() == timedelta(0), "a store's clock is aware and in UTC")


def it_may_be_closed_twice(kit: Kit) -> None:
    """Closing twice is no error, nor is closing what was never used."""
    for used in (False, True):
        opening = face(kit.subject.open(kit.inside("used" if used else "unused").directory))
        if used:
            opening.load([cell_at("any")])
        if isinstance(opening, SyncFace):
            opening.run(opening.store.close())  # the face itself closes its store once only
        else:
            opening.close()
        opening.close()


def _notice(name: str, at: datetime, sent_at: datetime | None = None) -> Notice:
    return Notice(id=name, subject="s", bank="", login_id="kit", event="login", written_at=at, sent_at=sent_at)


def _bytes_row(chain: str, place: int) -> Row:
    body = bytes(range(256)) if place % 2 else b""
    return Row(chain, place, f"k{place % 3}", body, bytes([place]) * 32)


QUERIES: Final = (
    check(8, keys_are_compared_to_the_letter),
    check(8, a_load_answers_for_every_key),
    check(9, records_come_back_as_they_were),
    check(8, every_opening_sees_what_was_committed),
    check(7, a_history_is_in_order),
    check(8, what_is_due_is_found),
    check(8, its_clock_is_in_utc),
    check(11, it_may_be_closed_twice),
)
