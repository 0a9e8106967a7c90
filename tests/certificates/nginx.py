"""nginx with mutual TLS in front of a handler, and curl as its client: both as installed, everything in one folder."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import attrs

from tests.certificates.sources.pki import Identity, installed

PATIENCE_SECONDS: Final = 20
ADDRESS: Final = "127.0.0.2"
"""Where nginx connects from, over TCP; curl, which goes straight to the server behind, comes from 127.0.0.1."""

SECRET: Final = "kn0wn-t0-nginx-and-t0-the-server"

Verify = Literal["optional", "optional_no_ca"]

# What the documentation of the sources asks for: the fields of the proxy replace a client's, others of sources are
# dropped, nothing is resumed.
_CONFIGURATION: Final = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {server.certificate};
        ssl_certificate_key {server.key};
        ssl_client_certificate {trusted};
        ssl_verify_client {verify};
        ssl_verify_depth 3;
        {resumption}
        location / {{
            proxy_pass {upstream};
            proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
            proxy_set_header X-SSL-Client-Verify $ssl_client_verify;
            proxy_set_header X-Proxy-Secret {secret};
            proxy_set_header Client-Cert "";
            proxy_set_header Client-Cert-Chain "";
            {location}
        }}
    }}
}}
"""
_NOTHING_RESUMED: Final = "ssl_session_cache off; ssl_session_tickets off;"


@attrs.frozen(kw_only=True)
class Settings:
    """How nginx is configured, besides what every test needs.

    Attributes:
        verify: Which certificates it lets through: of its CAs, or any whose key TLS proves.
        secret: What it writes into ``X-Proxy-Secret``.
        resumes: Whether TLS sessions are resumed, against what the documentation says.
        http: Further directives of ``http``.
        location: Further directives of ``location``.
    """

    verify: Verify = "optional_no_ca"
    secret: str = SECRET
    resumes: bool = False
    http: str = ""
    location: str = ""


@attrs.frozen
class Front:
    """nginx, listening.

    Attributes:
        port: Its port on loopback.
        authorities: File of the CAs that it knows, and by which its own certificate is verified.
    """

    port: int
    authorities: Path

    def get(self, *arguments: str, identity: Identity | None = None, path: str = "/") -> tuple[int, bytes]:
        """Return status and body of what curl gets, with a person's certificate or without one.

        Args:
            arguments: Further arguments of curl, such as ``-H`` and ``--data``.
            identity: Whose certificate curl shows.
            path: What to ask for.
        """
        shown = () if identity is None else ("--cert", str(identity.certificate), "--key", str(identity.key))
        url = f"https://localhost:{self.port}{path}"
        return curl("--cacert", str(self.authorities), *shown, *arguments, url)


def curl(*arguments: str) -> tuple[int, bytes]:
    """Return status and body of what curl gets; it reads no settings and uses no other proxy."""
    done = subprocess.run(  # noqa: S603 - our own words
        [
            *(installed("curl", "it is the client of these tests"), "-q", "--noproxy", "*", "--silent", "--show-error"),
            *("--max-time", str(PATIENCE_SECONDS), "--write-out", "\n%{http_code}", *arguments),
        ],
        check=True,
        capture_output=True,
        timeout=2 * PATIENCE_SECONDS,
    )
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), body


@contextmanager
def front(
    folder: Path, upstream: str, *, server: Identity, authorities: Iterable[Path], settings: Settings | None = None
) -> Iterator[Front]:
    """Run nginx until the block ends.

    Its port is free for sure: it inherits a socket that listens already, as it does from itself when it is upgraded.

    Args:
        folder: A new folder, for everything that it writes.
        upstream: Whom it proxies to, as :func:`tests.certificates.upstream.listening` gives it.
        server: What it shows to clients; for localhost.
        authorities: Files of the CAs that it knows, its own among them.
        settings: How it differs from the usual configuration.
    """
    program = installed("nginx", "it is the proxy of these tests")
    wanted = settings or Settings()
    trusted, configuration, errors = folder / "authorities.pem", folder / "nginx.conf", folder / "errors"
    trusted.write_text("".join(file.read_text("ascii") for file in authorities), "ascii")
    with socket.create_server(("127.0.0.1", 0)) as listening, errors.open("wb") as log:
        port = int(listening.getsockname()[1])
        text = _CONFIGURATION.format(
            folder=folder,
            port=port,
            server=server,
            trusted=trusted,
            upstream=upstream,
            user="user root root;" if os.geteuid() == 0 else "",  # a test's folder is open to its own user alone
            verify=wanted.verify,
            secret=wanted.secret,
            http=wanted.http,
            location=wanted.location + ("" if "unix:" in upstream else f"proxy_bind {ADDRESS};"),
            resumption="" if wanted.resumes else _NOTHING_RESUMED,
        )
        configuration.write_text(text, "ascii")
        process = subprocess.Popen(  # noqa: S603 - our own words
            [program, "-p", str(folder), "-e", "stderr", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stderr=log,
            pass_fds=[listening.fileno()],
            env={"NGINX": f"{listening.fileno()};"},
        )
    try:
        _wait(process, folder / "nginx.pid", errors)
        yield Front(port, trusted)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait(process: subprocess.Popen[bytes], started: Path, errors: Path) -> None:
    """Wait until nginx has read its configuration, or tell why it can't."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not started.exists():
        if process.poll() is not None or time.monotonic() > end:
            message = f"nginx does not start: {errors.read_text()}"
            raise RuntimeError(message)
        time.sleep(0.01)
