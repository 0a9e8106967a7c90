"""``docs/certificates.md`` says what the code refuses, and its nginx is one that starts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

from okmate_auth.certificates import CertificateChain, SubjectRule, TrustAnchors, VerifiedCertificate, presented
from okmate_auth.certificates.verdict import REASONS
from okmate_auth.messages.en import ENGLISH
from okmate_auth.messages.ja import JAPANESE
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.shells.setup import utc_now
from tests.certificates import nginx
from tests.certificates.sources import pki
from tests.docs.documents import ROOT, table

PAGE: Final = ROOT / "docs" / "certificates.md"
SERVER: Final = next(
    block
    for block in re.findall(r"^```text\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if block.startswith("server {")
)
OF_NO_VERDICT: Final = {"no-certificate", "certificate-unregistered", "certificate-superseded"}
"""Refusals of the entrance that no judge of paths gives."""


def test_the_table_has_every_reason() -> None:
    """Each code that is told of a certificate at the entrance has its row, and a text in both languages."""
    codes = [row[0].strip("`") for row in table(PAGE, "What is demanded of a certificate")]
    assert len(codes) == len(set(codes))
    assert set(codes) == OF_NO_VERDICT | {f"certificate-{reason}" for reason in REASONS}
    assert set(codes) <= set(JAPANESE.texts) & set(ENGLISH.texts)


def test_what_openssl_makes_by_the_page_is_accepted(tmp_path: Path) -> None:
    """A CA, a request, a certificate and a list, typed as they stand there; the name is the login ID's."""
    (recipe,) = re.findall(r"^```text\n(openssl req.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    program = pki.installed("openssl", "it makes the certificates of the page")
    command = ["bash", "-euc", recipe]
    environment = {"PATH": f"{Path(program).parent}:/usr/bin:/bin"}
    run = subprocess.run(  # noqa: S603 - the page's own words
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    anchors = TrustAnchors.from_pem((tmp_path / "ca.pem").read_bytes())
    desk = CertificateDesk(Trust(anchors=anchors, files=(tmp_path / "ca.crl",)))
    chain = presented((tmp_path / "hanako01.der").read_bytes())
    assert isinstance(chain, CertificateChain)
    verdict = desk.judge(chain, utc_now())
    assert isinstance(verdict, VerifiedCertificate)
    assert SubjectRule().login_id(verdict.subject) == "hanako01"


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    """The block is a server as nginx reads it, once its files are there."""
    program = pki.installed("nginx", "it reads the configuration of the page")
    made = pki.make(tmp_path)
    (tmp_path / "secret.conf").write_text(f"proxy_set_header X-Proxy-Secret {nginx.SECRET};", "ascii")
    server = SERVER
    for named, file in (
        ("/etc/nginx/server.pem", made.server.certificate),
        ("/etc/nginx/server.key", made.server.key),
        ("/etc/nginx/client-ca.pem", made.issuing.certificate),
        ("/etc/nginx/proxy-secret.conf", tmp_path / "secret.conf"),
        ("listen 443", f"listen unix:{tmp_path}/s"),
    ):
        assert server.count(named) == 1
        server = server.replace(named, str(file))
    kept = "".join(f"{name}_temp_path {tmp_path}/{name};\n" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    http = f"access_log off;\nclient_body_temp_path {tmp_path}/body;\n{kept}{server}"
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{http}}}\n", "ascii")
    command = [program, "-t", "-p", str(tmp_path), "-e", "stderr", "-c", str(configuration)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert run.returncode == 0, run.stderr


def test_its_directives_are_those_that_are_tested() -> None:
    """What the page says of TLS and of headers, the tests' own nginx does: there it is proven what comes of it."""
    tested = Path(nginx.__file__).read_text("utf-8")
    settled = "verify_depth|session_cache|session_tickets|proxy_set_header (?:X-SSL|Client)"
    directives = [line.strip() for line in SERVER.splitlines() if re.search(settled, line)]
    assert len(directives) == 7
    assert [line for line in directives if line not in tested] == []
