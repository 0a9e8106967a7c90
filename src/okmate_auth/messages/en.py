"""English texts, plain: what happened, and what to do now; what each word means is in ``docs/glossary.md``."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from okmate_auth.messages.catalogue import Catalogue
from okmate_auth.messages.page_en import REMINDERS, TITLES

ENGLISH: Final = Catalogue(
    texts=MappingProxyType(
        {
            # While nothing is proven: not a word about which part was wrong, or whether the ID is anybody's.
            "rejected": "You could not be logged in. Check what you entered and try again. "
            "After several mistakes in a row the service is suspended for a time.",
            "locked": "The service is suspended because of several mistakes in a row. "
            "Your company's administrator or the bank can release it.",
            "locked+until": "The service is suspended until {until} because of several mistakes in a row. "
            "Please try again after that. Your company's administrator or the bank can help you sooner.",
            "busy": "There is a lot going on at the moment. Please try again in {seconds} s.",
            "malformed": "Something that you entered is not valid. Please check the following.",
            # A login under way.
            "stale": "This page has already been used, or is no longer valid. Please log in again.",
            "expired": "The time for this step is over. Please log in again.",
            "changed": "Your registration was changed in the meantime. Please log in again.",
            "wrong-step": "Something else has to be done first. Please go on with the page that is shown.",
            "wrong-password": "A password that you entered is not right. Please enter it again. "
            "After several mistakes in a row the service is suspended.",
            "password-policy": "This password cannot be used. Please check the following.",
            "not-accepted": "What you entered could not be accepted. Please check the following.",
            "wrong-code": "This one-time password was not accepted. Wait until your token shows another one, "
            "and enter that in half-width digits. Each can be used once.",
            "wrong-token": "The serial number or the one-time password is not right. Check the number on your token, "
            "wait until it shows another password, and enter both.",
            "token-locked": "One-time passwords are suspended. "
            "Your company's administrator or the bank can release them.",
            "token-locked+until": "One-time passwords are suspended until {until} because of several mistakes "
            "in a row. Please try again after that. Your company's administrator or the bank can help you sooner.",
            "token-wait": "Your token was revoked, and another one cannot be registered yet. "
            "Please log in again later.",
            "token-wait+until": "Your token was revoked. Another one can be registered from {until} on. "
            "Please log in again after that.",
            "may-not-skip": "You cannot go on without registering a token.",
            "already-logged-in": "This login ID is in use in another window or on another device. "
            "Log out there, then log in again.",
            "already-logged-in+until": "This login ID is in use in another window or on another device. "
            "Log out there, or leave it unused until {until}, then log in again.",
            # The certificate method: told to whoever has the key of a certificate.
            "no-certificate": "No certificate was shown. Close all windows of the browser, open the login page again "
            "and choose the certificate with your login ID.",
            "certificate-malformed": "The certificate that was shown cannot be read. Please choose another one.",
            "certificate-unknown-issuer": "The certificate that was shown is not one of this service. "
            "Close all windows of the browser, open the login page again and choose the one with your login ID.",
            "certificate-expired": "Your certificate has expired. Your company's administrator or the bank can help.",
            "certificate-not-yet-valid": "Your certificate is not valid yet. Check the date of this computer, "
            "and try again later.",
            "certificate-wrong-use": "The certificate that was shown is not one for logging in. "
            "Please choose another one.",
            "certificate-weak-key": "The certificate that was shown is not secure enough. Please ask the bank.",
            "certificate-bad-path": "The certificate that was shown cannot be verified. Please ask the bank.",
            "certificate-revoked": "Your certificate was revoked. Your company's administrator or the bank can help.",
            "certificate-revocation-unknown": "Your certificate cannot be verified at the moment. "
            "Please try again later.",
            "certificate-unregistered": "The certificate that was shown is not registered. "
            "If yours has vanished, do not have another one issued: please ask the bank.",
            "certificate-superseded": "This certificate was replaced by a newer one. Close all windows of the browser, "
            "open the login page again and choose the newer one.",
            # Logged in.
            "not-logged-in": "You are not logged in, or your session has ended. Please log in again.",
            "confirmation-unusable": "Your confirmation password has to be set or changed. "
            "Log out, then log in again to do so.",
            "no-token+until": "No token is registered for you. One can be registered from {until} on: "
            "log out, then log in again after that.",
            "no-token": "No token is registered for you. Log out, then log in again to register one.",
            "unknown-session": "The session that you chose has already ended.",
            # Administration.
            "not-allowed": "You are not allowed to do this.",
            "needs-token": "A registered token is needed for this. Log out, then log in again to register one.",
            "not-oneself": "You cannot do this for yourself. Please ask another administrator or the bank.",
            "unknown-user": "There is no such user.",
            "unknown-company": "There is no such company.",
            "exists": "This ID is already taken. Please enter another one.",
            "has-master": "This company already has a master user.",
            "company-full": "This company has as many users as it may have.",
            "choosing-not-allowed": "An initial password cannot be chosen. Leave it empty and one will be made.",
            "change-is-forced": "The change of this initial password at the first login cannot be left out.",
            "other-entrance": "This person logs in by ID, not with a certificate.",
            "certificate-of-another": "The certificate bears another login ID.",
            "certificate-exists": "This certificate was registered before. Please have a new one issued.",
            "no-certificate-registered": "No certificate is registered for this person.",
            "unknown-token": "There is no token with this serial number.",
            "token-in-use": "Somebody uses this token. Revoke it first.",
            "not-in-stock": "Not all of these tokens are in stock. Nothing was done.",
            "not-in-stock+field": "{field}: number {number} of the list is not in stock.",
            "delivery-defects": "The file has defects, so no token was taken into stock. "
            "Please check the following lines.",
            # What is wrong with a line of a file: {field}, {line} and {column}.
            "line-missing": "{field}, line {line}: the column {column} is missing.",
            "line-malformed": "{field}, line {line}: the column {column} does not have the right form.",
            "line-unreadable": "{field}, line {line}: it can't be read as a line of a table.",
            "line-too-short": "{field}, line {line}: the seed is too short.",
            "line-too-long": "{field}, line {line}: the column {column} is too long.",
            "line-not-random": "{field}, line {line}: the seed is not random.",
            "line-duplicate": "{field}, line {line}: the serial number stands on an earlier line, "
            "or looks like one there.",
            "line-exists": "{field}, line {line}: there is a token already whose serial number is the same, "
            "or looks like it.",
            "line-period-too-long": "{field}, line {line}: the time step is longer than the bank allows.",
            "line-too-many-columns": "{field}, line {line}: there are too many columns.",
            "line-too-many-lines": "{field}: there are too many tokens or lines in it.",
            "line-empty": "{field}: there is no token in it.",
            "line-more-defects": "{field}: there are more defects from line {line} on.",
            # What is wrong with a field.
            "not-der": "{field}: this is text in PEM, and the bytes of the certificate (DER) are wanted.",
            "is-ca": "{field}: it is a CA's by its basicConstraints.",
            "no-key-usage": "{field}: it has no keyUsage, which has to say digitalSignature.",
            "no-digital-signature": "{field}: its keyUsage lacks digitalSignature.",
            "key-cert-sign": "{field}: its keyUsage has keyCertSign, which only a CA's may have.",
            "crl-sign": "{field}: its keyUsage has cRLSign, which only a CA's may have.",
            "no-extended-key-usage": "{field}: it has no extendedKeyUsage, which has to say clientAuth.",
            "no-client-auth": "{field}: its extendedKeyUsage lacks clientAuth.",
            "malformed-code": "{field}: use only half-width digits, as many as your token shows.",
            "malformed-serial": "{field}: use only half-width letters and digits, as printed on your token.",
            "empty": "{field}: please enter it.",
            "too-short": "{field}: use at least {minimum} characters.",
            "too-long": "{field}: use at most {maximum} characters.",
            "full-width": "{field}: there are full-width characters in it. Switch your keyboard to half-width.",
            "not-half-width-alphanumeric": "{field}: use only half-width letters and digits.",
            "letters-and-digits": "{field}: use both letters and digits.",
            "control-character": "{field}: there are control characters in it, which cannot be shown.",
            "lone-surrogate": "{field}: there are characters in it that cannot be read.",
            "unassigned-character": "{field}: there are characters in it that cannot be used.",
            "same-as-login-id": "{field}: it must differ from the login ID.",
            "same-as-login-password": "{field}: it must differ from the login password.",
            "same-as-confirmation-password": "{field}: it must differ from the confirmation password.",
            "same-as-current": "{field}: it must differ from the current one.",
            "common": "{field}: it is too easy to guess.",
            "context-word": "{field}: it is too easy to guess from the login ID or a name of the company or service.",
            "malformed-token": "{field}: it could not be recognised. Allow cookies, then open the login page again.",
            "not-asked": "{field}: it is not needed. Please leave it empty.",
            "unknown-service": "{field}: there is one among them that does not exist.",
            "malformed+field": "{field}: it does not have the right form.",
        }
    ),
    fields=MappingProxyType(
        {
            "login_id": "Login ID",
            "password": "Login password",
            "current_login_password": "Current login password",
            "new_login_password": "New login password",
            "current_confirmation_password": "Current confirmation password",
            "new_confirmation_password": "New confirmation password",
            "confirmation_password": "Confirmation password",
            "initial_password": "Initial password",
            "code": "One-time password",
            "first": "First one-time password",
            "second": "Next one-time password",
            "serial": "Serial number",
            "serials": "Serial numbers",
            "file": "File",
            "attempt": "Login page",
            "handle": "Page",
            "browser": "Browser",
            "certificate": "Certificate",
            "answer": "Answer",
            "purpose": "Purpose",
            "company": "Company ID",
            "name": "Name",
            "method": "Login method",
            "role": "Role",
            "entitlements": "Services",
        }
    ),
    titles=TITLES,
    reminders=REMINDERS,
    moment="{0.year}-{0.month:02}-{0.day:02} {0.hour:02}:{0.minute:02} JST",
)
