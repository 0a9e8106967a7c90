"""The records: every kind is stored and found again, and what another version wrote is kept or refused."""

from __future__ import annotations

import json
import sys
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from okmate_auth.errors import CorruptRecordError, MisuseError
from okmate_auth.records import CODEC, KINDS, Counters, Key, LoginRecord, OperationRecord, Record, decode, encode
from okmate_auth.testing.keys import unsafe_keys
from tests.stored_values import AT, SUBJECT, account, credential, flow, session, throttle, values_of

every_kind = pytest.mark.parametrize("cls", KINDS.values(), ids=lambda cls: cls.kind)

CANARY = "$argon2id$kanari4"


def subclasses(cls: type) -> set[type]:
    """Return every class below a class."""
    direct: list[type] = cls.__subclasses__()
    return {*direct, *(below for one in direct for below in subclasses(one))}


def is_current(cls: type) -> bool:
    """Say whether a class is what its name stands for: attrs makes another one for its slots, and drops the first."""
    return getattr(sys.modules[cls.__module__], cls.__name__, None) is cls


def test_every_record_is_listed_by_its_kind() -> None:
    """A record that no store could read back does not exist: each class stands in KINDS under its own name.

    What several have in common has no kind, and is no record itself.
    """
    ours = {cls for cls in subclasses(Record) if cls.__module__.startswith("okmate_auth.") and is_current(cls)}
    common = {cls for cls in ours if "kind" not in vars(cls)}
    assert set(KINDS.values()) == ours - common
    assert common == {Counters}
    assert all(KINDS[cls.kind] is cls for cls in KINDS.values())
    assert all(kind.isascii() and kind == kind.lower() for kind in KINDS)


@every_kind
@given(data=st.data())
def test_a_record_comes_back_as_it_was_stored(cls: type[Record], data: st.DataObject) -> None:
    """Any record of any kind, fields of a newer version included, is the same after it was stored."""
    record = data.draw(values_of(cls))
    body = encode(record)
    assert body.isascii()
    assert decode(cls.kind, body) == record
    assert decode(cls.kind, body.decode("ascii")) == record


@every_kind
@given(data=st.data())
def test_a_record_stands_under_a_key_of_its_kind(cls: type[Record], data: st.DataObject) -> None:
    """A key is the kind and an id; what may be due is due at an instant or never."""
    record = data.draw(values_of(cls))
    assert isinstance(record.key, Key)
    assert record.key.kind == cls.kind
    assert record.due_at is None or record.due_at.utcoffset() is not None


@pytest.mark.parametrize("cls", [LoginRecord, OperationRecord])
@given(data=st.data())
def test_a_row_of_a_history_comes_back_as_it_was_stored(cls: type, data: st.DataObject) -> None:
    """What a history row says is kept exactly, so that its MAC can be computed over it for ever."""
    row = data.draw(values_of(cls))
    assert CODEC.loads(cls, CODEC.dumps(row)) == row
    assert CODEC.dumps(CODEC.loads(cls, CODEC.dumps(row))) == CODEC.dumps(row)


# Each kind as the first version stored it; a line here never changes, or databases out there can't be read any more.
STORED = {
    "account": '{"schema":1,"subject":"s","id":"a","bank":"","login_id":"Hanako01","company":"C1","role":"user",'
    '"method":"password","created_at":1767603600000000,"login_password":{"id":"c","phc":"p","pepper":"k",'
    '"set_at":0,"change_due":"initial","ends_at":1},"suspended":{"at":1,"actor":"desk:op"},'
    '"entitlements":["inquiry"],"known_browsers":[{"browser":"b","used_at":1}],'
    '"flows":[{"id":"f","proven":1,"known":false,"ends_at":1}],"sessions":[{"id":"s","ends_at":1}],'
    '"logins":[{"at":1,"entrance":"password"}]}',
    "certificate": '{"schema":1,"bank":"","fingerprint":"f0","issuer":"a1","serial":"2b","subject":"s",'
    '"state":"superseded","registered_at":1,"ends_at":3,"ended_at":2}',
    "company": '{"schema":1,"bank":"","id":"C1","name":"\\u4f1a\\u793e","method":"password","created_at":1,'
    '"users":["s"],"master":"s"}',
    "flow": '{"schema":1,"handle":"h","id":"f","subject":"s","entrance":"password","browser":"b","ends_at":2,'
    '"step_ends_at":1,"ledger":{"proven":[{"factor":"login-password","credential":"c"}]},"repeat":"r"}',
    "key-check": '{"schema":1,"bank":"","marks":[{"purpose":"pepper","id":"1-0a1b2c3d","check":"0a1b2c3d"}]}',
    "note": '{"schema":1,"subject":"s","action":"mail","data":{"seen":true}}',
    "notice": '{"schema":1,"id":"n","subject":"s","bank":"","login_id":"Hanako01","event":"lock","written_at":1,'
    '"details":[["address","192.0.2.1"]]}',
    "operation-head": '{"schema":1,"subject":"s","head":{"count":1,"mac":"AAAA"}}',
    "repeat": '{"schema":1,"id":"r","sealed":"AP-_","until":1}',
    "session": '{"schema":1,"handle":"h","subject":"s","account":"a","login_id":"Hanako01","bank":"","company":"C1",'
    '"role":"user","entrance":"password","browser":"b","started_at":1,"ends_at":2,"factors":["login-password"],'
    '"used_at":1,"fresh":[{"factor":"confirmation-password","purpose":"transfer","until":2}]}',
    "token": '{"schema":1,"bank":"","skeleton":"TK1","serial":"TK1","printed":"TK-1","state":"enrolled","type":"totp",'
    '"algorithm":"SHA1","digits":6,"period_seconds":60,"seed":"AP-_","seed_key":"k","sealed_at":1,"stocked_at":1,'
    '"ends_at":2,"company":"C1","shared":true,"holders":["s"],"suspended":{"at":1,"actor":"desk:op","by_desk":true},'
    '"next_counter":29460061,"offset":-1,"drift":1}',
    "token-throttle": '{"schema":1,"latest":3,"counters":[{"factor":"code","known":{"failures":1,"total":1}}],'
    '"bank":"","company":"C1","serial":"TK1"}',
    "throttle": '{"schema":1,"subject":"s","entrance":"password","latest":3,"counters":[{"factor":"login-password",'
    '"known":{"failures":1,"total":7,"locks":[1],"locked_until":2},"locked_at":3}],"places":[{"id":"p","owner":"o",'
    '"factor":"login-password","lane":"others","ends_at":4}],"head":{"count":2,"mac":"AAAA"}}',
}


@pytest.mark.parametrize(("kind", "body"), STORED.items(), ids=STORED)
def test_what_the_first_version_stored_is_read_and_written_the_same(kind: str, body: str) -> None:
    """Names and forms of stored fields are for ever: what the first version wrote is read, and written as it was.

    Nothing is added, left out or told in another way; the order in which the fields stand says nothing.
    """
    written = encode(decode(kind, body))
    assert json.loads(written) == json.loads(body)
    assert len(written) == len(body)


def test_every_kind_has_a_body_of_the_first_version() -> None:
    """No kind is left out of that table."""
    assert set(STORED) == set(KINDS)


@pytest.mark.parametrize("kind", ["", "Account", "login", "account "])
def test_an_unknown_kind_is_refused(kind: str) -> None:
    """A record of a kind that a newer version brought is left alone."""
    with pytest.raises(CorruptRecordError, match="unknown kind"):
        decode(kind, STORED["account"])


@every_kind
@pytest.mark.parametrize("schema", [0, -1, 2, True, 1.0, "1", None, [1]])
def test_a_schema_that_is_not_known_is_refused(cls: type[Record], schema: object) -> None:
    """What a newer version wrote in a form that an older one must not read over is not read by the older one."""
    body = json.dumps({**json.loads(STORED[cls.kind]), "schema": schema})
    with pytest.raises(CorruptRecordError, match="upgrade"):
        decode(cls.kind, body)


@every_kind
@pytest.mark.parametrize("body", ["", "null", "[]", '"text"', "{}", '{"Schema":1}', "[" * 100_000])
def test_a_body_without_a_schema_is_corrupt(cls: type[Record], body: str) -> None:
    """What is no object with a schema number was not written by this library."""
    with pytest.raises(CorruptRecordError, match="schema number"):
        decode(cls.kind, body)


@every_kind
@given(data=st.data())
def test_a_body_with_a_field_taken_away_or_exchanged_is_read_or_corrupt(cls: type[Record], data: st.DataObject) -> None:
    """Whoever edits a stored body gets a record of that kind or the one error, never another exception."""
    fields = json.loads(STORED[cls.kind])
    name = data.draw(st.sampled_from([name for name in fields if name != "schema"]))
    fields[name] = data.draw(st.none() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({}))
    if data.draw(st.booleans()):
        del fields[name]
    try:
        record = decode(cls.kind, json.dumps(fields))
    except CorruptRecordError:
        return
    assert isinstance(record, cls)


def test_no_repr_shows_a_hash_or_what_is_sealed() -> None:
    """Stored hashes, sealed replies and sealed seeds are kept out of what a log line or a debugger shows."""
    record = account(login_password=credential(phc=CANARY), unknown={"phc": CANARY})
    assert CANARY not in repr(record)
    for kind in ("repeat", "token"):
        assert repr(b"\x00\xff\xbf") not in repr(decode(kind, STORED[kind]))


# ------------------------------------------------------------------------------------------------------------ keys


def test_the_base_of_records_stands_nowhere() -> None:
    """Each kind says itself where its records stand, and by default they are never due."""
    with pytest.raises(MisuseError):
        _ = Record().key
    assert Record().due_at is None


names = st.text(max_size=6)


@given(names, names, names, names)
def test_no_two_companies_share_a_key(bank: str, company: str, other_bank: str, other_company: str) -> None:
    """Whatever characters a bank's and a company's ids are made of, two pairs never stand under one key."""
    assume((bank, company) != (other_bank, other_company))
    at: Any = KINDS["company"]
    assert at.at(bank, company) != at.at(other_bank, other_company)


@given(names, names, names, names)
def test_no_two_tokens_share_a_key(bank: str, skeleton: str, other_bank: str, other_skeleton: str) -> None:
    """Nor do those of two banks, wherever the border between a bank's id and a number lies."""
    assume((bank, skeleton) != (other_bank, other_skeleton))
    at: Any = KINDS["token"]
    assert at.at(bank, skeleton) != at.at(other_bank, other_skeleton)


@given(st.tuples(names, names, names), st.tuples(names, names, names))
def test_no_two_numbers_at_companies_share_a_throttle(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Bank, company and number as typed each tell throttles apart, or guesses at one would lock another."""
    assume(one != other)
    at: Any = KINDS["token-throttle"]
    assert at.at(unsafe_keys().serial(*one)) != at.at(unsafe_keys().serial(*other))


def test_a_token_stands_by_what_its_number_looks_like() -> None:
    """Two numbers that look alike have one place, so that they can't both be in stock (A76)."""
    token: Any = decode("token", STORED["token"])
    assert attrs.evolve(token, serial="TKI", printed="TKI").key == token.key
    assert attrs.evolve(token, skeleton="TK2").key != token.key


def test_keys_tell_subjects_entrances_and_actions_apart() -> None:
    """Each entrance of a subject has a throttle of its own, each action a note of its own."""
    at: Any = KINDS
    keys = {
        at["throttle"].at(SUBJECT, "password"),
        at["throttle"].at(SUBJECT, "certificate"),
        at["note"].at(SUBJECT, "mail"),
        at["note"].at(SUBJECT, "notices"),
        *(at[kind].at(SUBJECT) for kind in ("account", "flow", "notice", "operation-head", "repeat", "session")),
    }
    assert len(keys) == 10


@pytest.mark.parametrize(
    ("record", "due_at"),
    [
        (account(), None),
        (throttle(), None),
        (flow(ends_at=AT), AT),
        (session(ends_at=AT), AT),
        (decode("company", STORED["company"]), None),
        (decode("note", STORED["note"]), None),
        (decode("operation-head", STORED["operation-head"]), None),
        (decode("token-throttle", STORED["token-throttle"]), None),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_what_ends_is_due_at_its_end(record: Record, due_at: object) -> None:
    """A sweep finds what ends by itself and nothing else."""
    assert record.due_at == due_at


def test_a_kept_reply_is_due_when_it_is_useless() -> None:
    """The reply kept for a repeat may be deleted when its minute is over."""
    record: Any = decode("repeat", STORED["repeat"])
    assert record.due_at == record.until


def test_a_token_is_due_for_sealing_since_it_was_sealed_last() -> None:
    """Whoever seals anew after a rotation finds the seeds that were sealed longest ago first."""
    token: Any = decode("token", STORED["token"])
    assert token.due_at == token.sealed_at


def test_a_notice_is_due_while_it_is_pending() -> None:
    """The mailer's list holds what was written and not sent yet."""
    notice: Any = decode("notice", STORED["notice"])
    assert notice.due_at == notice.written_at
    assert attrs.evolve(notice, sent_at=AT).due_at is None
