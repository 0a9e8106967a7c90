"""The demo's English words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from okmate_auth.demo.wording.certificates_en import ENGLISH as CERTIFICATES

ENGLISH: Final[Mapping[str, str]] = {
    **CERTIFICATES,
    "moment": "{0.year}-{0.month:02}-{0.day:02} {0.hour:02}:{0.minute:02}:{0.second:02} JST",
    # the frame
    "opening.title": "okmate_auth: the login procedure of a corporate internet-banking service",
    "opening.made-up": "Everything in this story is made up: companies, people, passwords, certificates, tokens. The "
    "rules are those of the profile {profile}, the password hashing is real, the database is a SQLite file{file}.",
    "opening.temporary": " that is removed at the end",
    "opening.kept": ": {path}",
    "opening.clock": "Where the story needs time to pass, its clock is moved. It begins at {now}, "
    "{hours} h {minutes} min ago, and ends now.",
    "closing.good": "{commands} commands in {seconds} s, and everything was as the story says.",
    "closing.bad": "This is not as the story says: {wrong}",
    "closing.kept": "Kept: the bank in {path}, its keys in {keys}. Both are demo data.",
    "label.committed": "committed",
    "label.nothing": "nothing",
    "label.deleted": "deleted {kinds}",
    "label.verified": "verified",
    "label.broken": "not so",
    "label.now": "now {now}",
    "label.times": ", {count} times",
    "label.clicks": ", {count} clicks at once",
    "label.last": "last committed",
    # who
    "role.branch": "The bank's desk",
    "role.office": "Hanako, at the office",
    "role.home": "Hanako, at home",
    "role.desk-of-taro": "Taro, at his desk",
    "role.home-of-taro": "Taro, at home",
    "role.elsewhere": "A stranger, elsewhere",
    # registration
    "registration.title": "By ID and password: a company and its master",
    "registration.lead": "The second method: a login ID, and a password. A company and its master user come from the "
    "bank's desk; each case has the desk's ticket.",
    "does.registers-company": "registers the company {company}.",
    "does.registers-user": "registers Hanako as its master user, login ID {hanako}. The service makes the initial "
    "password, which goes out by letter.",
    "claim.initial-password-made": "the initial password keeps the rules that it would be refused for: 6 to 12 "
    "half-width letters and digits.",
    # stock
    "stock.title": "Tokens come, and go out to companies",
    "stock.lead": "A maker delivers hard tokens, and a file with their seeds (OATH CSV). The bank's desk takes them "
    "into stock and sends them to companies, whose people register them.",
    "does.stocks-a-broken-file": "takes in a file with three tokens; the seed of the second one is cut short.",
    "claim.nothing-is-in-stock": "a delivery comes in whole or not at all: nothing is in stock.",
    "does.stocks": "takes in the corrected file.",
    "claim.all-are-sealed": "all three are in stock, each with its seed sealed.",
    "does.dispatches": "sends {serial_of_hanako} and {spare} to {company}.",
    "does.registers-other-company": "registers another company, {other_company}.",
    "does.dispatches-elsewhere": "sends {visitors} there.",
    # first login
    "first-login.title": "Hanako logs in for the first time",
    "first-login.lead": "Her initial password is right, but before the top page something is due: a login password of "
    "her own, the confirmation password, which was never set, and, as she may use services that need one, a token.",
    "does.logs-in-with-initial": "enters the login ID and the initial password of the letter.",
    "claim.grants-nothing-yet": "the form's handle opens neither a session nor the top page.",
    "does.chooses-badly": "types the new login password with the input method left on, so that it is full-width, and "
    "takes her login ID {hanako} as the confirmation password.",
    "claim.nothing-was-judged": "while a new password breaks a rule, the current one is not judged, and nothing "
    "counts against her.",
    "does.chooses-well": "chooses {hanako_login} as the login password and {hanako_confirmation} as the confirmation "
    "password.",
    "does.acknowledges": "reads the result and presses Confirm.",
    "does.puts-off": "has no token at hand, and puts the registration off.",
    "claim.first-login-of-all": "the top page shows no earlier login, because there is none.",
    "claim.transfers-are-closed": "she is logged in; transfers, and whatever else needs a token, are closed.",
    "does.logs-out": "logs out.",
    "claim.session-ended": "the cookie of that session leads nowhere any more.",
    # enrollment
    "enrollment.title": "The next login: she registers her token",
    "enrollment.lead": "What was put off is due again at every login, and never opens anything by itself.",
    "does.logs-in-in-lower-case": "enters her login ID in lower case, which is the same ID, and her password.",
    "does.mistakes-the-serial": "types {lookalike}, the letter O for each zero, and the code that her token shows.",
    "does.tries-another-company-s-token": "tries a token that a visitor from {other_company} left on her desk: its "
    "number, {visitors}, and the code that it shows.",
    "claim.one-answer-for-both": "both get the same answer; only the history knows that there is no such token, and "
    "that the other one is another company's.",
    "does.types-full-width-digits": "types the right code with the input method left on, so that it is full-width.",
    "claim.form-is-still-good": "nothing was judged or counted, and the form is still good.",
    "does.enrolls": "enters the number on the back of her token, {serial_of_hanako}, without minding case and hyphen, "
    "and the code that it shows.",
    "claim.both-factors": "this login proved password and code.",
    "claim.transfers-are-open": "transfers, and whatever else needs a token, are open.",
    "claim.shows-the-login-before": "the top page shows the login before this one.",
    # codes
    "codes.title": "From now on: password and code",
    "codes.lead": "Whoever has a token is asked for its code at every login. Hanako logs in again at once.",
    "does.logs-in": "enters her ID and password.",
    "claim.code-form-grants-nothing": "the password alone opens neither a session nor the top page.",
    "does.enters-used-code": "enters the code by which she registered the token.",
    "does.explains": "is asked why the code is refused, and looks it up.",
    "claim.desk-sees-a-replay": "the desk sees that it is a used one.",
    "wait.phone-call": "The telephone rings. Five minutes later.",
    "does.enters-late-code": "enters the code that the token showed four minutes ago.",
    "does.enters-another-token-s-code": "enters what the visitor's token shows.",
    "claim.one-answer-for-all": "a used code, a late one and a foreign one get the same answer; only the history tells "
    "them apart.",
    "does.enters-code": "enters what her token shows.",
    # step-up
    "step-up.title": "A transfer: one more code",
    "step-up.lead": "For a transfer the bank asks for a code within the session. The code of the login is spent.",
    "wait.next-display": "A minute later the token shows another code.",
    "does.steps-up-and-clicks-twice": "enters it for a transfer, and clicks twice.",
    "claim.stepped-up-once": "both clicks get the same answer, and the code was accepted once.",
    "does.steps-up-for-more": "tries the same code for administration.",
    "claim.for-transfers-alone": "a code opens one purpose: transfers, and nothing else.",
    # guesses
    "guesses.title": "Somebody guesses",
    "guesses.lead": "A stranger knows Hanako's login ID and guesses passwords. Browsers that have logged in before "
    "are counted apart from all others, so he can lock himself out, but not her.",
    "does.guesses-at-nobody": "tries a login ID that nobody has.",
    "does.guesses": "tries {hanako} with passwords that he guesses.",
    "claim.same-words": "the answer is the same whether the login ID exists or not.",
    "does.guesses-once-more": "guesses once more.",
    "claim.locked-for-half-an-hour": "unknown browsers are locked for 30 minutes.",
    "does.is-kept-out-at-home": "enters the right password, in a browser that has never logged in.",
    "claim.not-judged": "while locked nothing is judged, not even the right password.",
    "does.logs-in-from-known-browser": "enters the right password in her known browser.",
    "claim.was-not-locked-out": "her known browser was never locked.",
    "wait.half-an-hour-later": "Half an hour later.",
    "does.guesses-again": "is back and guesses on.",
    "claim.locked-for-longer": "the second lock lasts 2 hours.",
    # release
    "release.title": "The bank's desk helps",
    "release.lead": "Hanako calls the bank from home. Only the desk sees the real reasons.",
    "does.reads-history": "reads the history of {hanako}'s logins, the newest first.",
    "claim.history-holds": "the chain of the history holds: no row was changed, dropped or inserted.",
    "does.releases": "takes the locks away.",
    "does.logs-in-after-release": "enters her ID and password in the browser that was locked out.",
    "claim.code-takes-over": "it ended the session that was left open at the office: a login that proved a code may.",
    # colleague
    "colleague.title": "The master registers a colleague",
    "colleague.lead": "For administration the confirmation password is asked, too.",
    "does.registers-colleague": "registers Taro, login ID {taro}, with her confirmation password.",
    # double click
    "double-click.title": "Double clicks, and a page that is over",
    "double-click.lead": "Every form can be sent twice, and every browser has a Back button.",
    "does.mistypes-and-clicks-twice": "mistypes the initial password and clicks twice.",
    "claim.counted-once": "both clicks get the same answer, and one failure is counted.",
    "does.changes-and-clicks-twice": "chooses {taro_login} and {taro_confirmation}, and clicks twice.",
    "claim.changed-once": "both clicks get the same answer, handle included, and one change was made.",
    "does.goes-back": "goes back to the form and sends it with another password, {taro_login_later}.",
    "claim.needs-no-token": "no registration of a token came, because no service of his needs one.",
    "claim.changed-nothing": "a form that was answered is spent: nothing was changed.",
    "does.reloads": "sends the result page once more.",
    "claim.still-logged-in": "he is still logged in.",
    # two places
    "two-places.title": "From two places at once",
    "two-places.lead": "Taro is still logged in at his desk. He has no token, and a password alone ends nobody's "
    "session elsewhere.",
    "does.logs-in-at-home": "enters the right ID and password in another browser.",
    "claim.first-session-goes-on": "the session at his desk goes on; the refusal says when it ends at the latest "
    "unless it is used.",
    "does.logs-in-again-in-the-same-browser": "has lost his window and logs in again in the same browser.",
    "claim.taken-over": "it takes over; the session that was there before is ended.",
    # drift
    "drift.title": "A token whose clock is fast",
    "drift.lead": "A token has a clock of its own, and none is quite right. Say that Hanako's is twenty minutes fast "
    "by now.",
    "does.enters-fast-code": "enters what her token shows.",
    "claim.desk-sees-drift": "the desk sees that the code is her token's, but not of this minute, and can tell her "
    "what to do.",
    "does.enters-two-in-a-row": "enters the code before, and the one that her token shows now.",
    "claim.pair-grants-nothing": "bank and token agree again, and that is all: two codes that somebody saw once must "
    "not open anything.",
    "does.enters-the-next-code": "enters what her token shows then.",
    # lost token
    "lost-token.title": "A lost token",
    "lost-token.lead": "Hanako, still logged in, misses her token and calls the bank.",
    "does.revokes": "revokes her token.",
    "claim.her-session-ended": "her session has ended at once.",
    "does.is-asked-for-the-screen": "is asked where the registration screen is.",
    "claim.desk-sees-the-wait": "for 30 minutes after a revocation no token can be registered; the desk sees until "
    "when.",
    "does.finds-the-old-token": "has found her old token, and tries it.",
    "claim.revoked-for-good": "it is one that was revoked, and stays that.",
    "does.enrolls-the-spare": "enters the number of the other token that the company has, {spare}, and its code.",
    # outbox
    "outbox.title": "What the bank tells people",
    "outbox.lead": "Notices are written in the commit that they are about; the bank's mailer takes them from the "
    "outbox.",
    "does.reads-outbox": "looks into the outbox.",
    "claim.told-of-the-locks": "Hanako is told of both locks.",
    "claim.told-of-the-tokens": "she is told of both registrations, and of the revocation.",
    # screens
    "screen.company": "Company {company} is registered.",
    "screen.user": "Login ID {login_id} is registered.",
    "screen.letter": "The letter says: initial password {password} (until {until})",
    "screen.change": "Forced change of passwords",
    "screen.change-why": "[{field}] because {reason}",
    "screen.changed": "Result of the change",
    "screen.changed-one": "{field}: changed",
    "screen.stocked": "In stock: {serials}",
    "screen.dispatched": "Sent to {company}: {serials}",
    "screen.enrollment": "Registration of a token for one-time passwords",
    "screen.field": "[{field}]",
    "screen.skip": "[Skip] The registration comes again at the next login. Until then services that need a token "
    "are closed.",
    "screen.skip-grace": "[Skip] The registration comes again at the next login. Services that need a token can be "
    "used without one until {until}.",
    "screen.code": "Your token's one-time password",
    "screen.stepped-up": "The code was right. You may go on until {until}.",
    "screen.token": "Token: {serial}",
    "screen.no-token": "Token: none",
    "screen.registration": "Registration screen: {why}",
    "screen.last-code": "Codes: {why}",
    "screen.top": "OK Mate Web: top page of {login_id}",
    "screen.took-over": "Your former session was ended.",
    "screen.menu": "Menu: {menu}",
    "screen.closed": "Closed until you register a token: {menu}",
    "screen.beneath": "{title} ({beneath})",
    "screen.login-failures": "{at} (failures since: {count})",
    "screen.transactions": "Waiting: {titles}",
    "screen.transaction": "{title} ({amount} yen)",
    "screen.notices": "Unread notices: {titles}",
    "screen.logins": "Last logins: {logins}",
    "screen.no-logins": "none before this one",
    "screen.operations": "Last operations: {operations}",
    "screen.no-operations": "none",
    "screen.logged-out": "You are logged out.",
    "screen.done": "Done: {login_id}.",
    "screen.history-row": "{at}: {result}",
    "screen.history-rows": "{at}: {result}, {count} times since {since}",
    "screen.notice": "{event} -> {login_id}: {count}",
    "separator": ", ",
    "reason.initial": "it is an initial password",
    "reason.unset": "it was never set",
    "operation.register": "registered",
    "operation.release": "released",
    "operation.revoke-token": "token revoked",
    "event.login": "you logged in",
    "event.takeover": "your login ended another session",
    "event.lock": "somebody failed too often, logins are locked",
    "event.change": "your passwords were changed",
    "event.enrollment": "a token was registered",
    "event.revocation": "your token was revoked",
    "event.release": "locks were taken away",
    "may-register.comes": "it comes at the next login",
    "may-register.registered": "there is a token",
    "may-register.waiting": "from {until} on, because a token was revoked",
    "last-code.no-token": "there is nothing to judge",
    "last-code.replayed-code": "the last one had been used before; the next one will do",
    "last-code.drifted-code": "the last one is the token's, but came late, or the token's clock is wrong; if it "
    "happens again, have two in a row entered",
    "result.wrong-password": "wrong password",
    "result.step": "right so far",
    "result.locked": "turned away, locked ({count} so far)",
    "result.authenticated": "logged in",
    "result.authenticated-by-takeover": "logged in, took over",
    "result.already-logged-in": "refused, logged in elsewhere",
    "history.known": "known browser",
    "history.unknown": "unknown browser",
}
