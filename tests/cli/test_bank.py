"""``okmate-auth demo --web``: its arguments, what it prints, how it ends."""

from __future__ import annotations

import re
import signal
import ssl
import urllib.request
from pathlib import Path

import pytest

from okmate_auth import cli
from okmate_auth.cli import bank
from tests.cli_processes import PATIENCE_SECONDS, started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_serves_until_a_signal_ends_it(number: signal.Signals, tmp_path: Path) -> None:
    """It prints both addresses and who can log in, answers there, and ends with 0 and nothing to complain of."""
    process, out, err = started("demo", "--web", "--port", "0", "--dir", str(tmp_path / "bank"), "--lang", "en")
    lines = []
    for line in iter(out.readline, b""):
        lines.append(line.decode("ascii").strip())
        if "Ctrl-C" in lines[-1]:
            break
    told = "\n".join(lines)
    addresses = re.findall(r"https://localhost:\d+/(?=\n)", told)
    assert len(addresses) == 2
    assert all(login_id in told for login_id in ("Jiro2026", "Hanako01", "Taro2026", "Yoko2026"))
    trusted = ssl.create_default_context(cafile=str(tmp_path / "bank" / "ca.crt"))
    for address in addresses:
        with urllib.request.urlopen(address, context=trusted, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - ours
            assert answer.status == 200
    process.send_signal(number)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert out.read() == b"Ended.\n"
    assert err.read() == b""
    out.close()
    err.close()


@pytest.mark.parametrize("port", ["-1", "65535", "99999999", "x", "８４４３", "1.5"])
def test_a_port_that_is_none_is_a_wrong_command_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2; the last one has no port after it."""
    assert cli.main(["demo", "--web", "--port", port]) == 2
    assert "0 to 65534" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--web", "--json"], "--web goes with --port, --dir and --lang"),
        (["--web", "--db", "x.db"], "--web goes with --port, --dir and --lang"),
        (["--port", "8443"], "--port and --dir go with --web"),
        (["--dir", "x"], "--port and --dir go with --web"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_command_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is begun."""
    assert cli.main(["demo", *arguments]) == 2
    assert complaint in capsys.readouterr().err


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, with the command that installs it."""
    monkeypatch.setattr(bank, "_NEEDED", ("jinja2", "no_such_package"))
    assert cli.main(["demo", "--web", "--lang", "en"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "needs the extra demo (no_such_package): pip install 'okmate_auth[demo]'" in err


def test_a_folder_of_somebody_else_s_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, the reason in one line."""
    (tmp_path / "letter.txt").write_text("mine")
    assert cli.main(["demo", "--web", "--port", "0", "--dir", str(tmp_path), "--lang", "en"]) == 1
    assert "something else in that folder" in capsys.readouterr().err
