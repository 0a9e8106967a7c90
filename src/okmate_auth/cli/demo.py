"""``okmate-auth demo``: the story on a real database file, or the demo bank in a browser."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

from okmate_auth.cli import bank as web
from okmate_auth.cli import output
from okmate_auth.demo import Show, kept_bank, temporary_bank
from okmate_auth.demo.layout import Style
from okmate_auth.demo.wording import Language

__all__ = ["arguments"]

_STOPPED: Final = 128  # as shells count it
_LINES: Final = (
    "one JSON object a line, for each submit and each look: user, command, reply, ms, scene, place, at; where there "
    "are any, code, message, until, violations, step, factors, top_page, token, committed, verified, wrong"
)
_ENDINGS: Final = (signal.SIGTERM, signal.SIGHUP)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the command's parser what it takes and what it does."""
    parser.add_argument("--lang", choices=("ja", "en"), help="language (default: the environment's)")
    parser.add_argument("--json", action="store_true", help=_LINES)
    parser.add_argument("--db", metavar="PATH", type=Path, help="keep the database in this new file, keys beside it")
    web.arguments(parser)
    parser.set_defaults(run=partial(_run, parser))


def _run(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    if chosen.web and (chosen.json or chosen.db is not None):
        parser.error("--web goes with --port, --dir and --lang")
    if not chosen.web and (chosen.port is not None or chosen.dir is not None):
        parser.error("--port and --dir go with --web")
    output.prepare()
    if chosen.web:
        with _ended_properly():
            return web.run(chosen.port, chosen.dir, _language(chosen.lang, as_json=False))
    show = Show(
        write=output.write,
        language=_language(chosen.lang, as_json=chosen.json),
        as_json=chosen.json,
        style=Style(on=_coloured(os.environ)),
        columns=shutil.get_terminal_size().columns,
    )
    with _ended_properly(), temporary_bank() if chosen.db is None else kept_bank(chosen.db) as bank:
        wrong = show.on(bank)
    if wrong:
        output.complain(f"this is not as the story says: {wrong}")
    return 1 if wrong else 0


def _language(asked: Language | None, *, as_json: bool) -> Language:
    language = asked or language_of(os.environ)
    if language == "ja" and not as_json and not output.can_show("日本語"):
        output.complain("this terminal's encoding has no Japanese characters: the demo goes on in English")
        return "en"
    return language


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language of messages that the environment asks for (POSIX: LC_ALL, LC_MESSAGES, LANG)."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "ja" if next(filter(None, names), "").startswith("ja") else "en"


def _coloured(environment: Mapping[str, str]) -> bool:
    """Say whether to colour: on a terminal that can, and where nobody objects (https://no-color.org)."""
    return sys.stdout.isatty() and not environment.get("NO_COLOR") and environment.get("TERM", "dumb") != "dumb"


@contextmanager
def _ended_properly() -> Generator[None, None, None]:
    """Let signals that end a process end it in order, so that nothing temporary is left."""
    former: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():  # others may set no handler
        former = {number: signal.signal(number, _end) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    raise SystemExit(_STOPPED + number)
