"""Hard tokens come to the bank, and go out to companies."""

from __future__ import annotations

from typing import Final

from okmate_auth.commands import DispatchTokens, RegisterCompany, StockTokens
from okmate_auth.demo.people import COMPANY, DESK, OTHER_COMPANY, SERIAL, SERIAL_ELSEWHERE, SERIAL_OF_JIRO, SERIAL_SPARE
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.queries import SealedTokens
from okmate_auth.replies import CompanyRegistered, TokensDispatched, TokensStocked

_DELIVERED: Final = (SERIAL, SERIAL_SPARE, SERIAL_ELSEWHERE)
_LOST: Final = 20  # hexadecimal digits of a seed, which leaves 80 bits


def _lines(stage: Stage) -> list[str]:
    return [stage.token(serial).line() for serial in _DELIVERED]


def _stocks_a_broken_file(stage: Stage) -> StockTokens:
    first, second, third = _lines(stage)
    serial, seed, *rest = second.split(",")
    return _stocks_lines(stage, [first, ",".join((serial, seed[:-_LOST], *rest)), third])


def _stocks(stage: Stage) -> StockTokens:
    return _stocks_lines(stage, _lines(stage))


def _stocks_lines(stage: Stage, lines: list[str]) -> StockTokens:
    return StockTokens(file=stage.delivered(lines), authority=stage.desk())


def _other_company(stage: Stage) -> RegisterCompany:
    return RegisterCompany(company=OTHER_COMPANY, name="Tonari Shoten / となり商店", authority=stage.desk())


def _dispatches(stage: Stage) -> DispatchTokens:
    return DispatchTokens(company=COMPANY, serials=(SERIAL, SERIAL_SPARE), authority=stage.desk())


def _dispatches_elsewhere(stage: Stage) -> DispatchTokens:
    return DispatchTokens(company=OTHER_COMPANY, serials=(SERIAL_ELSEWHERE,), authority=stage.desk())


def _sealed(stage: Stage) -> set[str]:
    """Return the serial numbers of the tokens that the bank has a sealed seed of, but for Jiro's, which came before."""
    return {seed.serial for seed in stage.read(SealedTokens(until=stage.clock()))} - {SERIAL_OF_JIRO}


STOCK: Final = Scene(
    name="stock",
    beats=(
        Act(
            who=DESK,
            does="stocks-a-broken-file",
            command=_stocks_a_broken_file,
            expects=refused("delivery-defects", "line-too-short"),
            claims=(Claim("nothing-is-in-stock", lambda stage: not _sealed(stage)),),
        ),
        Act(
            who=DESK,
            does="stocks",
            command=_stocks,
            expects=gives(TokensStocked),
            claims=(Claim("all-are-sealed", lambda stage: _sealed(stage) == set(_DELIVERED)),),
        ),
        Act(who=DESK, does="dispatches", command=_dispatches, expects=gives(TokensDispatched)),
        Act(who=DESK, does="registers-other-company", command=_other_company, expects=gives(CompanyRegistered)),
        Act(who=DESK, does="dispatches-elsewhere", command=_dispatches_elsewhere, expects=gives(TokensDispatched)),
    ),
)
