"""The demo's English words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    "moment": "{0.year}-{0.month:02}-{0.day:02} {0.hour:02}:{0.minute:02}:{0.second:02} JST",
    # the frame
    "opening.title": "okmate_auth: the login procedure of a corporate internet-banking service",
    "opening.made-up": "Everything in this story is made up: company, people, passwords. The rules are those of the "
    "profile {profile}, the password hashing is real, the database is a SQLite file{file}.",
    "opening.temporary": " that is removed at the end",
    "opening.kept": ": {path}",
    "opening.clock": "Where the story needs time to pass, its clock is moved. It begins at {now}, {minutes} minutes "
    "ago, and ends now.",
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
    "role.elsewhere": "A stranger, elsewhere",
    # registration
    "registration.title": "The bank's desk registers a company and its first user",
    "registration.lead": "Nobody is there yet. The first company and its master user come from the bank's desk; each "
    "case has the desk's ticket.",
    "does.registers-company": "registers the company {company}.",
    "does.registers-user": "registers Hanako as its master user, login ID {hanako}. The service makes the initial "
    "password, which goes out by letter.",
    "claim.initial-password-made": "the initial password keeps the rules that it would be refused for: 6 to 12 "
    "half-width letters and digits.",
    # first login
    "first-login.title": "Hanako logs in for the first time",
    "first-login.lead": "Her initial password is right, but before the top page something is due: a login password of "
    "her own, and the confirmation password, which was never set.",
    "does.logs-in-with-initial": "enters the login ID and the initial password of the letter.",
    "claim.grants-nothing-yet": "the form's handle opens neither a session nor the top page.",
    "does.chooses-badly": "types the new login password with the input method left on, so that it is full-width, and "
    "takes her login ID {hanako} as the confirmation password.",
    "claim.nothing-was-judged": "while a new password breaks a rule, the current one is not judged, and nothing "
    "counts against her.",
    "does.chooses-well": "chooses {hanako_login} as the login password and {hanako_confirmation} as the confirmation "
    "password.",
    "does.acknowledges": "reads the result and presses Confirm.",
    "claim.first-login-of-all": "the top page shows no earlier login, because there is none.",
    "does.logs-out": "logs out.",
    "claim.session-ended": "the cookie of that session leads nowhere any more.",
    # second login
    "second-login.title": "The next login",
    "second-login.lead": "Nothing is due any more: straight to the top page.",
    "does.logs-in-in-lower-case": "enters her login ID in lower case, which is the same ID, and her password.",
    "claim.shows-the-login-before": "the top page shows the login before this one.",
    # two places
    "two-places.title": "From two places at once",
    "two-places.lead": "Hanako is still logged in at the office.",
    "does.logs-in-at-home": "enters the right ID and password in another browser.",
    "claim.first-session-goes-on": "the session at the office goes on; the refusal says when it ends at the latest "
    "unless it is used.",
    "does.logs-in-again-in-the-same-browser": "has lost her window and logs in again in the same browser.",
    "claim.taken-over": "it takes over; the session that was there before is ended.",
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
    "claim.changed-nothing": "a form that was answered is spent: nothing was changed.",
    "does.reloads": "sends the result page once more.",
    "claim.still-logged-in": "he is still logged in.",
    # outbox
    "outbox.title": "What the bank tells people",
    "outbox.lead": "Notices are written in the commit that they are about; the bank's mailer takes them from the "
    "outbox.",
    "does.reads-outbox": "looks into the outbox.",
    "claim.told-of-the-locks": "Hanako is told of both locks.",
    # screens
    "screen.company": "Company {company} is registered.",
    "screen.user": "Login ID {login_id} is registered.",
    "screen.letter": "The letter says: initial password {password} (until {until})",
    "screen.change": "Forced change of passwords",
    "screen.change-field": "[{field}]",
    "screen.change-why": "[{field}] because {reason}",
    "screen.changed": "Result of the change",
    "screen.changed-one": "{field}: changed",
    "screen.top": "OK Mate Web: top page of {login_id}",
    "screen.took-over": "Your former session was ended.",
    "screen.menu": "Menu: {menu}",
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
    "menu.top": "Top",
    "menu.inquiry": "Inquiry",
    "menu.transfer": "Transfer",
    "menu.data-transmission": "Data transmission",
    "menu.approval": "Approval",
    "menu.taxes": "Taxes and charges",
    "menu.densai": "Densai",
    "menu.foreign-exchange": "Foreign exchange",
    "menu.administration": "Administration",
    "menu.logout": "Log out",
    "reason.initial": "it is an initial password",
    "reason.unset": "it was never set",
    "operation.register": "registered",
    "operation.release": "released",
    "event.login": "you logged in",
    "event.takeover": "your login ended another session",
    "event.lock": "somebody failed too often, logins are locked",
    "event.change": "your passwords were changed",
    "event.release": "locks were taken away",
    "result.wrong-password": "wrong password",
    "result.locked": "turned away, locked ({count} so far)",
    "result.authenticated": "logged in",
    "result.authenticated-by-takeover": "logged in, took over",
    "result.already-logged-in": "refused, logged in elsewhere",
    "history.known": "known browser",
    "history.unknown": "unknown browser",
}
