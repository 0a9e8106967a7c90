"""Telling a quiet machine from a busy one."""

from __future__ import annotations

import os
import time

import pytest

from benchmarks.quiet import Watch, processor_seconds

TICKS = os.sysconf("SC_CLK_TCK")


def line(*ticks: int) -> str:
    """Return the beginning of ``/proc/stat``."""
    return f"cpu  {' '.join(map(str, ticks))}\ncpu0 {' '.join(map(str, ticks))}\nintr 5\n"


@pytest.mark.parametrize(
    ("ticks", "worked"),
    [
        ((0, 0, 0, 900, 100, 0, 0, 0, 0, 0), 0),
        ((100, 0, 0, 900, 100, 0, 0, 0, 0, 0), 100),
        ((1, 2, 4, 900, 100, 8, 16, 32, 64, 128), 63),
    ],
)
def test_idling_and_waiting_for_the_disk_is_no_work(ticks: tuple[int, ...], worked: int) -> None:
    """Everything but idle and iowait counts; guests are counted in user time already."""
    assert processor_seconds(line(*ticks)) == worked / TICKS


@pytest.mark.parametrize(
    ("everything", "own", "seconds", "others"),
    [
        (0.0, 0.0, 10.0, 0.0),
        (10.0, 10.0, 10.0, 0.0),
        (15.0, 10.0, 10.0, 0.5),
        (20.0, 0.0, 10.0, 2.0),
        (9.9, 10.0, 10.0, 0.0),  # two clocks that are read one after the other
    ],
)
def test_what_is_not_ours_is_others(everything: float, own: float, seconds: float, others: float) -> None:
    """Work of all processors less our own, over the time."""
    everythings, owns, clocks = iter((3.0, 3.0 + everything)), iter((1.0, 1.0 + own)), iter((7.0, 7.0 + seconds))
    watch = Watch(everything=lambda: next(everythings), own=lambda: next(owns), clock=lambda: next(clocks))
    assert watch.others() == pytest.approx(others)


@pytest.mark.parametrize("known", [(None, None), (1.0, None), (None, 1.0)])
def test_a_system_that_does_not_tell_is_not_judged(known: tuple[float | None, float | None]) -> None:
    """Where all processors' work can't be known, nothing is said."""
    everythings = iter(known)
    assert Watch(everything=lambda: next(everythings)).others() is None


def test_our_own_work_is_not_taken_for_others() -> None:
    """On this very machine: what this process does is less than all, so others never come to more than there are."""
    watch = Watch()
    end = time.monotonic() + 0.05
    while time.monotonic() < end:
        pass
    others = watch.others()
    assert others is None or 0.0 <= others <= (os.cpu_count() or 1)
