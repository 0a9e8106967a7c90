"""The virtual environments of the other libraries: which there are, where, and how they are made.

Each is a folder in ``.venv-peers/`` of the repository, made by ``python -m benchmarks --install-peers`` from the exact
versions in ``benchmarks/peers/<name>.txt``. Nothing is ever installed by a run that measures.
"""

from __future__ import annotations

import subprocess
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from benchmarks.contest import UnavailableError
from benchmarks.peers.process import ROOT

__all__ = ["PEERS", "Peer", "command", "install", "python_of"]

Peer = Literal["django", "django-otp", "privacyidea"]
PEERS: Final[tuple[Peer, ...]] = ("django", "django-otp", "privacyidea")
FOLDER: Final = ROOT / ".venv-peers"
_PINS: Final = Path(__file__).parent


def python_of(peer: Peer, *, folder: Path = FOLDER) -> Path:
    """Return the Python of a peer's environment.

    Raises:
        UnavailableError: It was not made, or from other versions than it would be now.
    """
    python = folder / peer / "bin" / "python"
    made_of = folder / peer / "made-of.txt"
    if not python.exists() or not made_of.exists() or made_of.read_bytes() != _pins(peer).read_bytes():
        message = f"{peer} is not installed in these versions; python -m benchmarks --install-peers does it"
        raise UnavailableError(message)
    return python


def command(peer: Peer, *arguments: str, folder: Path = FOLDER) -> tuple[str | Path, ...]:
    """Return the command that starts a peer's worker.

    Raises:
        UnavailableError: As for :func:`python_of`.
    """
    return (python_of(peer, folder=folder), "-m", f"benchmarks.peers.{peer.replace('-', '_')}_worker", *arguments)


def install(peers: Iterable[Peer] = PEERS, *, folder: Path = FOLDER) -> None:
    """Make the environments anew, from whatever registry this machine's pip is set up with.

    Raises:
        subprocess.CalledProcessError: pip failed; what it says is on standard error.
    """
    for peer in peers:
        home = folder / peer
        venv.create(home, clear=True, with_pip=True)
        pip: list[str | Path] = [
            home / "bin" / "python",
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        subprocess.run([*pip, "-r", _pins(peer)], check=True)  # noqa: S603 - our own list
        (home / "made-of.txt").write_bytes(_pins(peer).read_bytes())  # last: what is half made is not there


def _pins(peer: Peer) -> Path:
    return _PINS / f"{peer}.txt"
