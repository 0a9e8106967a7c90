"""``okmate-auth keys``: making a key file, and rotating its keys. Only ids are shown, never a key."""

from __future__ import annotations

import argparse
from typing import Final, get_args

from okmate_auth.cli import output
from okmate_auth.keys import Purpose
from okmate_auth.shells.keyring import KeyRing

__all__ = ["arguments"]

_AFTERWARDS: Final[dict[Purpose, str]] = {
    "handle": "The former one is gone: replies kept in the last minute can't be repeated.",
    "pepper": "Former ones stay in the file: each password is hashed with the new one at its next login.",
    "seed": "Former ones stay in the file: what they sealed is still opened.",
    "chain": "Former ones stay in the file: rows made with them are still verified.",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the command's parser what it takes and what it does."""
    what = parser.add_subparsers(title="what to do", metavar="ACTION", required=True)
    new = what.add_parser(
        "new",
        help="make a new key file",
        description="Make a key file, for its owner alone (mode 600). An existing file is never overwritten.",
        allow_abbrev=False,
    )
    new.add_argument("path", metavar="PATH", help="the file to make")
    new.set_defaults(run=_new)
    rotate = what.add_parser(
        "rotate",
        help="add a new current key to a key file",
        description="Replace a key file, at once and durably, by one with a new current key for a purpose.",
        allow_abbrev=False,
    )
    rotate.add_argument("path", metavar="PATH", help="the file")
    rotate.add_argument("--purpose", required=True, choices=get_args(Purpose), help="which key")
    rotate.set_defaults(run=_rotate)


def _new(chosen: argparse.Namespace) -> int:
    keys = KeyRing.generate()
    keys.write_new(chosen.path)
    output.write(f"New keys: pepper {keys.current_pepper}, seed {keys.current_seed}, chain {keys.current_chain}.")
    output.write("Keep a copy, apart from the database's backups: without it no password can be checked.")
    return 0


def _rotate(chosen: argparse.Namespace) -> int:
    purpose: Purpose = chosen.purpose
    keys = KeyRing.from_file(chosen.path).renewed(purpose)
    keys.replace(chosen.path)
    ids = {"pepper": keys.current_pepper, "seed": keys.current_seed, "chain": keys.current_chain}
    output.write(f"New {purpose} key{f': {ids[purpose]}' if purpose in ids else ''}. {_AFTERWARDS[purpose]}")
    output.write("Services take it when they read the file again: restart them, all with the same file.")
    return 0
