"""Workers: processes of other environments, asked over pipes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.contest import UnavailableError
from benchmarks.peers import environments
from benchmarks.peers.codes import STEP_SECONDS, code_now
from benchmarks.peers.environments import PEERS, Peer
from benchmarks.peers.process import WorkerError, worker
from okmate_auth.tokens import Parameters, code_at

HONEST = "from benchmarks.peers.serving import serve; serve(lambda operations: operations / 8)"
NOISY = f"import os; os.system('echo 1.5'); print('2.5'); {HONEST}"
PRINTING = (
    "from benchmarks.peers.serving import serve\n"
    "import os\n"
    "def go(operations):\n"
    "    print('99.0', flush=True); os.write(1, b'98.0\\n')\n"
    "    return operations / 8\n"
    "serve(go)"
)
SILENT = "import time; time.sleep(600)"


def patience_with(text: str) -> float:
    """Return how long to wait: little for one that says nothing anyway, long for one that may start slowly."""
    return 1.0 if SILENT in text else 60.0


def program(text: str) -> list[str]:
    """Return the command that runs a program."""
    return [sys.executable, "-c", text]


@pytest.mark.parametrize("text", [HONEST, PRINTING])
def test_a_worker_is_a_side(text: str) -> None:
    """It says how long so many operations took, again and again; what it prints besides is no answer."""
    with worker(program(text)) as side:
        assert [side(operations) for operations in (1, 20, 3)] == [1 / 8, 20 / 8, 3 / 8]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("raise SystemExit(3)", "ended with exit code 3"),
        (NOISY, "says 'ready' first"),
        (SILENT, "said nothing for"),
    ],
)
def test_a_worker_that_does_not_begin_is_found(text: str, rule: str) -> None:
    """One that ends, says something else or nothing at all is an error that says which."""
    with pytest.raises(WorkerError, match=rule), worker(program(text), patience=patience_with(text)):
        pass


@pytest.mark.parametrize(
    ("then", "rule"),
    [
        ("raise SystemExit(4)", "ended with exit code 4"),
        ("print('fast', flush=True); input()", "a number of seconds"),
        (SILENT, "said nothing for"),
    ],
)
def test_a_worker_that_gives_up_later_is_found(then: str, rule: str) -> None:
    """The same after it was asked."""
    text = f"print('ready', flush=True); input(); {then}"
    with pytest.raises(WorkerError, match=rule), worker(program(text), patience=patience_with(text)) as side:
        side(1)


def test_a_worker_ends_with_its_contest(tmp_path: Path) -> None:
    """At the end of input it goes on to its own end, and is gone when the contest is left."""
    witness = tmp_path / "ended"
    with worker(program(f"{HONEST}; open({str(witness)!r}, 'w').close()")) as side:
        side(1)
        assert not witness.exists()
    assert witness.exists()


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_that_is_not_installed_is_told(peer: Peer, tmp_path: Path) -> None:
    """Without its environment there is no command, and it is said what makes it."""
    with pytest.raises(UnavailableError, match="--install-peers"):
        environments.command(peer, folder=tmp_path)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("made_of", ["", "Django==1.0\n"])
def test_a_peer_of_other_versions_is_none(peer: Peer, made_of: str, tmp_path: Path) -> None:
    """An environment that was made from other pins, or was not finished, is not measured."""
    python = tmp_path / peer / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / peer / "made-of.txt").write_text(made_of, "utf-8")
    with pytest.raises(UnavailableError):
        environments.python_of(peer, folder=tmp_path)


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_is_pinned_and_found(peer: Peer, tmp_path: Path) -> None:
    """Every line of its list is one exact version with no address; made from that, it is there."""
    pins = Path(environments.__file__).with_name(f"{peer}.txt")
    assert all(line.count("==") == 1 and "/" not in line for line in pins.read_text("utf-8").splitlines())
    python = tmp_path / peer / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / peer / "made-of.txt").write_bytes(pins.read_bytes())
    module = f"benchmarks.peers.{peer.replace('-', '_')}_worker"
    assert environments.command(peer, "x", folder=tmp_path) == (python, "-m", module, "x")
    assert (Path(environments.__file__).parent / f"{module.rsplit('.', 1)[1]}.py").exists()


@pytest.mark.parametrize("seconds", [0.0, 24.9, 25.1, 29.9])
def test_a_workers_code_is_not_about_to_end(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that would be an older one when it is judged is not made: the next step is waited for."""
    step, slept = 59_000_000, list[float]()
    monkeypatch.setattr("benchmarks.peers.codes.time.time", lambda: step * STEP_SECONDS + seconds)
    monkeypatch.setattr("benchmarks.peers.codes.time.sleep", slept.append)
    waits = seconds > STEP_SECONDS - 5
    assert code_now(b"k" * 20) == code_at(b"k" * 20, step + waits, Parameters(kind="totp", period_seconds=30))
    assert slept == pytest.approx([STEP_SECONDS - seconds] if waits else [])
