"""A host as ``docs/deployment`` sets it up: its nginx.conf, its application behind two sockets, certificates, a desk.

Rule 1. The files of the documentation are used as they stand. nginx.conf is changed where it names what a test can't
        have: ports, folders, the user; :func:`_placed` lists all of that, and fails where something is not found.
Rule 2. Everything else is real: uvicorn's own program with several workers, sockets that were there before it, curl.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Literal

import attrs

from okmate_auth import OKMATE, Authenticator, KeyRing, SQLiteStore
from okmate_auth.certificates import TrustAnchors
from okmate_auth.commands import RegisterCertificate, RegisterCompany, RegisterUser
from okmate_auth.replies import CertificateRegistered, UserRegistered
from okmate_auth.revocation import CertificateDesk, Trust
from tests.certificates import openssl
from tests.certificates.bank import DAY, DESK, Authority, chain, made_now, shown
from tests.certificates.nginx import PATIENCE_SECONDS
from tests.certificates.sources.pki import installed
from tests.children import environment
from tests.docs.documents import ROOT

DOCS: Final = ROOT / "docs" / "deployment"
NAMES: Final = {"entrance": "bank.example", "certificates": "cert.bank.example"}
"""What each of the two applications is called outside."""

_SERVER: Final = (
    *openssl.CLIENT[:2],
    *openssl.CLIENT[3:],  # key identifiers: Python 3.13 asks for them
    "extendedKeyUsage=serverAuth",
    "subjectAltName=" + ",".join(f"DNS:{name}" for name in NAMES.values()),
)
_BACKLOG: Final = 128
_WORDS: Final = re.compile(r"ExecStart=\S+/uvicorn (.*?)(?<!\\)\n", re.DOTALL)


def uvicorn_words(name: str, descriptor: int) -> list[str]:
    """Return how ``bank@.service`` starts uvicorn, for one of the two and with a socket's descriptor."""
    found = _WORDS.search((DOCS / "bank@.service").read_text("utf-8"))
    assert found is not None
    text = found[1].replace("\\\n", " ")
    for there, here in (("application:%i", f"application:{name}"), ("--fd 3 ", f"--fd {descriptor} ")):
        assert text.count(there) == 1
        text = text.replace(there, here)
    return [sys.executable, "-m", "uvicorn", *text.split()]


@attrs.define
class Service:
    """One of the two applications, as its service runs it; its socket is there before it and after it.

    Attributes:
        listening: The socket.
        path: The socket's file.
        log: Where both streams go.
        told: Its environment.
        name: Which of the two.
        process: While it runs.
    """

    listening: socket.socket
    path: Path
    log: Path
    told: Mapping[str, str]
    name: str = attrs.field(kw_only=True)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it takes a while until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own words
                uvicorn_words(self.name, self.listening.fileno()),
                cwd=DOCS,
                env={**environment(), **self.told},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self.listening.fileno()],
            )

    def stop(self) -> None:
        """Stop it as systemd does, and wait for its end."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_SECONDS)
            self.process = None

    def health(self) -> tuple[int, str]:
        """Ask it how it is, as the host's own monitoring does: at its socket. Return status (0 for none) and body."""
        curl = installed("curl", "it is the client of these tests")
        words = [curl, "-q", "--silent", "--max-time", "5", "--unix-socket", str(self.path)]
        asked = [*words, "--write-out", "\n%{http_code}", "http://localhost/health"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body

    def wait(self) -> None:
        """Wait until it is healthy."""
        end = time.monotonic() + 2 * PATIENCE_SECONDS
        while self.health() != (200, "ok"):
            if time.monotonic() > end:
                message = f"the application does not start: {self.log.read_text('utf-8')[-2000:]}"
                raise RuntimeError(message)


@attrs.frozen(kw_only=True)
class Host:
    """Everything at work.

    Attributes:
        folder: Everything that is written is below it.
        port: Where nginx speaks TLS, on loopback, for both names.
        plain_port: Where it does not.
        authority: The CA of people, and of nginx's own certificate.
        auth: The desk's, on the same database, in this process.
        secret: What nginx proves itself with.
        services: The two applications by name.
    """

    folder: Path
    port: int
    plain_port: int
    authority: Authority
    auth: Authenticator
    secret: str
    services: dict[str, Service] = attrs.field(factory=dict[str, Service])

    @property
    def authorities(self) -> Path:
        """File of the CAs by which nginx's certificate is verified."""
        return self.folder / "etc" / "authorities.pem"

    def origin(self, name: str) -> str:
        """Return the origin of one of the two applications."""
        return f"https://{NAMES[name]}:{self.port}"

    def told(self, name: str) -> dict[str, str]:
        """Return the environment of one of the two applications."""
        return {
            "CONFIGURATION_DIRECTORY": str(self.folder / "etc"),
            "STATE_DIRECTORY": str(self.folder / "state"),
            "BANK_SOCKET": str(self.folder / "run" / f"{name}.sock"),
            "BANK_ORIGIN": self.origin(name),
            "BANK_HASHES": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def logs(self) -> str:
        """Return everything that was logged by nginx and by both applications."""
        return "".join(file.read_text("utf-8") for file in sorted((self.folder / "log").iterdir()))

    def register(self, login_id: str, *, certificate: openssl.Identity | None = None) -> str:
        """Register a person at the desk, with his certificate if he logs in by one; return his initial password."""
        method: Literal["password", "certificate"] = "password" if certificate is None else "certificate"
        user = self.auth.submit(RegisterUser(login_id=login_id, company="C0001", method=method, authority=DESK))
        assert isinstance(user, UserRegistered), user
        assert user.initial_password is not None
        if certificate is not None:
            command = RegisterCertificate(login_id=login_id, certificate=chain(certificate), authority=DESK)
            assert isinstance(self.auth.submit(command), CertificateRegistered)
        return user.initial_password.reveal()


@contextmanager
def at_work() -> Generator[Host]:
    """Set up a host, and run it until the block ends."""
    nginx = installed("nginx", "it is the proxy of these tests")
    authority = made_now()
    with ExitStack() as stack:
        # a short path: that of a unix socket may have 107 bytes
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="okmate-")))
        for name in ("etc", "run", "state", "log", "nginx"):
            (folder / name).mkdir()
        secret = secrets.token_hex(32)
        keys = _configured(folder / "etc", authority, secret)
        trust = Trust(anchors=TrustAnchors((authority.issuing.der,)), files=(folder / "etc" / "lists" / "issuing.crl",))
        store, desk = SQLiteStore(folder / "state" / "bank.db"), CertificateDesk(trust)
        auth = stack.enter_context(Authenticator(store, profile=OKMATE, keys=keys, certificates=desk))
        auth.submit(RegisterCompany(company="C0001", name="架空商事", authority=DESK))
        port, plain_port = stack.enter_context(_nginx(nginx, folder))
        host = Host(folder=folder, port=port, plain_port=plain_port, authority=authority, auth=auth, secret=secret)
        for name in NAMES:
            path = folder / "run" / f"{name}.sock"
            listening = stack.enter_context(socket.socket(socket.AF_UNIX))
            listening.bind(str(path))
            listening.listen(_BACKLOG)
            service = Service(listening, path, folder / "log" / f"{name}.log", host.told(name), name=name)
            host.services[name] = service
            stack.callback(service.stop)
            service.start()
        for service in host.services.values():
            service.wait()
        yield host


def _configured(etc: Path, authority: Authority, secret: str) -> KeyRing:
    """Write everything that nginx and the applications read; return the keys."""
    keys = KeyRing.generate()
    keys.write_new(etc / "okmate.keys")
    (etc / "lists").mkdir()
    (etc / "lists" / "issuing.crl").write_bytes(authority.crl(1))
    (etc / "anchors.pem").write_bytes(authority.issuing.pem)
    (etc / "client-ca.pem").write_bytes(authority.issuing.pem + authority.root.read_bytes())
    start, end = authority.now - DAY, authority.now + DAY
    server = shown(authority.issuing.issue("/CN=bank.example", _SERVER, start=start, end=end))
    (etc / "server.pem").write_bytes(server.certificate.read_bytes() + authority.issuing.pem)
    shutil.copy(server.key, etc / "server.key")
    (etc / "authorities.pem").write_bytes(authority.root.read_bytes())
    (etc / "proxy-secret").write_text(f"{secret}\n", "ascii")
    (etc / "proxy-secret.conf").write_text(f'proxy_set_header X-Proxy-Secret "{secret}";\n', "ascii")
    shutil.copy(DOCS / "unavailable.html", etc)
    return keys


@contextmanager
def _nginx(program: str, folder: Path) -> Generator[tuple[int, int]]:
    """Run nginx with the documentation's file, on sockets that it inherits, so that its ports are free for sure."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        tls, plain = (int(one.getsockname()[1]) for one in listening)
        configuration = folder / "nginx.conf"
        configuration.write_text(_placed(folder, tls, plain), "utf-8")
        with (folder / "log" / "nginx.stderr").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own words
                [program, "-p", str(folder), "-e", "stderr", "-g", "daemon off;", "-c", str(configuration)],
                stdin=subprocess.DEVNULL,
                stderr=log,
                pass_fds=[one.fileno() for one in listening],
                env={"NGINX": "".join(f"{one.fileno()};" for one in listening)},
            )
    try:
        _until_there(process, folder)
        yield tls, plain
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _until_there(process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not (folder / "nginx.pid").exists():
        if process.poll() is not None or time.monotonic() > end:
            message = f"nginx does not start: {(folder / 'log' / 'nginx.stderr').read_text()}"
            raise RuntimeError(message)
        time.sleep(0.01)


def _placed(folder: Path, tls: int, plain: int) -> str:
    """Return the documentation's nginx.conf with a test's ports, folders and user in it."""
    text = (DOCS / "nginx.conf").read_text("utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"    {kind}_temp_path {folder}/nginx/{kind};\n" for kind in kinds)
    changes: Mapping[str, tuple[str, int]] = {
        "user www-data;": ("user root root;" if os.geteuid() == 0 else "", 1),  # a test's folder is its own user's
        "/run/nginx.pid": (f"{folder}/nginx.pid", 1),
        "/var/log/nginx/": (f"{folder}/log/", 2),
        "/etc/nginx/bank": (f"{folder}/etc", 6),
        "/run/bank/": (f"{folder}/run/", 3),
        "listen 443 ssl": (f"listen 127.0.0.1:{tls} ssl", 3),
        "listen 80 ": (f"listen 127.0.0.1:{plain} ", 1),
        "http {\n": (f"http {{\n{kept}", 1),  # where it may write what it never writes
    }
    for there, (here, times) in changes.items():
        assert text.count(there) == times, there
        text = text.replace(there, here)
    return text
