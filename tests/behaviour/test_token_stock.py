"""Tokens before anybody has them: deliveries, dispatch, retirement, sealing anew. The desk's alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest

from okmate_auth import Secret
from okmate_auth.commands import DispatchTokens, ResealTokens, RetireToken, RevokeToken, StockTokens
from okmate_auth.commands.stock import MOST_DISPATCHED, MOST_RESEALED, MOST_STOCKED
from okmate_auth.errors import MisuseError
from okmate_auth.queries import SealedTokens
from okmate_auth.records import HardToken
from okmate_auth.replies import SeedsResealed, TokenChanged, TokensDispatched, TokensStocked
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.tokens import Parameters
from tests.behaviour.bank import COMPANY, DESK, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    HOTP,
    TOKENS,
    TOTP,
    csv_line,
    dispatched,
    enter,
    holder,
    next_code,
    stocked,
    stored,
    virtual,
)
from tests.unchecked import unchecked

SEED = "3132333435363738393031323334353637383930"


def stock(bank: Bank, file: str, *, legacy_seeds: bool = False, ends_at: datetime | None = None) -> object:
    """Take a file into stock."""
    return bank.submit(StockTokens(file=Secret(file), legacy_seeds=legacy_seeds, ends_at=ends_at, authority=DESK))


def defects(reply: object) -> list[tuple[object, str]]:
    """Return line and code of each defect of a refused delivery."""
    violations = refused(reply, "delivery-defects").violations
    return [(violation.parameters["line"], violation.code) for violation in violations]


# ---------------------------------------------------------------------------------------------------------- stock


@pytest.mark.parametrize("digits", [6, 7, 8])
@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
@pytest.mark.parametrize("type_", ["hotp", "totp"])
def test_a_delivery_is_stocked_as_it_says(open_bank: OpenBank, type_: str, algorithm: str, digits: int) -> None:
    """Type, algorithm, digits, step and counter stand in the record, the serial as printed; the seed only sealed."""
    bank = open_bank(TOKENS)
    reply = expect(TokensStocked, stock(bank, f"AB-12 34,{SEED},{type_.upper()},{digits},30,{algorithm}\r\n"))
    assert reply.serials == ("AB-12 34",)
    record = stored(bank, virtual(bank, "ab1234"))
    assert (record.printed, record.serial, record.state, record.company) == ("AB-12 34", "AB1234", "stock", "")
    assert (record.type, record.algorithm, record.digits) == (type_, algorithm, digits)
    assert (record.period_seconds, record.next_counter) == ((30, 0) if type_ == "totp" else (0, 30))
    assert bytes.fromhex(SEED) not in record.seed
    assert record.seed_key == unsafe_keys().current_seed


def test_a_delivery_comes_in_whole_or_not_at_all(open_bank: OpenBank) -> None:
    """One bad line, and nothing of the file is in stock; every defect of every line is told, by line (A81)."""
    bank = open_bank(TOKENS)
    good = [csv_line(virtual(bank)) for _ in range(3)]
    bad = ["TK-1,zz,totp,6,60\n", "T,3132,totp,9,60\n", good[0]]
    with bank.unchanged():
        found = defects(stock(bank, "".join((good[0], bad[0], good[1], bad[1], good[2], bad[2]))))
    assert {line for line, _ in found} == {2, 4, 6}
    assert len([line for line, _ in found if line == 4]) >= 2
    assert (6, "line-duplicate") in found


@pytest.mark.parametrize("again", ["the same", "another seed", "one that looks like it"])
def test_an_existing_serial_is_never_written_over(open_bank: OpenBank, again: str) -> None:
    """Not by the same file twice, not with another seed, not by a number that only looks like it (A76, A81)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, "TK-100200")
    user = holder(bank, token)
    before = stored(bank, token)
    line = {
        "the same": csv_line(token),
        "another seed": f"TK-100200,{SEED},totp,6,60\n",
        "one that looks like it": f"TK-IO02OO,{SEED},totp,6,60\n",
    }[again]
    fresh = virtual(bank)
    with bank.unchanged():
        assert defects(stock(bank, csv_line(fresh) + line)) == [(2, "line-exists")]
    assert stored(bank, token) == before
    assert bank.record(HardToken.at(bank.name, "TK000999")) is None
    enter(bank, user, token.code())


@pytest.mark.parametrize(
    ("bits", "legacy", "passes"),
    [
        (72, True, False),
        (80, True, True),
        (80, False, False),
        (104, False, False),
        (112, False, True),
        (128, False, True),
    ],
)
def test_short_seeds_need_a_switch(open_bank: OpenBank, bits: int, *, legacy: bool, passes: bool) -> None:
    """112 bits are the least; from 80 bits on by the legacy switch, less by no switch (OTP-9)."""
    bank = open_bank(TOKENS)
    seed = bytes(range(1, bits // 8 + 1)).hex()
    reply = stock(bank, f"TK-000001,{seed},totp,6,60\n", legacy_seeds=legacy)
    if passes:
        expect(TokensStocked, reply)
    else:
        assert [line for line, _ in defects(reply)] == [1]


@pytest.mark.parametrize(("period", "passes"), [(30, True), (60, True), (61, False), (120, False)])
def test_a_longer_time_step_than_the_profile_s_is_refused(open_bank: OpenBank, period: int, *, passes: bool) -> None:
    """A code must not live longer than the bank's rules say, whatever is delivered."""
    bank = open_bank(TOKENS)
    reply = stock(bank, f"TK-000001,{SEED},totp,6,{period}\n")
    if passes:
        expect(TokensStocked, reply)
    else:
        assert defects(reply) == [(1, "line-period-too-long")]


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_has_a_limit(open_bank: OpenBank, more: int) -> None:
    """Two hundred tokens come in at once, one more does not."""
    bank = open_bank(TOKENS)
    file = "".join(csv_line(virtual(bank)) for _ in range(MOST_STOCKED + more))
    reply = stock(bank, file)
    if more:
        assert "line-too-many-lines" in [code for _, code in defects(reply)]
    else:
        assert len(expect(TokensStocked, reply).serials) == MOST_STOCKED


@pytest.mark.parametrize("file", ["", "\n\n", "\x00", "serial,seed,type,digits,period\n", '"', "\ud800", "," * 100_000])
def test_a_file_without_a_token_is_refused(open_bank: OpenBank, file: str) -> None:
    """Empty, only a header, or no table at all: defects, and nothing raised."""
    bank = open_bank(TOKENS)
    with bank.unchanged():
        assert defects(stock(bank, file))


def test_a_naive_end_of_life_is_the_program_s_mistake(open_bank: OpenBank) -> None:
    """An instant without a zone is refused when the command is made."""
    bank = open_bank(TOKENS)
    with pytest.raises(MisuseError):
        stock(bank, csv_line(virtual(bank)), ends_at=bank.clock().replace(tzinfo=None))


# ------------------------------------------------------------------------------------------------------- dispatch


def test_dispatch_is_all_or_nothing(open_bank: OpenBank) -> None:
    """One number that is not in stock, and none is sent; each that is not is told by its place in the list."""
    bank = open_bank(TOKENS)
    tokens = [virtual(bank) for _ in range(3)]
    stocked(bank, *tokens)
    gone, retired = dispatched(bank), virtual(bank)
    stocked(bank, retired)
    expect(TokenChanged, bank.submit(RetireToken(serial=retired.serial, authority=DESK)))
    serials = (tokens[0].serial, "ZZ-9999", tokens[1].serial, gone.serial, retired.serial)
    with bank.unchanged():
        command = DispatchTokens(company=COMPANY, serials=serials, authority=DESK)
        reply = refused(bank.submit(command), "not-in-stock")
    assert [violation.parameters["number"] for violation in reply.violations] == [2, 4, 5]
    good = DispatchTokens(company=COMPANY, serials=[token.serial for token in tokens], authority=DESK)
    assert expect(TokensDispatched, bank.submit(good)).serials == tuple(token.serial for token in tokens)
    assert {stored(bank, token).company for token in tokens} == {COMPANY}


@pytest.mark.parametrize(
    ("company", "serials", "code"),
    [
        ("C999", ("TK-0001",), "unknown-company"),
        ("C 1", ("TK-0001",), "malformed"),
        (COMPANY, (), "malformed"),
        (COMPANY, ("T",), "malformed"),
        (COMPANY, tuple(f"TK-{number:06}" for number in range(MOST_DISPATCHED + 1)), "malformed"),
        (COMPANY, tuple(f"TK-{number:06}" for number in range(MOST_DISPATCHED)), "not-in-stock"),
    ],
)
def test_what_can_not_be_dispatched(open_bank: OpenBank, company: str, serials: tuple[str, ...], code: str) -> None:
    """Unknown companies, malformed and too many numbers are refused, and nothing changes."""
    bank = open_bank(TOKENS)
    with bank.unchanged():
        refused(bank.submit(DispatchTokens(company=company, serials=serials, authority=DESK)), code)


def test_a_hundred_are_dispatched_at_once(open_bank: OpenBank) -> None:
    """The limit itself is possible: more records than one load asks for."""
    bank = open_bank(TOKENS)
    tokens = [virtual(bank) for _ in range(MOST_DISPATCHED)]
    stocked(bank, *tokens)
    command = DispatchTokens(company=COMPANY, serials=[token.serial for token in tokens], authority=DESK)
    assert len(expect(TokensDispatched, bank.submit(command)).serials) == MOST_DISPATCHED


# ----------------------------------------------------------------------------------------------------- retirement


def test_a_token_in_use_is_not_retired(open_bank: OpenBank) -> None:
    """It is revoked first; then it may be, and a retired one is nobody's."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    retire = RetireToken(serial=token.serial, authority=DESK)
    refused(bank.submit(retire), "token-in-use")
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    assert expect(TokenChanged, bank.submit(retire)).serial == token.serial
    assert stored(bank, token).state == "retired"


@pytest.mark.parametrize(
    ("serial", "code"), [("ZZ-9999", "unknown-token"), ("T", "malformed"), ("TK-IO0300", "unknown-token")]
)
def test_an_unknown_number_is_not_retired(open_bank: OpenBank, serial: str, code: str) -> None:
    """Neither one that nobody stocked, nor one that only looks like one."""
    bank = open_bank(TOKENS)
    dispatched(bank, "TK-100300")
    with bank.unchanged():
        refused(bank.submit(RetireToken(serial=serial, authority=DESK)), code)


# -------------------------------------------------------------------------------------------------------- sealing


@pytest.mark.parametrize("parameters", [TOTP, HOTP], ids=["totp", "hotp"])
def test_seeds_are_sealed_anew_while_logins_go_on(open_bank: OpenBank, parameters: Parameters) -> None:
    """After a rotation every seed is listed once, sealed with the new key, and opens with it alone."""
    bank = open_bank(TOKENS)
    tokens = [dispatched(bank, parameters=parameters) for _ in range(5)]
    user = holder(bank, tokens[0])
    rotated = unsafe_keys().rotated("seed", b"\x09" * 31 + b"\x08")
    beside = bank.beside(TOKENS, keys=rotated)
    began = bank.clock()
    bank.wait(timedelta(seconds=1))
    sealed = 0
    while listed := beside.read(SealedTokens(until=began, limit=2)):
        assert {one.key_id for one in listed} == {unsafe_keys().current_seed}
        command = ResealTokens(serials=[one.serial for one in listed], authority=DESK)
        sealed += expect(SeedsResealed, beside.submit(command)).count
    assert sealed == len(tokens)
    assert {stored(bank, token).seed_key for token in tokens} == {rotated.current_seed}
    next_code(bank, tokens[0])
    refused(enter(bank, user, tokens[0].code()), "wrong-code")  # a host that lacks the new key opens no seed
    assert bank.results(user)[0] == "token-unusable"


def test_a_seed_that_does_not_open_is_not_counted_and_not_in_the_way(open_bank: OpenBank) -> None:
    """Somebody moved a seed in the store: it stays as it is, and the next list goes on behind it (A97)."""
    bank = open_bank(TOKENS)
    one, other = dispatched(bank), dispatched(bank)
    moved = attrs.evolve(stored(bank, other), seed=stored(bank, one).seed)
    bank.put_record(moved)
    bank.wait(timedelta(seconds=1))
    command = ResealTokens(serials=[one.serial, other.serial, "ZZ-9999"], authority=DESK)
    assert expect(SeedsResealed, bank.submit(command)).count == 1
    assert stored(bank, other).seed == moved.seed
    assert bank.read(SealedTokens(until=bank.clock() - timedelta(seconds=1))) == ()


@pytest.mark.parametrize("serials", [(), ("T",), tuple(f"TK-{number:06}" for number in range(MOST_RESEALED + 1))])
def test_a_malformed_list_seals_nothing(open_bank: OpenBank, serials: tuple[str, ...]) -> None:
    """None, malformed ones, or more than one commit takes."""
    bank = open_bank(TOKENS)
    with bank.unchanged():
        refused(bank.submit(ResealTokens(serials=serials, authority=DESK)), "malformed")


@pytest.mark.parametrize("limit", [0, 51, True, "5"])
def test_a_list_of_seeds_is_bounded(limit: object, open_bank: OpenBank) -> None:
    """1 to 50, and nothing else."""
    bank = open_bank(TOKENS)
    with pytest.raises(MisuseError):
        SealedTokens(until=bank.clock(), limit=unchecked(limit))


def test_the_stock_has_a_history(open_bank: OpenBank) -> None:
    """What the desk did with the stock is written down: who, by which ticket, how many."""
    bank = open_bank(TOKENS)
    stocked(bank, virtual(bank), virtual(bank))
    rows = [row for change, _ in bank.recording.commits for row in change.appends]
    [row] = [row for row in rows if row.chain.endswith(f"token-stock:{bank.name}")]
    assert b"stock-tokens" in row.body
    assert b"teller-7" in row.body
