"""The demo's English words about people who log in by certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    "role.desk-of-jiro": "Jiro, at work",
    "role.desk-of-keiko": "Keiko, at work",
    # certificate holders
    "certificate-holders.title": "By certificate: people and certificates",
    "certificate-holders.lead": "The first method: a certificate in the browser, and a password. The bank trusts one "
    "CA, whose list of revoked certificates comes in as a file. The CA is the demo's own, and made anew each time.",
    "does.registers-certificate-company": "registers the company {certificate_company}, whose people log in by "
    "certificate.",
    "does.registers-jiro": "registers Jiro as its master user, login ID {jiro}.",
    "does.registers-keiko": "registers Keiko, login ID {keiko}.",
    "does.takes-the-wrong-certificate": "is about to register a certificate of the CA for {jiro}, and takes the one in "
    "whose name {keiko} stands.",
    "claim.nobody-has-a-certificate": "the login ID in a certificate's name must be its owner's: nothing was "
    "registered.",
    "does.registers-his-certificate": "takes the right one.",
    "claim.told-of-the-certificate": "Jiro is told that a certificate is registered for him.",
    "does.registers-her-certificate": "registers hers for {keiko}.",
    "does.stocks-his-token": "takes in a file with one token, as its maker delivered it, from the disk.",
    "claim.is-sealed": "it is in stock, its seed sealed.",
    "does.dispatches-his-token": "sends the token, {serial_of_jiro}, to {certificate_company}.",
    # first day
    "certificate-first-day.title": "Jiro's first day, all the way to the top page",
    "certificate-first-day.lead": "All the steps of the procedure's manual, 1-1 to 5: the certificate, the password of "
    "the letter, the forced change, its result, the token, the top page.",
    "does.presents-his-certificate": "presses the button of the certificate method and chooses the certificate with "
    "his login ID.",
    "does.enters-the-initial-password": "enters the initial password of the letter.",
    "does.chooses-his-passwords": "chooses {jiro_login} as the login password and {jiro_confirmation} as the "
    "confirmation password.",
    "does.enrolls-his-token": "enters the number on the back of his token, {serial_of_jiro}, and the code that it "
    "shows.",
    "claim.all-three-factors": "this login proved certificate, password and code.",
    "claim.shows-what-waits": "the top page shows what the bank's own systems have for him: a transaction that waits "
    "for an approval, and a notice.",
    "claim.is-told-to-log-out": "he is reminded of nothing but to log out when he has finished.",
    # second day
    "certificate-second-day.title": "His second day",
    "certificate-second-day.lead": "He went home without logging out. From now on it is certificate, password, code.",
    "wait.a-day-later": "The next day.",
    "claim.yesterday-is-over": "yesterday's session has ended by itself.",
    "does.enters-his-password": "enters his login password.",
    "does.enters-his-code": "enters what his token shows.",
    "does.asks-for-a-balance": "asks for the balance of an account; the bank's own system does that, and records it.",
    "claim.is-among-the-last-operations": "it is the newest of the last operations on his top page.",
    # foreign certificates
    "foreign-certificates.title": "Certificates that are somebody else's",
    "foreign-certificates.lead": "A stranger knows Jiro's login ID and even his password. And in Jiro's browser there "
    "is Keiko's certificate, too.",
    "does.shows-no-certificate": "presses the button of the certificate method and has none.",
    "does.shows-another-ca-s-certificate": "has another CA issue a certificate in whose name {jiro} stands, and "
    "presents that.",
    "claim.left-no-trace": "his history has nothing of it, and nothing is counted against him.",
    "does.takes-the-other-entrance": "enters Jiro's login ID and his right password in the form for IDs.",
    "claim.entrances-are-apart": "who logs in by certificate cannot log in by ID; the answer is the one for a wrong "
    "password, and only the history knows better.",
    "does.chooses-her-certificate": "enters his password, and when the browser asks again takes Keiko's certificate.",
    "claim.hers-was-not-judged": "a form is good for the certificate that it began with: the password was not even "
    "judged.",
    "does.chooses-his-own-again": "takes his own again, and goes on with the same form.",
    "claim.session-needs-the-certificate": "his session, too, is good for his certificate alone: with Keiko's the same "
    "cookie opens nothing.",
    # revoked certificates
    "revoked-certificates.title": "Revoked certificates",
    "revoked-certificates.lead": "The bank can revoke a certificate itself, at once; or its issuer puts it on its "
    "list. Keiko has lost her computer; Jiro, still logged in, leaves the company, which told the CA.",
    "does.revokes-her-certificate": "revokes Keiko's certificate.",
    "does.presents-her-certificate": "has found her computer, and chooses her certificate.",
    "wait.list-comes": "A minute later; the CA's new list has Jiro's certificate on it.",
    "claim.same-words-for-both-lists": "the answer is the same, whoever revoked it.",
    "claim.his-session-has-ended": "his session has ended, too, though nobody here did anything.",
    "does.reads-his-history": "reads the history of {jiro}'s logins by certificate, the newest first.",
    "claim.desk-sees-the-revocation": "the desk sees that a revoked certificate was presented.",
    # screens and names
    "screen.password": "Login by certificate",
    "screen.whose": "Login ID: {login_id}",
    "screen.certificate": "The certificate of {login_id} is registered, good until {until}.",
    "board.salaries": "Salaries for November",
    "board.renewal": "How to renew your certificate",
    "operation.register-certificate": "certificate registered",
    "operation.balance-inquiry": "balance asked",
    "event.certificate": "a certificate was registered",
    "event.certificate-revocation": "your certificate was revoked",
    "result.certificate-revoked": "revoked certificate ({count} so far)",
}
