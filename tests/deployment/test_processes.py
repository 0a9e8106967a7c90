"""``docs/deployment/bank@.service`` and the application: workers, stopping, starting, what is wrong at a start."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from okmate_auth.queries import ReadHistory
from okmate_auth.records import LoginRecord
from tests.certificates.bank import LOGIN
from tests.certificates.nginx import PATIENCE_SECONDS
from tests.children import environment
from tests.deployment.browser import Page, curl
from tests.deployment.host import DOCS, Host, Service
from tests.deployment.person import Browsers, by_password

SERVICE: Final = (DOCS / "bank@.service").read_text("utf-8")
AT_ONCE: Final = 8
TRIES: Final = 40  # which of two processes takes a connection is the kernel's choice

# A server that makes everything before it forks, as gunicorn's --preload does: one application, two workers.
FORKING: Final = """
import os, socket, sys
import uvicorn
import application

app = application.entrance()
with socket.socket(socket.AF_UNIX) as listening:
    listening.bind(os.environ["BANK_SOCKET"])
    listening.listen()
    for _ in range(2):
        if os.fork() == 0:
            told = [("X-Worker", str(os.getpid()))]
            uvicorn.Server(uvicorn.Config(app, proxy_headers=False, headers=told)).run(sockets=[listening])
            os._exit(0)
    print("ready", flush=True)
    sys.stdin.read()
"""


def handle_of(page: Page) -> str:
    """Return the session handle that a page gives."""
    (cookie,) = [one for one in page.fields("set-cookie") if one.startswith("__Host-session=")]
    return cookie.split(";")[0]


def test_one_login_sent_to_several_processes_is_one(host: Host, browsers: Browsers, login_id: str) -> None:
    """The same form eight times at once, to two workers: one session, one line in the history, the same answer."""
    browser = by_password(host, browsers, login_id)
    hidden = browser.get("/login").hidden
    entered = {**hidden, "button": "login", "login_id": login_id, "password": LOGIN}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        pages = list(
            threads.map(lambda _: browser.post("/login", "--cookie-jar", os.devnull, **entered), range(AT_ONCE))
        )
    assert [page.status for page in pages] == [303] * AT_ONCE
    assert len({handle_of(page) for page in pages}) == 1
    rows = host.auth.read(ReadHistory(login_id=login_id)).records
    results = [row.result for row in rows if isinstance(row, LoginRecord)]
    assert results == ["authenticated-by-takeover", "authenticated", "step", "changed", "step"]  # newest first


def test_a_service_is_started_again_and_nobody_notices(host: Host, browsers: Browsers, login_id: str) -> None:
    """A login that is under way is answered, what comes meanwhile waits in the socket, and sessions are still there."""
    browser, service = by_password(host, browsers, login_id), host.services["entrance"]
    other = browsers("entrance")
    hidden = other.get("/login").hidden
    with ThreadPoolExecutor(2) as threads:
        under_way = threads.submit(
            other.post, "/login", **hidden, button="login", login_id=login_id, password="Wrong7no"
        )
        service.stop()
        waiting = threads.submit(browser.get, "/")
        service.start()
        assert under_way.result().status == 403
        assert under_way.result().name == "entrance"
        assert (waiting.result().status, waiting.result().message) == (200, login_id)
    service.wait()


def test_an_application_that_was_made_before_a_fork(
    host: Host, browsers: Browsers, login_id: str, tmp_path: Path
) -> None:
    """Made once, forked twice: logins and sessions in both processes, which hash and commit by themselves."""
    by_password(host, browsers, login_id)
    path = host.folder / "run" / "forked.sock"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", FORKING],
            cwd=DOCS,
            env={**environment(), **host.told("entrance"), "BANK_SOCKET": str(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        proof = (f"X-Proxy-Secret: {host.secret}", "X-Real-IP: 127.0.0.1", "Sec-Fetch-Site: same-origin")
        past = ("--unix-socket", str(path), *(word for field in proof for word in ("-H", field)))
        workers: set[str] = set()
        for _ in range(TRIES):
            page = curl(*past, "http://localhost/login")
            form = {**page.hidden, "button": "login", "login_id": login_id, "password": LOGIN}
            cookie = page.fields("set-cookie")[0].split(";")[0]
            done = curl(*past, "-H", f"Cookie: {cookie}", "--data-raw", urlencode(form), "http://localhost/login")
            assert (done.status, done.fields("location")) == (303, ["/"])
            workers.update(done.fields("x-worker"))
            if len(workers) == 2:
                break
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)
        process.stdout.close()
        process.stdin.close()
    assert len(workers) == 2


def test_a_service_without_its_database_says_so(host: Host, tmp_path: Path) -> None:
    """Where the file is no database its health is 503 and the code, and no path; the process goes on."""
    (tmp_path / "bank.db").write_text("no database" * 100, "ascii")
    path = host.folder / "run" / "ill.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        told = {**host.told("entrance"), "STATE_DIRECTORY": str(tmp_path)}
        service = Service(listening, path, tmp_path / "log", told, name="entrance")
        service.start()
        try:
            end = time.monotonic() + 2 * PATIENCE_SECONDS
            while (found := service.health())[0] == 0 and time.monotonic() < end:
                pass
        finally:
            service.stop()
    assert found == (503, "store-unavailable")


# -------------------------------------------------------------------------------------------- what is wrong at a start


def checked(host: Host, **changed: str) -> subprocess.CompletedProcess[str]:
    """Do what the service does before it starts, in an environment that was changed."""
    (program,) = re.findall(r'^ExecStartPre=\S+/python -c "(.+)"$', SERVICE, re.MULTILINE)
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", program.replace("%i", "certificates")],
        cwd=DOCS,
        env={**environment(), **host.told("certificates"), **changed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_right_passes(host: Host) -> None:
    """Before the service starts everything is made once, and nothing is said."""
    done = checked(host)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _readable(etc: Path) -> None:
    (etc / "okmate.keys").chmod(0o640)


def _no_keys(etc: Path) -> None:
    (etc / "okmate.keys").unlink()


def _short_secret(etc: Path) -> None:
    (etc / "proxy-secret").write_text("tooshort\n", "ascii")


def _no_anchor(etc: Path) -> None:
    (etc / "anchors.pem").write_bytes(b"")


def _no_list(etc: Path) -> None:
    (etc / "lists" / "issuing.crl").write_bytes(b"not a list")


@pytest.mark.parametrize(
    "spoil", [_readable, _no_keys, _short_secret, _no_anchor, _no_list], ids=lambda one: one.__name__
)
def test_what_is_wrong_is_told_before_the_service_starts(
    host: Host, spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    """It ends with an error that names what to mend, and neither a key nor the secret."""
    etc = tmp_path / "etc"
    shutil.copytree(host.folder / "etc", etc)
    spoil(etc)
    done = checked(host, CONFIGURATION_DIRECTORY=str(etc))
    assert done.returncode == 1
    assert "ConfigurationError: " in done.stderr
    assert host.secret not in done.stderr
    assert "tooshort" not in done.stderr


@pytest.mark.parametrize("name", ["entrance", "certificates"])
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    """They are units without a mistake, and what systemd itself thinks of their exposure is little."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed; it reads the units")
    for kind in ("service", "socket"):
        unit = (
            (DOCS / f"bank@.{kind}")
            .read_text("utf-8")
            .replace("/opt/bank/venv/bin/", f"{Path(sys.executable).parent}/")
        )
        (tmp_path / f"bank@{name}.{kind}").write_text(unit, "utf-8")

    def analyzed(*words: str) -> str:
        command = [program, *words, f"./bank@{name}.service"]
        done = subprocess.run(  # noqa: S603 - our own words
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    assert analyzed("verify", f"./bank@{name}.socket") == ""
    analyzed("security", "--offline=true", "--threshold=10")
