"""``okmate-auth keys``: key files made and rotated, and never a key shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from okmate_auth import cli
from okmate_auth.keys import Purpose
from okmate_auth.shells.keyring import KeyRing
from tests.cli_processes import run

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def secrets_of(path: Path) -> list[str]:
    """Return every key of a key file, as hex digits."""
    document = json.loads(path.read_text("ascii"))
    sets = [key for purpose in ("pepper", "seed", "chain") for key in document[purpose]["keys"].values()]
    return [document["subject"], document["handle"], *sets]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a key file can be made."""
    return tmp_path / "okmate.keys"


def test_a_new_key_file_is_a_whole_key_ring(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For its owner alone; what is said are ids, and where to keep a copy."""
    assert cli.main(["keys", "new", str(path)]) == 0
    out, err = capsys.readouterr()
    keys = KeyRing.from_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert f"pepper {keys.current_pepper}, seed {keys.current_seed}, chain {keys.current_chain}." in out
    assert "copy" in out
    assert err == ""
    assert not any(secret in out for secret in secrets_of(path))


def test_a_key_file_is_never_overwritten(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever makes one twice keeps the first."""
    assert cli.main(["keys", "new", str(path)]) == 0
    before = path.read_bytes()
    capsys.readouterr()
    assert cli.main(["keys", "new", str(path)]) == 1
    assert path.read_bytes() == before
    assert capsys.readouterr() == ("", "okmate-auth: key file: exists already and is never overwritten\n")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_rotating_adds_a_current_key(path: Path, purpose: Purpose, capsys: pytest.CaptureFixture[str]) -> None:
    """The former one stays, but the handle key's; no other purpose is touched; ids are said, keys are not."""
    assert cli.main(["keys", "new", str(path)]) == 0
    before = KeyRing.from_file(path)
    former = secrets_of(path)
    capsys.readouterr()
    assert cli.main(["keys", "rotate", str(path), "--purpose", purpose]) == 0
    out, err = capsys.readouterr()
    after = KeyRing.from_file(path)
    changed = {
        name: getattr(after, field) != getattr(before, field)
        for name, field in (("handle", "handle_key"), ("pepper", "peppers"), ("seed", "seeds"), ("chain", "chains"))
    }
    assert changed == {name: name == purpose for name in PURPOSES}
    assert after.subject_key == before.subject_key
    assert len(set(former) & set(secrets_of(path))) == len(former) - (purpose == "handle")
    assert out.startswith(f"New {purpose} key")
    assert (
        purpose == "handle"
        or {"pepper": after.current_pepper, "seed": after.current_seed}.get(purpose, after.current_chain) in out
    )
    assert not any(secret in out + err for secret in former + secrets_of(path))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda _: None, "does not exist; make one with: okmate-auth keys new"),
        (lambda path: path.mkdir(), "is not a regular file"),
        (lambda path: path.write_text("not keys"), "may be read or written by others than its owner"),
        (lambda path: (path.write_text("not keys"), path.chmod(0o600)), "key file: "),
    ],
)
def test_what_is_no_key_file_is_not_rotated(
    path: Path, make: object, rule: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says the rule; nothing is changed, nothing of the file or its name is repeated."""
    assert callable(make)
    make(path)
    before = path.read_bytes() if path.is_file() else None
    assert cli.main(["keys", "rotate", str(path), "--purpose", "pepper"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("okmate-auth: key file: ")
    assert rule in err
    assert err.count("\n") == 1
    assert "not keys" not in err
    assert path.name not in err
    assert before == (path.read_bytes() if path.is_file() else None)


@pytest.mark.parametrize("name", ["missing/okmate.keys", "", "a\0b"])
def test_a_key_file_that_can_not_be_made_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is not there, no name at all, a name that none can be."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["keys", "new", name]) == 1
    assert capsys.readouterr().err.startswith("okmate-auth: key file: ")
    assert list(tmp_path.iterdir()) == []


def test_a_key_typed_in_place_of_a_path_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody pasted by mistake is in no message."""
    monkeypatch.chdir(tmp_path)
    canary = "0123456789abcdef" * 4
    done = run("keys", "rotate", canary, "--purpose", "pepper")
    assert done.returncode == 1
    assert canary.encode() not in done.stdout + done.stderr
