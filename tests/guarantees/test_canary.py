"""No secret comes out where nobody should see it.

Done means: passwords, initial passwords, handles of flows and sessions, attempt tokens, browsers' cookies and all keys
are put through every public type, every reply, every error path, with both shells, and none of them is found in any
repr, str, format, pickle or copy; in any exception, its arguments and causes, and the locals of every frame of its
traceback; in anything logged, warned or printed, with asyncio's debug mode on; nor in any file of the database, plain,
encoded or hashed without a key. A password that was typed into the field of the login ID is one of them.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import hashlib
import importlib
import inspect
import logging
import pickle
import pkgutil
import sqlite3
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, Union

import attrs
import pytest

import okmate_auth
from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    Authenticated,
    Busy,
    Client,
    Confirm,
    EnrollToken,
    EnterCode,
    Logout,
    PasswordLogin,
    Refused,
    Secret,
    TopPage,
)
from okmate_auth.certificates.sources import DeclaredPeer, DeclaredPeers
from okmate_auth.commands import BySession, RegisterUser, StockTokens, Suspend
from okmate_auth.commands.passwords import ResetPasswords
from okmate_auth.decision import CheckPassword, Command, Draft, HashPassword
from okmate_auth.errors import (
    CorruptRecordError,
    InfrastructureError,
    MisuseError,
    OkmateAuthError,
    StoreUnavailableError,
)
from okmate_auth.keys import Keys
from okmate_auth.keys.material import KeyBytes, KeySet
from okmate_auth.policies.kdf import Argon2Parameters
from okmate_auth.policies.profile import Profile
from okmate_auth.queries import ListSessions
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.tokens import canonical_serial
from tests.guarantees.leaks import Canaries, provoked, shown
from tests.guarantees.people import (
    COMPANY,
    CONFIRMATION,
    DESK,
    FAST,
    LOGIN,
    PURPOSE,
    WRONG,
    fresh_login_id,
    token,
)
from tests.guarantees.pools import watched
from tests.guarantees.shells import KINDS
from tests.guarantees.vault import (
    BROKEN,
    TYPED_INTO_THE_WRONG_FIELD,
    Bank,
    NoMemory,
    change,
    customer,
    everything_logged,
    first_login,
    newcomer,
    outcome,
    quiet_failures,
)
from tests.unchecked import unchecked

T = TypeVar("T")

CANARY: Final = "C4naryC4nary"
CANARY_BYTES: Final = b"C4naryC4naryC4naryC4naryC4nary32"
NOW: Final = datetime(2026, 1, 5, tzinfo=UTC)

# ------------------------------------------------------------------------------------------------------ every type

PUBLIC: Final = (
    "okmate_auth",
    *(f"okmate_auth.{name}" for name in ("commands", "queries", "replies", "client", "keys")),
)
FACES: Final = ("okmate_auth.testing.", "okmate_auth.cli.", "okmate_auth.demo.")
SECRET_BYTES: Final = frozenset({"entropy", "material", "salt", "seed", "tag"})
"""Fields of bytes that are secret, or nearly: what goes into a hash, and what handles and codes are made of."""


def every_class() -> Iterator[type]:
    """Give every attrs class of the package below its faces."""
    for found in pkgutil.walk_packages(okmate_auth.__path__, "okmate_auth."):
        if not f"{found.name}.".startswith(FACES):
            module = importlib.import_module(found.name)
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if attrs.has(kind) and kind.__module__ == found.name:
                    yield kind


def carries(hint: Any, seen: frozenset[Any] = frozenset()) -> bool:  # noqa: ANN401 - an annotation
    """Say whether a value of an annotation can hold a secret."""
    if hint in (Secret, KeyBytes):
        return True
    if isinstance(hint, str | list) or hint in seen:  # a name that refers to itself; parameters of a function
        return False
    arguments = typing.get_args(hint)
    if arguments and typing.get_origin(hint) is not Literal:
        return any(carries(argument, seen) for argument in arguments)
    if not attrs.has(hint):
        return False
    hints = _hints(hint)
    return any(
        (hints[field.name] is bytes and field.name in SECRET_BYTES) or carries(hints[field.name], seen | {hint})
        for field in attrs.fields(hint)
    )


def _hints(kind: object) -> dict[str, Any]:
    """Return a class's annotations; some of their names are imported for type checkers only."""
    missing: dict[str, Any] = {}
    while True:
        try:
            return typing.get_type_hints(kind, localns=missing)
        except NameError as error:
            name = str(error.name)
            missing[name] = NAMES[name]


NAMES: Final = {kind.__name__: kind for kind in (*every_class(), Command, Draft)}
CARRIERS: Final = sorted(
    {kind for kind in every_class() if carries(kind) and not inspect.isabstract(kind)},
    key=lambda kind: (kind.__qualname__, kind.__module__),
)


def sample(hint: Any, name: str = "") -> Any:  # noqa: ANN401 - one for each kind of annotation
    """Return a value of an annotation, with the canary wherever a secret can be."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return sample(next(each for each in arguments if each is not type(None)), name)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (sample(arguments[0], name),) if arguments[-1] is Ellipsis else tuple(map(sample, arguments))
    if origin in (Mapping, dict):
        return {"some": sample(arguments[1], name)}
    if hint is bytes:
        return CANARY_BYTES if name in SECRET_BYTES else b"bytes"
    if hint in SAMPLES:
        return SAMPLES[hint]
    if attrs.has(hint):
        hints = _hints(hint)
        given = {
            field.alias: sample(hints[field.name], field.name)
            for field in attrs.fields(hint)
            if field.init and field.name != "unknown" and (carries(hints[field.name]) or field.default is attrs.NOTHING)
        }
        given |= {name: value for name, value in BETTER.get(hint.__name__, {}).items() if name in given}
        return hint(**given)
    return CANARY if hint is object else "text"


KEYS: Final = Keys(
    subject_key=KeyBytes(CANARY_BYTES),
    handle_key=KeyBytes(CANARY_BYTES[::-1]),
    peppers=KeySet.of(KeyBytes(b"1" + CANARY_BYTES[1:])),
    seeds=KeySet.of(KeyBytes(b"2" + CANARY_BYTES[1:])),
    chains=KeySet.of(KeyBytes(b"3" + CANARY_BYTES[1:])),
)
PROXY: Final = DeclaredPeer(networks=("192.0.2.0/24",), secret=CANARY * 3)
SAMPLES: Final[dict[Any, Any]] = {
    Secret: Secret(CANARY),
    KeyBytes: KeyBytes(CANARY_BYTES),
    Keys: KEYS,
    KeyRing: KeyRing(**{field.name: getattr(KEYS, field.name) for field in attrs.fields(Keys)}),
    KeySet: KEYS.peppers,
    Profile: FAST,
    Argon2Parameters: FAST.kdf,
    Client: Client("192.0.2.1", "Mozilla/5.0", browser=CANARY),
    DeclaredPeer: PROXY,
    DeclaredPeers: DeclaredPeers((PROXY,)),
    str: "text",
    int: 1,
    bool: True,
    datetime: NOW,
    timedelta: timedelta(seconds=1),
}
BETTER: Final[dict[str, dict[str, Any]]] = {
    "CheckPassword": {"phc": "text"},
    "PasswordContext": {"others": {"confirmation-password": Secret(CANARY)}},
    "WebRules": {"origins": ("https://bank.example",)},
}
HIDDEN: Final = Canaries()
HIDDEN.add("text", CANARY)
HIDDEN.add("bytes", CANARY_BYTES)
HIDDEN.add("bytes", CANARY_BYTES[1:])


def public(kind: type) -> bool:
    """Say whether a class is offered to banks."""
    return any(getattr(importlib.import_module(module), kind.__name__, None) is kind for module in PUBLIC)


def test_the_types_that_carry_secrets_are_found() -> None:
    """What follows is about every class that can hold a secret, commands and replies among them."""
    names = {kind.__name__ for kind in CARRIERS}
    assert names >= {
        *("PasswordLogin", "ChangePasswords", "AcknowledgeChange", "AnswerAction", "Abandon", "Confirm", "Logout"),
        *("EndSession", "RegisterUser", "ResetPasswords", "Suspend", "Release", "BySession", "Client"),
        *("PasswordChangeDue", "PasswordChangeDone", "ActionDue", "Authenticated", "Refused", "UserRegistered"),
        *("PasswordsReset", "TopPage", "ListSessions", "CheckSession", "Keys", "KeyRing", "KeySet"),
        *("EnterCode", "ResyncToken", "EnrollToken", "SkipEnrollment", "StepUp", "ResyncInSession", "StockTokens"),
        *("RevokeToken", "ReinitializeToken", "SuspendToken", "ReleaseToken", "CodeDue", "EnrollmentDue"),
        *("TokenEntry", "HardToken"),
        *("CheckPassword", "HashPassword", "Context", "Guess", "Submission", "PasswordContext", "PhcParameters"),
    }


@pytest.mark.parametrize("kind", CARRIERS, ids=lambda kind: kind.__name__)
def test_no_type_shows_what_it_carries(kind: type) -> None:
    """repr, str and format of every class that can hold a secret show none, nor does a list or mapping of them."""
    value = sample(kind)
    holder = {"value": [value], "again": (value,)}
    for text in (repr(value), str(value), f"{value}", f"{value!s:>9}", f"{value!r}", repr(holder), f"{holder}"):
        assert HIDDEN.found_in(text) == []


@pytest.mark.parametrize("kind", [kind for kind in CARRIERS if public(kind)], ids=lambda kind: kind.__name__)
def test_no_public_type_is_serialised_with_what_it_carries(kind: type) -> None:
    """Pickling and deep copying are refused, by every protocol; a shallow copy holds the same hidden secret."""
    value = sample(kind)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        error = provoked(partial(pickle.dumps, value, protocol))
        assert isinstance(error, MisuseError | TypeError), protocol
        assert HIDDEN.found_in(shown(error)) == []
    error = provoked(partial(copy.deepcopy, value))
    assert isinstance(error, MisuseError | TypeError)
    assert HIDDEN.found_in(shown(error)) == []


# ------------------------------------------------------------------------------------------------------- every path


@pytest.fixture(params=KINDS)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank with either shell."""
    bank = Bank(request.param, tmp_path / "bank.db")
    yield bank
    bank.shell.close()


def everything(bank: Bank) -> Iterator[object]:
    """Do whatever can be done; give everything that was submitted and answered."""
    submit, client = bank.shell.submit, bank.client
    login_id, initial = newcomer(bank)
    yield from first_login(bank, login_id, initial)
    again = bank.noted(submit(bank.attempt(login_id, Secret(LOGIN))))
    assert isinstance(again, Authenticated)
    yield again
    yield bank.shell.session(again.session, client)
    yield bank.shell.read(TopPage(again.session, client))
    yield bank.shell.read(ListSessions(again.session, client))
    commands: list[Any] = [
        bank.attempt(login_id, Secret(WRONG)),
        bank.attempt(login_id, Secret("")),
        bank.attempt(TYPED_INTO_THE_WRONG_FIELD, Secret(LOGIN)),
        bank.attempt(TYPED_INTO_THE_WRONG_FIELD * 9, Secret(LOGIN)),
        Confirm(session=again.session, client=client, password=WRONG, purpose=PURPOSE),
        Confirm(session=again.session, client=client, password=CONFIRMATION, purpose=PURPOSE),
        Abandon(handle=again.session, client=client),
        AcknowledgeChange(handle=again.session, client=client),
        RegisterUser(
            login_id=fresh_login_id(),
            company=COMPANY,
            authority=BySession(session=again.session, confirmation_password=CONFIRMATION, client=client),
        ),
        RegisterUser(login_id=fresh_login_id(), company=COMPANY, authority=DESK, initial_password=LOGIN),
        RegisterUser(login_id=fresh_login_id(), company=COMPANY, authority=DESK, initial_password="short"),
        Logout(again.session, client=client),
        ResetPasswords(login_id=login_id, authority=DESK),
        Suspend(login_id=login_id, authority=DESK),
        bank.attempt(login_id, Secret(LOGIN)),
    ]
    for command in commands:
        yield command
        yield bank.noted(submit(command))


def test_nothing_that_is_said_logged_or_printed_shows_a_secret(bank: Bank, capfd: pytest.CaptureFixture[str]) -> None:
    """All that goes in and comes out of a shell, and all that anybody logs meanwhile."""
    with everything_logged() as logged:
        bank.shell.debug()
        seen = list(everything(bank))
        for value in seen:
            bank.quiet(f"{value!r} {value!s}")
            for language in ("ja", "en"):
                if isinstance(value, Refused | Busy):
                    bank.quiet(value.message(language))
        logging.getLogger("a view").info("%s", seen)
    assert "PasswordChangeDue(" in logged.getvalue()
    bank.quiet(logged.getvalue())
    printed = capfd.readouterr()
    bank.quiet(printed.out + printed.err)


def test_no_file_of_the_database_holds_a_secret(bank: Bank) -> None:
    """Whoever steals the files finds no password, handle, token, cookie or key, nor a hash of one without a key."""
    list(everything(bank))
    files = [bank.file.with_name(bank.file.name + suffix) for suffix in ("", "-wal", "-shm")]
    sizes = [file.stat().st_size for file in files if file.exists()]
    assert sum(sizes) > 50_000
    for file in files:
        if file.exists():
            assert bank.canaries.found_in_bytes(file.read_bytes()) == [], file.name


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """A canary in a text, an encoding, a hash or a local variable is found: a search that finds nothing would pass."""
    canaries = Canaries()
    canaries.add("it", CANARY)
    hexed = CANARY.encode().hex()
    for text in (f"a {CANARY} b", hexed, f"{CANARY.encode()!r}", "QzRuYXJ5QzRuYXJ5"):
        assert canaries.found_in(text)
        assert canaries.found_in_bytes(text.encode())
    digest = hashlib.sha256(CANARY.encode()).hexdigest()
    assert canaries.found_in_bytes(digest.encode())
    for before in range(4):
        record = b"\x00{" + base64.urlsafe_b64encode(b"x" * before + CANARY.encode() + b"yy") + b"}"
        assert canaries.found_in_bytes(record)

    def fails(local: str) -> None:
        message = f"a message of {len(local)} characters"
        raise ValueError(message)

    assert canaries.found_in(shown(provoked(lambda: fails(CANARY))))
    assert canaries.found_in(shown(provoked(lambda: int(CANARY)), with_locals=False))
    assert tmp_path.exists()


@pytest.mark.parametrize("broken", BROKEN)
def test_no_error_of_what_a_login_rests_on_shows_a_secret(bank: Bank, broken: str) -> None:
    """Store, clock, memory: message, arguments, causes and all locals of all frames are clean, for each command."""
    login_id, session = customer(bank)
    newcomers_id, initial = newcomer(bank)
    due = bank.noted(bank.shell.submit(bank.attempt(newcomers_id, initial)))
    commands: list[Any] = [
        bank.attempt(login_id, Secret(LOGIN)),
        bank.attempt(login_id, Secret(WRONG)),
        bank.attempt(TYPED_INTO_THE_WRONG_FIELD, Secret(WRONG)),
        change(bank, due.handle, initial),
        Confirm(session=session, client=bank.client, password=CONFIRMATION, purpose=PURPOSE),
        ResetPasswords(login_id=newcomers_id, authority=DESK),
        Logout(session, client=bank.client),
    ]
    assert quiet_failures(bank, broken, commands) >= 3


def test_what_was_hashed_stands_in_no_frame(bank: Bank) -> None:
    """Of a hash that failed neither the stored one is told nor what was hashed.

    Whoever has that and the pepper could try passwords without Argon2's cost.
    """
    login_id, _ = customer(bank)
    pool = NoMemory()
    shell = bank.beside(pool=watched(pool))
    error = outcome(shell, bank.attempt(login_id, Secret(LOGIN)))
    assert type(error) is InfrastructureError
    phc, material = pool.given[:2]
    assert phc.startswith("$argon2id$")
    assert len(material) == 32
    bank.canaries.add("stored hash", phc)
    bank.canaries.add("material", material)
    bank.quiet(shown(error))
    shell.close()


def test_a_session_check_that_fails_shows_no_handle(bank: Bank) -> None:
    """The handle of a session is in no frame of a store's failure."""
    _, session = customer(bank)
    shell = bank.failing(loads=frozenset({1}))
    error = provoked(lambda: shell.session(session, bank.client))
    assert isinstance(error, StoreUnavailableError)
    bank.quiet(shown(error))
    shell.close()


def test_a_damaged_record_shows_nothing_of_itself(bank: Bank) -> None:
    """A record that can't be read names its kind, and no frame shows a secret."""
    login_id, _ = customer(bank)
    connection = sqlite3.connect(bank.file)
    connection.execute("update records set body = substr(body, 1, length(body) - 9) where kind = 'account'")
    connection.commit()
    connection.close()
    error = outcome(bank.shell, bank.attempt(login_id, Secret(LOGIN)))
    assert isinstance(error, CorruptRecordError)
    bank.quiet(shown(error))


MISUSES: Final[dict[str, Callable[[], object]]] = {
    "password is no text": lambda: PasswordLogin(
        "user01", unchecked(CANARY_BYTES), attempt=token(), client=SAMPLES[Client]
    ),
    "handle is no text": lambda: Abandon(handle=unchecked(CANARY_BYTES), client=SAMPLES[Client]),
    "login ID is no text": lambda: PasswordLogin(
        unchecked(CANARY_BYTES), CANARY, attempt=token(), client=SAMPLES[Client]
    ),
    "browser is no text": lambda: Client("192.0.2.1", browser=unchecked(CANARY_BYTES)),
    "key has another length": lambda: KeyBytes(CANARY_BYTES + b"!"),
    "key file is none": lambda: KeyRing.from_json(CANARY),
    "key file is damaged": lambda: KeyRing.from_json(SAMPLES[KeyRing].to_json()[:-9]),
    "text of a key file as its path": lambda: KeyRing.from_file(SAMPLES[KeyRing].to_json()),
    "code is no text": lambda: EnterCode(handle=CANARY, client=SAMPLES[Client], code=unchecked(CANARY_BYTES)),
    "serial number is no text": lambda: EnrollToken(
        handle=CANARY,
        client=SAMPLES[Client],
        serial=unchecked(CANARY_BYTES),
        code=CANARY,
    ),
    "delivery is no text": lambda: StockTokens(file=unchecked(CANARY_BYTES), authority=DESK),
    "serial number was not looked at": lambda: canonical_serial(f"{CANARY}!"),
    "nonce has another length": lambda: KEYS.seal_seed(CANARY_BYTES, CANARY_BYTES, CANARY),
    "secret of something else": lambda: Secret(unchecked(CANARY_BYTES)),
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_no_error_repeats_what_it_refuses(misuse: str) -> None:
    """A value of the wrong type or form is named by its field; neither message nor arguments nor causes show it."""
    error = provoked(MISUSES[misuse])
    assert isinstance(error, OkmateAuthError)
    assert HIDDEN.found_in(shown(error, with_locals=False)) == []


def test_questions_to_the_pool_hide_what_is_hashed() -> None:
    """Neither what is hashed nor the stored hash stands in the repr of what the loop works with."""
    check = CheckPassword(phc=CANARY, material=CANARY_BYTES)
    make = HashPassword(FAST.kdf, salt=CANARY_BYTES, material=CANARY_BYTES)
    for value in (check, make, [check, make]):
        assert HIDDEN.found_in(repr(value)) == []


def test_a_task_that_failed_unseen_is_logged_without_secrets(tmp_path: Path) -> None:
    """An event loop reports an exception that nobody asked for, with the task and its frames."""
    bank = Bank("async", tmp_path / "bank.db")
    login_id, _ = customer(bank)
    shell = bank.failing(loads=frozenset({1}))
    command = bank.attempt(login_id, Secret(LOGIN))

    async def forget() -> None:
        auth: Any = shell.auth
        task = asyncio.ensure_future(auth.submit(command))
        await asyncio.wait({task})
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": "forgotten", "exception": task.exception(), "task": task})

    with everything_logged() as logged:
        shell.run(forget())
    assert "forgotten" in logged.getvalue()
    bank.quiet(logged.getvalue())
    shell.close()
    bank.shell.close()
