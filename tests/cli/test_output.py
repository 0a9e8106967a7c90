"""Standard output and error as they really are."""

from __future__ import annotations

import io
import sys

import pytest

from okmate_auth.cli import output


def stdout(encoding: str, monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Put a standard output of an encoding in place; return what it writes to."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    return raw


@pytest.mark.parametrize(
    ("encoding", "text", "can"),
    [
        ("utf-8", "日本語", True),
        ("euc-jp", "日本語", True),
        ("ascii", "日本語", False),
        ("latin-1", "日本語", False),
        ("ascii", "plain", True),
        ("utf-8", "\ud800", False),
    ],
)
def test_what_an_encoding_can_show(encoding: str, text: str, *, can: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decided by encoding it, not by a name of a locale."""
    stdout(encoding, monkeypatch)
    assert output.can_show(text) is can


def test_an_output_without_an_encoding_shows_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    """What says nothing about itself is trusted with nothing more."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert output.can_show("plain")
    assert not output.can_show("日本語")


def test_what_can_not_be_shown_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is lost for one character."""
    raw = stdout("ascii", monkeypatch)
    output.prepare()
    output.write("a: 日")
    assert raw.getvalue() == b"a: \\u65e5\n"


def test_an_output_that_can_not_be_prepared_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever put something else in its place knows what it takes."""
    text = io.StringIO()
    monkeypatch.setattr(sys, "stdout", text)
    output.prepare()
    output.write("日")
    assert text.getvalue() == "日\n"


def test_a_line_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows it in a pipe sees it when it happens."""
    raw = stdout("utf-8", monkeypatch)
    output.write("one")
    assert raw.getvalue() == b"one\n"


def test_a_complaint_names_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, one line."""
    output.complain("a reason")
    assert capsys.readouterr() == ("", "okmate-auth: a reason\n")


def test_a_complaint_without_standard_error_is_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed before the start, or since."""
    monkeypatch.setattr(sys, "stderr", None)
    output.complain("a reason")
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    output.complain("a reason")


def test_giving_up_an_output_without_a_descriptor_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to point elsewhere."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    output.give_up()
