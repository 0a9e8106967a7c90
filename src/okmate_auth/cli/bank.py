"""``okmate-auth demo --web``: the demo bank in a browser, until somebody ends it."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from okmate_auth.cli import output
from okmate_auth.demo.bank.authority import HOSTS
from okmate_auth.demo.bank.people import COMPANIES, PEOPLE
from okmate_auth.demo.bank.wording import wording
from okmate_auth.errors import ConfigurationError
from okmate_auth.messages import Language
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.shells.setup import utc_now

if TYPE_CHECKING:
    from okmate_auth.demo.bank.folder import Bank

__all__ = ["arguments", "run"]

PORT: Final = 8443
_LAST: Final = 65_534  # the certificate entrance has the port after it
_NEEDED: Final = ("jinja2", "starlette", "uvicorn")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the command's parser what belongs to ``--web``."""
    parser.add_argument("--web", action="store_true", help="serve the demo bank to a browser on this machine")
    parser.add_argument(
        "--port",
        metavar="N",
        type=_port,
        help=f"with --web: the first of its two ports (default: {PORT}; 0: free ones)",
    )
    parser.add_argument(
        "--dir",
        metavar="FOLDER",
        type=Path,
        help="with --web: keep the bank in this folder, and open it again from there",
    )


def run(port: int | None, folder: Path | None, language: Language) -> int:
    """Serve the demo bank until a signal ends it, and say where it is and who can log in.

    Args:
        port: Of the entrance; None: 8443.
        folder: Where it is kept; None: nowhere.
        language: Of what is printed.

    Returns:
        The exit code.

    Raises:
        ConfigurationError: The extra is missing, a port is taken, or the folder can't be used.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        message = f"--web needs the extra demo ({', '.join(missing)}): pip install 'okmate_auth[demo]'"
        raise ConfigurationError(message)
    from okmate_auth.demo.bank.server import bound, serve  # noqa: PLC0415 - needs the extra, which was not sure before

    say = wording(language).say
    with closing(bound(PORT if port is None else port)) as ports, _opened(folder, say("cli.opening")) as bank:

        def told(stop: Callable[[], None]) -> None:
            del stop  # a signal does it
            for line in _lines(bank, ports.numbers, language):
                output.write(line)

        asyncio.run(serve(bank, ports, started=told))
    output.write(say("cli.ended"))
    return 0


@contextmanager
def _opened(folder: Path | None, told: str) -> Generator[Bank, None, None]:
    from okmate_auth.demo.bank.folder import kept, temporary  # noqa: PLC0415 - it takes its time to import

    output.write(told)
    if folder is None:
        with temporary(OKMATE, utc_now) as bank:
            yield bank
    else:
        yield kept(folder, OKMATE, utc_now)


def _lines(bank: Bank, ports: tuple[int, int], language: Language) -> list[str]:
    """Return where the bank is and who can log in; the passwords are made up, and stand on a page besides."""
    words = wording(language)
    say = words.say
    methods = {company.id: company.method for company in COMPANIES}
    by_id, by_certificate = (f"https://{HOSTS[0]}:{port}/" for port in ports)
    people = [
        say(
            "cli.person",
            login_id=person.login_id,
            method=say(f"people.method.{methods[person.company]}"),
            password=person.login_password or bank.handout.initial[person.login_id].reveal(),
            day=say("people.everyday" if person.login_password else "people.first-day"),
        )
        for person in PEOPLE
    ]
    return [
        "",
        say("cli.address", title=say("cli.by-id"), address=by_id),
        say("cli.address", title=say("cli.by-certificate"), address=by_certificate),
        say("cli.warning"),
        "",
        f"{say('people')}:",
        *people,
        say("cli.helpers", address=f"{by_id}demo/people"),
        "",
        say("cli.end"),
    ]


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= len(str(_LAST)) and int(text) <= _LAST:
        return int(text)
    message = f"0 to {_LAST}"
    raise argparse.ArgumentTypeError(message)
