"""T6: a right code accepted by us and by other libraries, each on its own SQLite file at ``synchronous=FULL``.

Ours is :class:`okmate_auth.StepUp` as in :mod:`benchmarks.otp_accept`: session check, unsealing, window, guarded
commit, chained history. What the others do, and what they leave out, is said in
:mod:`benchmarks.peers.django_otp_worker` (``T6-django-otp``: ``verify``; ``T6-django-otp-session``: ``session``) and
:mod:`benchmarks.peers.privacyidea_worker` (``T6-privacyidea``). They run in environments and processes of their own;
rounds alternate.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Final

from benchmarks.bank import open_bank
from benchmarks.contest import Benchmark, Contest
from benchmarks.otp_accept import our_step_up
from benchmarks.peers.environments import Peer, command
from benchmarks.peers.process import worker

__all__ = ["ROWS"]


@contextmanager
def _against(peer: Peer, *arguments: str) -> Generator[Contest, None, None]:
    program = command(peer, *arguments)
    with open_bank("full") as (bank, _), worker(program) as theirs:
        yield {"ours": our_step_up(bank), peer: theirs}


_ROW: Final = partial(Benchmark, engine="SQLite FULL", rounds=40, operations=20)

ROWS: Final = (
    _ROW(
        name="T6-django-otp",
        what="StepUp / TOTPDevice.verify_token (>= 10 x faster)",
        open=partial(_against, "django-otp", "verify"),
        budget=0.1,
    ),
    _ROW(
        name="T6-django-otp-session",
        what="StepUp / match_token and login in a session",
        open=partial(_against, "django-otp", "session"),
        budget=None,
    ),
    _ROW(
        name="T6-privacyidea",
        what="StepUp / check_token_list (>= 100 x faster)",
        open=partial(_against, "privacyidea"),
        budget=0.01,
    ),
)
