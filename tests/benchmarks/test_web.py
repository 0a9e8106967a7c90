"""The server of W1 and W2, whoever logs in at it, and whoever looks meanwhile: each does what its figure is of."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import web_client
from benchmarks.contest import UnavailableError
from benchmarks.peers.process import WorkerError
from benchmarks.web import Served, load, served
from benchmarks.web_client import PASSENGER, PEOPLE, Line, log_in
from benchmarks.web_setup import CERTIFICATE, make_certificate
from okmate_auth import OKMATE, Authenticator, SQLiteStore
from okmate_auth.queries import ReadHistory
from okmate_auth.records import LoginRecord
from okmate_auth.testing.keys import unsafe_keys


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A server at work."""
    try:
        with served() as at_work:
            yield at_work
    except UnavailableError as reason:
        pytest.skip(str(reason))


def test_a_login_opens_the_top_page(server: Served) -> None:
    """Without one it is not shown; with one it shows who is logged in, and to nobody else."""
    with closing(server.line()) as line, closing(server.line()) as other:
        assert line.request("GET", "/")[0] == 303
        log_in(line, PASSENGER)
        status, _, body = line.request("GET", "/")
        assert status == 200
        assert PASSENGER.encode() in body
        assert other.request("GET", "/")[0] == 303


def test_a_login_that_fails_is_no_fast_one(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password ends the measurement."""
    monkeypatch.setattr(web_client, "PASSWORD", "Wrong7wrong")
    with closing(server.line()) as line, pytest.raises(RuntimeError, match="answered with 403"):
        log_in(line, PEOPLE[0])


def test_it_is_spoken_to_by_tls_alone(server: Served, tmp_path: Path) -> None:
    """Its certificate is verified: another one of the same names is not accepted."""
    make_certificate(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        Line(server.port, tmp_path / CERTIFICATE)


def logins(server: Served) -> int:
    """Return how many logins of everybody's have ended well, as the histories have it."""
    store = SQLiteStore(server.certificate.parent / "bank.db")
    with Authenticator(store, profile=OKMATE, keys=unsafe_keys()) as auth:
        rows = [row for login_id in PEOPLE for row in auth.read(ReadHistory(login_id=login_id, limit=200)).records]
    return sum(isinstance(row, LoginRecord) and row.result.startswith("authenticated") for row in rows)


def test_a_turn_is_as_many_logins_as_were_asked_for(server: Served) -> None:
    """Each of them is in somebody's history."""
    before = logins(server)
    with load(server) as logging_in:
        assert logging_in(2 * len(PEOPLE) + 1) > 0
        assert logins(server) - before == 2 * len(PEOPLE) + 1


def test_a_server_that_is_gone_ends_the_measurement(server: Served) -> None:
    """Whoever makes people log in says so, and no figure comes of it."""
    with pytest.raises(WorkerError), load(Served(1, server.certificate)):
        pass
