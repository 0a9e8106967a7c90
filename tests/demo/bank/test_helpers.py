"""The demo's own pages: who can log in, what tokens show, certificates, the desk that releases."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate

from okmate_auth.demo.bank.people import PEOPLE
from tests.demo.bank.serving import Served


def test_everybody_who_can_log_in_is_told_with_how(demo: Served) -> None:
    """Initial passwords of those whose first day is to come, the others' chosen ones."""
    text = demo.browser().get("/demo/people").text
    assert "This page is the demo's own." in text
    for person in PEOPLE:
        assert person.login_id in text
        assert (person.login_password or demo.initial(person.login_id)) in text


def test_tokens_show_the_code_of_the_bank_s_time(demo: Served) -> None:
    """On the page and for its script alike."""
    browser = demo.browser()
    code = demo.code("NB-70010536")
    page = browser.get("/demo/token")
    shown = {found["data-serial"] for tag, found in page.tags if tag == "output"}
    assert {token.serial for token in demo.bank.handout.tokens} == shown
    assert code in page.text
    assert f'"NB-70010536":"{code}"' in browser.get("/demo/token.json").html


def test_certificates_are_imported_with_the_passphrase_that_is_told(demo: Served) -> None:
    """Each file has a key, the certificate and the CA's."""
    browser = demo.browser()
    page = browser.get("/demo/certificate")
    passphrase = demo.bank.handout.passphrase.reveal()
    assert passphrase in page.text
    for paper in demo.bank.handout.papers:
        assert f"/demo/certificate/{paper.name}.p12" in page.links()
        answer = browser.get(f"/demo/certificate/{paper.name}.p12")
        assert answer.header("content-disposition") == f'attachment; filename="{paper.name}.p12"'
        key, certificate, others = pkcs12.load_key_and_certificates(demo.bank.paper(paper.name), passphrase.encode())
        assert key is not None
        assert certificate is not None
        assert certificate.not_valid_after_utc == paper.until
        assert len(others) == 1
    assert browser.get("/demo/certificate/nobody.p12").status == 404
    authority = browser.get("/demo/certificate/ca.crt").html.encode()
    assert load_pem_x509_certificate(authority) == demo.bank.authority.own.certificate


def test_the_desk_sees_a_lock_with_its_reasons_and_releases_it(demo: Served) -> None:
    """Afterwards the right password is taken; a second click on the release says the same."""
    guesser = demo.browser()
    for _ in range(6):
        page = guesser.submit(guesser.get("/login"), "login", login_id="Yoko2026", password="wrong123")
    assert "The service is suspended until" in page.text
    right = guesser.submit(guesser.get("/login"), "login", login_id="Yoko2026", password="Sora8kumo")
    assert right.status == 403
    operator = demo.browser()
    desk = operator.get("/desk")
    assert "login password, all other browsers, until" in desk.text
    assert desk.text.count("wrong password") == 4  # of six: the last five rows, the newest of which was not judged
    for _ in range(2):
        released = operator.submit(desk, "/desk/release")
        assert (released.status, released.path) == (200, "/desk?released=Yoko2026")
        assert "Yoko2026 is released." in released.text
    step = guesser.submit(guesser.get("/login"), "login", login_id="Yoko2026", password="Sora8kumo")
    assert step.form("code").action == "/login/step"


def test_the_desk_releases_nobody_that_is_not_in_the_demo(demo: Served) -> None:
    """404; what stands in the address is not repeated either."""
    guesser = demo.browser()
    for _ in range(6):
        guesser.submit(guesser.get("/login"), "login", login_id="Yoko2026", password="wrong123")
    desk = guesser.get("/desk")
    fields = {**desk.form("/desk/release").fields, "login_id": "Nobody99"}
    assert guesser.post("/desk/release", fields).status == 404
    assert "Nobody99" not in guesser.get("/desk?released=Nobody99").text


def test_helpers_are_at_one_entrance_alone(demo: Served) -> None:
    """The other one's pages lead there."""
    browser = demo.browser()
    browser.port = demo.ports[1]
    assert browser.get("/demo/people").status == 404
    assert f"https://localhost:{demo.ports[0]}/demo/people" in browser.get("/").links()


def test_services_and_notices_of_the_menu(demo: Served) -> None:
    """What the menu shows can be opened, what it does not is closed, and what there is not is not found."""
    browser, top = demo.taro()
    for path in (one for one in top.links() if one.startswith("/services/")):
        assert browser.get(path).status == 200
    assert browser.get("/services/foreign-exchange").status == 403
    assert browser.get("/services/transfer").path == "/transfer"
    assert browser.get("/services/nothing").status == 404
    assert browser.get("/services/log-out").status == 404
    notice = browser.get("/notices/N-17")
    assert "Renewal of certificates" in notice.title
    assert "/notices/N-17" not in browser.get("/top").links()
    assert browser.get("/notices/N-99").status == 404
    salaries = browser.get("/transactions/P-1105-C-1001")
    assert "Waits for approval" in salaries.text
    assert browser.get("/transactions/P-1105-C-3003").status == 404
