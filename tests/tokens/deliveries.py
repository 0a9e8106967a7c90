"""Deliveries of tokens: a good line, the same with other cells, and whole files in every form."""

from __future__ import annotations

import csv
import io
from typing import Final

from hypothesis import strategies as st

from okmate_auth.tokens import Parameters, TokenEntry, read_oath_csv
from okmate_auth.tokens.oath_csv import COLUMNS
from tests.tokens.samples import LAST_COUNTER, SEED, parameters

__all__ = ["ENTRY", "GOOD", "HEX", "defects", "deliveries", "entries", "row"]

HEX: Final = SEED.hex()
GOOD: Final = f"TK-000001,{HEX},totp,6,60"
ENTRY: Final = TokenEntry(
    line=1,
    serial="TK-000001",
    seed=SEED,
    parameters=Parameters(kind="totp", period_seconds=60),
    next_counter=0,
)


def entries(text: str, *, most: int = 200, legacy_seeds: bool = False) -> list[TokenEntry]:
    """Return the tokens of a delivery in which nothing is wrong."""
    found, defects, _ = read_oath_csv(text, most=most, legacy_seeds=legacy_seeds)
    assert defects == ()
    return list(found)


def defects(text: str, *, most: int = 200, legacy_seeds: bool = False) -> list[tuple[int, str, str]]:
    """Return line, column and code of everything that is wrong with a delivery."""
    found = read_oath_csv(text, most=most, legacy_seeds=legacy_seeds)[1]
    return [(defect.line, defect.column, defect.code) for defect in found]


def row(**cells: str) -> str:
    """Return the good line with other cells."""
    named = dict(zip(COLUMNS, [*GOOD.split(","), ""], strict=True))
    return ",".join({**named, **cells}.values())


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[str, list[TokenEntry]]:
    """Draw a delivery in which nothing is wrong, in any form that one may have, and what it says."""
    expected: list[TokenEntry] = []
    file = io.StringIO()
    file.write(draw(st.sampled_from(["", "\ufeff"])))
    lines = csv.writer(
        file,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    number = 0
    if draw(st.booleans()):
        number += 1
        lines.writerow(draw(st.sampled_from([["serial", "seed"], ["Serial", *COLUMNS[1:]], ["SERIAL"]])))
    for at in range(draw(st.integers(1, 5))):
        for idle in draw(st.lists(st.sampled_from(["", "  \t", "# a comment", ' #, "', ",,,,"]), max_size=2)):
            number += 1
            file.write(f"{idle}\n")
        number += 1
        what = draw(parameters)
        seed = draw(st.binary(min_size=14, max_size=128).filter(lambda seed: len(set(seed)) > 1))
        counter = draw(st.integers(0, LAST_COUNTER)) if what.kind == "hotp" else 0
        serial = f"{draw(st.sampled_from(['TK-', 'tk', 'A ']))}{at}{draw(st.integers(100, 999))}"
        last = str(counter or draw(st.sampled_from(["", "0"]))) if what.kind == "hotp" else str(what.period_seconds)
        cells = [
            serial,
            draw(st.sampled_from([seed.hex(), seed.hex().upper()])),
            draw(st.sampled_from([what.kind, what.kind.upper(), what.kind.title()])),
            str(what.digits),
            last,
        ]
        if what.algorithm != "SHA1" or draw(st.booleans()):
            cells.append(draw(st.sampled_from([what.algorithm, what.algorithm.lower()])))
        around = draw(st.sampled_from(["", " ", "\t"]))
        lines.writerow([f"{cell}{around}" for cell in cells])
        expected.append(
            TokenEntry(line=number, serial=serial, seed=seed, parameters=what, next_counter=counter),
        )
    return file.getvalue(), expected
