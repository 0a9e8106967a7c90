"""The catalogues: a text in both languages for every code that the source can give, and no text besides."""

from __future__ import annotations

import ast
import itertools
import string
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Final, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import okmate_auth
from okmate_auth import messages
from okmate_auth.certificates.rules import MISFITS
from okmate_auth.certificates.verdict import REASONS
from okmate_auth.errors import MisuseError
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.messages.catalogue import Catalogue
from okmate_auth.messages.en import ENGLISH
from okmate_auth.messages.ja import JAPANESE
from okmate_auth.records.certificate import CertificateState
from okmate_auth.replies import Busy, Refused
from okmate_auth.violations import Violation

SOURCE: Final = Path(okmate_auth.__file__).parent
CATALOGUES: Final[dict[messages.Language, Catalogue]] = {"ja": JAPANESE, "en": ENGLISH}

PASSWORDS: Final = tuple(name.replace("-", "_") for name in (LOGIN_PASSWORD, CONFIRMATION_PASSWORD))
GIVEN_BY_CALLERS: Final = frozenset[str]()


def _returned(where: str, prefix: str) -> frozenset[str]:
    """Return every text that functions of a module return whose names begin so; '' is none."""
    returned = [
        node.value
        for function in ast.parse((SOURCE / where).read_text("utf-8")).body
        if isinstance(function, ast.FunctionDef) and function.name.startswith(prefix)
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    texts = (node.value for value in returned for node in ast.walk(value) if isinstance(node, ast.Constant))
    return frozenset(text for text in texts if isinstance(text, str)) - {""}


CERTIFICATE_CODES: Final = frozenset(f"certificate-{reason}" for reason in REASONS)

# What can't be read off the source: an expression (its quotes made single ones), by the module it stands in, and every
# value it can have.
KNOWN: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    # The other password's rule; the class refuses every other name.
    ("policies/distinct.py", "f'same-as-{self.other}'"): frozenset(
        {f"same-as-{LOGIN_PASSWORD}", f"same-as-{CONFIRMATION_PASSWORD}"}
    ),
    # Fields of a change: current or new, login or confirmation.
    ("commands/change.py", "f'{which}_{factor.replace('-', '_')}'"): frozenset(
        f"{which}_{name}" for which in ("current", "new") for name in PASSWORDS
    ),
    ("commands/change.py", "f'current_{factor.replace('-', '_')}'"): frozenset(f"current_{name}" for name in PASSWORDS),
    ("commands/change.py", "f'new_{factor.replace('-', '_')}'"): frozenset(f"new_{name}" for name in PASSWORDS),
    # Handed on: the values are found where PasswordContext is made, and where a login ID's rule is asked.
    ("policies/composition.py", "context.field"): GIVEN_BY_CALLERS,
    ("policies/distinct.py", "context.field"): GIVEN_BY_CALLERS,
    ("policies/guessable.py", "context.field"): GIVEN_BY_CALLERS,
    ("policies/passwords.py", "context.field"): GIVEN_BY_CALLERS,
    ("policies/half_width.py", "field"): GIVEN_BY_CALLERS,
    ("policies/login_id.py", "field"): frozenset({"login_id"}),
    # What is wrong with a column of a file: what the functions return that say so.
    ("tokens/oath_csv.py", "code"): _returned("tokens/oath_csv.py", "_of"),
    # Fields that codes and serial numbers are typed into; the callers name them.
    ("commands/codes.py", "field"): frozenset({"code", "first", "second"}),
    ("tokens/serials.py", "field"): frozenset({"serial", "serials"}),
    # What is wrong with a certificate: every reason of a verdict, and, at the entrance, what its record says of it.
    ("commands/certificates.py", "refusal(verdict)"): CERTIFICATE_CODES,
    ("commands/certificates.py", "misfit"): frozenset(MISFITS),
    ("commands/certificates.py", "_form(chain)"): frozenset({"not-der", "malformed"}),
    ("commands/visits.py", "refusal(verdict)"): CERTIFICATE_CODES,
    ("commands/present.py", "refusal(verdict)"): CERTIFICATE_CODES,
    ("commands/present.py", "f'certificate-{record.state}'"): frozenset(
        f"certificate-{state}" for state in get_args(CertificateState) if state != "registered"
    ),
    # Handed on: the codes are found where a Defect is made.
    ("commands/stock.py", "f'line-{defect.code}'"): GIVEN_BY_CALLERS,
    # Handed on: the codes are found where _refuse is called, and a Refused is found where it is made.
    ("commands/administration.py", "reason"): GIVEN_BY_CALLERS,
    ("commands/administration.py", "reply"): GIVEN_BY_CALLERS,
    ("commands/present.py", "code"): GIVEN_BY_CALLERS,
    ("commands/session_codes.py", "judged"): GIVEN_BY_CALLERS,
}


@attrs.frozen
class Told:
    """One place at which something is told.

    Attributes:
        codes: Every code that it can give.
        violation: Whether they are violations' codes; else they are refusals'.
        fields: Every field that it can name.
        parameters: What the text says.
        spare: What it may say besides.
        until: Whether it may say when the reason ends.
    """

    codes: frozenset[str] = frozenset()
    violation: bool = False
    fields: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    spare: frozenset[str] = frozenset()
    until: bool = False


class Reader:
    """Reads codes and fields off one module's syntax tree.

    Expressions are followed through constants, conditions and names given a value in the same function or module;
    whatever is none of these has to stand in ``KNOWN``, so that no code can be told that this test does not see.
    """

    def __init__(self, where: str, tree: ast.Module) -> None:
        self.where = where
        self.tree = tree
        self.used: set[tuple[str, str]] = set()

    def told(self) -> Iterator[Told]:
        """Yield every place of this module at which something is told."""
        yield from self._told(self.tree, [self.tree])

    def _told(self, node: ast.AST, scopes: list[ast.AST]) -> Iterator[Told]:
        for child in ast.iter_child_nodes(node):
            inner = [*scopes, child] if isinstance(child, ast.FunctionDef | ast.GeneratorExp | ast.ListComp) else scopes
            if isinstance(child, ast.Call):
                yield from self._call(child, inner)
            yield from self._told(child, inner)

    def _call(self, call: ast.Call, scopes: list[ast.AST]) -> Iterator[Told]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if name == "Refused":
            yield Told(self._values(given["code"], scopes), until="until" in given)
        elif name == "Violation":
            code, field, *rest = call.args
            tables = [one for one in rest if isinstance(one, ast.Dict)]
            assert len(tables) == len(rest) <= 1, "parameters are written where the violation is made"
            yield Told(
                self._values(code, scopes),
                violation=True,
                fields=self._values(field, scopes),
                parameters=frozenset(ast.literal_eval(key) for one in tables for key in one.keys if key is not None),
            )
        elif name == "Defect":
            codes = frozenset(f"line-{code}" for code in self._values(call.args[1], scopes))
            spare = frozenset({"line", "column"})
            yield Told(codes, violation=True, fields=frozenset({"file"}), spare=spare)
        elif name == "_refuse" and self.where.startswith("commands/"):
            yield Told(self._values(call.args[-1], scopes))
        elif name == "PasswordContext":
            yield Told(fields=self._values(given["field"], scopes))

    def _values(self, expression: ast.expr, scopes: list[ast.AST]) -> frozenset[str]:
        if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
            return frozenset({expression.value} - {""})
        if isinstance(expression, ast.IfExp):
            return self._values(expression.body, scopes) | self._values(expression.orelse, scopes)
        key = (self.where, ast.unparse(expression).replace('"', "'"))  # Pythons quote differently
        if key in KNOWN:
            self.used.add(key)
            return KNOWN[key]
        if isinstance(expression, ast.Name):
            found = [value for scope in scopes for value in _bound(scope, expression.id, self.tree)]
            if found:
                return frozenset().union(*(self._values(value, scopes) for value in found))
        message = f"{self.where}: {key[1]}: what is told here can't be read off the source; add it to KNOWN"
        raise AssertionError(message)


def _bound(scope: ast.AST, name: str, tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what a name is given in a scope: by assignment, or in turn by a comprehension over something literal."""
    if isinstance(scope, ast.GeneratorExp | ast.ListComp):
        for loop in scope.generators:
            if isinstance(loop.target, ast.Tuple):
                place = [target.id for target in loop.target.elts if isinstance(target, ast.Name)].index(name)
                yield from (row[place] for row in _rows(loop.iter, tree))
    elif isinstance(scope, ast.FunctionDef):
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
                yield node.value


def _rows(iterable: ast.expr, tree: ast.Module) -> list[list[ast.expr]]:
    """Return the rows of a literal table, or the items of a module's literal mapping."""
    if isinstance(iterable, ast.Tuple):
        return [list(row.elts) for row in iterable.elts if isinstance(row, ast.Tuple)]
    table = ast.unparse(iterable).removesuffix(".items()")
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == table and node.value is not None:
            literal = next(inner for inner in ast.walk(node.value) if isinstance(inner, ast.Dict))
            return [[key, value] for key, value in zip(literal.keys, literal.values, strict=True) if key is not None]
    return []


@cache
def read() -> tuple[tuple[Told, ...], frozenset[tuple[str, str]]]:
    """Return everything that the package tells, and which entries of ``KNOWN`` that took."""
    told: list[Told] = []
    used: set[tuple[str, str]] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(SOURCE).as_posix()
        if not where.startswith(("testing/", "demo/")):
            reader = Reader(where, ast.parse(path.read_text("utf-8")))
            told += reader.told()
            used |= reader.used
    return tuple(told), frozenset(used)


def wanted() -> dict[str, frozenset[str]]:
    """Return every key that a catalogue must have, with the parameters that its text uses."""
    keys: dict[str, set[str]] = {"busy": {"seconds"}}
    refusals = frozenset().union(*(one.codes for one in read()[0] if not one.violation))
    for one in read()[0]:
        for code in one.codes:
            if one.violation:
                keys.setdefault(f"{code}+field" if code in refusals else code, {"field"}).update(one.parameters)
                continue
            keys.setdefault(code, set())
            if one.until:
                keys.setdefault(f"{code}+until", {"until"})
    return {key: frozenset(parameters) for key, parameters in keys.items()}


def spare() -> dict[str, frozenset[str]]:
    """Return what texts may use besides: where something stands, which they need not say."""
    return {code: one.spare for one in read()[0] for code in one.codes}


def parameters_of(form: str) -> set[str]:
    """Return the names of the parameters that a text uses; nothing but plain names is a parameter."""
    names = {name for _, name, spec, conversion in string.Formatter().parse(form) if name is not None}
    assert not any(spec or conversion for _, name, spec, conversion in string.Formatter().parse(form) if name)
    assert all(name.isidentifier() for name in names)
    return names


LANGUAGES = pytest.mark.parametrize("language", messages.LANGUAGES)


def test_the_walk_finds_what_a_reader_of_the_source_would() -> None:
    """Codes told directly, by condition, by a variable, from a mapping and through a helper are all found."""
    keys = wanted()
    assert {"rejected", "has-master", "not-asked", "lone-surrogate", "unknown-user", "same-as-login-password"} <= set(
        keys
    )
    assert {"locked", "locked+until", "malformed", "malformed+field"} <= set(keys)
    assert keys["too-short"] == {"field", "minimum"}
    assert {"line-exists", "line-duplicate", "line-not-random", "line-too-many-columns"} <= set(keys)
    fields = frozenset().union(*(one.fields for one in read()[0]))
    assert {"browser", "purpose", "role", "new_confirmation_password", "initial_password", "login_id"} <= fields


def test_what_the_walk_is_told_is_still_in_the_source() -> None:
    """Every entry of ``KNOWN`` is an expression that the source has."""
    assert read()[1] == set(KNOWN)


@LANGUAGES
def test_every_code_has_a_text_and_every_text_a_code(language: messages.Language) -> None:
    """The keys of a catalogue are exactly the codes that the package can give."""
    assert set(CATALOGUES[language].texts) == set(wanted())


@LANGUAGES
def test_every_field_has_a_name_and_every_name_a_field(language: messages.Language) -> None:
    """The fields of a catalogue are exactly those that a violation can be about."""
    assert set(CATALOGUES[language].fields) == frozenset().union(*(one.fields for one in read()[0]))


@LANGUAGES
def test_every_field_has_a_name_of_its_own(language: messages.Language) -> None:
    """No two fields are called alike, so that a person knows which is meant."""
    names = list(CATALOGUES[language].fields.values())
    assert len(set(names)) == len(names)


@LANGUAGES
def test_every_text_uses_exactly_the_parameters_that_are_given(language: messages.Language) -> None:
    """A limit that is told to the catalogue is told to the person, and nothing is used that is not given.

    Of a defect of a file the line or the column may be left out, where the text needs neither.
    """
    texts, optional = CATALOGUES[language].texts, spare()
    used = {key: frozenset(parameters_of(form)) - optional.get(key, frozenset()) for key, form in texts.items()}
    assert used == wanted()


@LANGUAGES
def test_every_text_is_whole_and_in_its_language(language: messages.Language) -> None:
    """A text is one line that ends like a sentence, written in the language of its catalogue."""
    for text in CATALOGUES[language].texts.values():
        assert text == text.strip()
        assert "\n" not in text
        assert text.isprintable()
        if language == "ja":
            assert text.endswith("。")
            assert "  " not in text
        else:
            assert text.isascii()
            assert text.endswith(".")


def test_a_text_of_one_language_is_not_another_codes_text() -> None:
    """No two codes say the same, in either language: a person could not tell what to do."""
    for catalogue in CATALOGUES.values():
        assert len(set(catalogue.texts.values())) == len(catalogue.texts)


UNPROVEN: Final = ("rejected", "locked", "locked+until", "busy", "malformed", "stale", "expired", "wrong-password")
"""What may be told before every factor is proven."""
TELL_TALES: Final = (
    *(
        "ログインパスワード",
        "確認用",
        "電子証明書",
        "ワンタイム",
        "利用者",
        "存在",
        "登録",
        "見つかりません",
        "無効なID",
    ),
    *("login password", "confirmation", "certificate", "one-time", "user", "exist", "regist", "unknown", "found"),
)


@pytest.mark.parametrize("key", UNPROVEN)
@LANGUAGES
def test_no_text_tells_which_factor_was_wrong_or_who_exists(language: messages.Language, key: str) -> None:
    """What is told before every factor is proven names no factor and no ID's state (ASVS 5.0 6.3.8, 16.5.1)."""
    text = CATALOGUES[language].texts[key].lower()
    assert [word for word in TELL_TALES if word in text] == []


@pytest.mark.parametrize(("language", "helpers"), [("ja", ("管理者", "お取引店")), ("en", ("administrator", "bank"))])
@pytest.mark.parametrize("until", [None, datetime(2026, 1, 5, 0, 30, tzinfo=UTC)])
def test_a_lock_says_until_when_and_who_can_help(
    language: messages.Language, helpers: tuple[str, ...], until: datetime | None
) -> None:
    """A locked person reads who can release the lock and, where it ends by itself, when."""
    message = Refused(code="locked", until=until).message(language)
    assert all(helper in message for helper in helpers)
    shown = {"ja": "2026年1月5日9時30分", "en": "2026-01-05 09:30 JST"}[language]
    assert (shown in message) is (until is not None)


@LANGUAGES
def test_a_refusal_says_everything_that_is_wrong(language: messages.Language) -> None:
    """The first line is the refusal's own text, each further one a violation's, with its field and its numbers."""
    refused = Refused(
        code="malformed",
        violations=(Violation("too-short", "login_id", {"minimum": 6}), Violation("malformed", "purpose")),
    )
    texts, fields = CATALOGUES[language].texts, CATALOGUES[language].fields
    assert refused.message(language).split("\n") == [
        texts["malformed"],
        texts["too-short"].format(field=fields["login_id"], minimum=6),
        texts["malformed+field"].format(field=fields["purpose"]),
    ]


@pytest.mark.parametrize(("wait", "seconds"), [(0.2, 1), (1.0, 1), (1.000001, 2), (59.0, 59)])
@LANGUAGES
def test_busy_says_when_another_try_makes_sense(language: messages.Language, wait: float, seconds: int) -> None:
    """The seconds are whole, rounded up, at least one."""
    message = Busy(retry_after=timedelta(seconds=wait)).message(language)
    assert message == CATALOGUES[language].texts["busy"].format(seconds=seconds)


HALF_PAST: Final = datetime(2026, 12, 31, 15, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "ja", "en"),
    [
        (HALF_PAST - timedelta(microseconds=1), "2027年1月1日0時04分", "2027-01-01 00:04 JST"),
        (HALF_PAST, "2027年1月1日0時04分", "2027-01-01 00:04 JST"),
        (HALF_PAST + timedelta(microseconds=1), "2027年1月1日0時05分", "2027-01-01 00:05 JST"),
        (HALF_PAST.astimezone(timezone(timedelta(hours=-8))), "2027年1月1日0時04分", "2027-01-01 00:04 JST"),
    ],
)
def test_instants_are_told_in_japans_time_and_never_too_early(instant: datetime, ja: str, en: str) -> None:
    """A time that is told is the minute of the instant, or the one after it where the instant is within a minute."""
    assert messages.moment("ja", instant) == {"until": ja}
    assert messages.moment("en", instant) == {"until": en}


def test_no_instant_is_no_parameter() -> None:
    """Where nothing ends by itself there is nothing to tell."""
    assert messages.moment("ja", None) == {}


@given(st.text(max_size=20), st.dictionaries(st.text(max_size=8), st.text(max_size=8) | st.integers(), max_size=3))
def test_a_banks_own_code_is_shown_as_it_is(code: str, parameters: dict[str, int | str]) -> None:
    """A code without a text is its own text, whatever its characters; it is never taken for a form."""
    known = {key for key in JAPANESE.texts if code in (key, key.partition("+")[0])}
    if not known:
        for language in messages.LANGUAGES:
            assert messages.text(language, code, parameters) == code
            assert messages.field(language, code) == JAPANESE.fields.get(code, code)


@given(st.text(max_size=20))
def test_what_a_parameter_holds_is_never_taken_for_a_form(value: str) -> None:
    """Braces in a parameter come out as they went in."""
    assert messages.text("en", "not-asked", {"field": value}).startswith(f"{value}: ")


@LANGUAGES
def test_a_text_without_its_parameter_is_the_programs_fault(language: messages.Language) -> None:
    """A bank's action that uses a code of ours without its number hears which one is missing."""
    with pytest.raises(MisuseError, match="'too-short' needs the parameter 'minimum'") as caught:
        Violation("too-short", "mail").message(language)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("language", ["fr", "JA", "", None, ["ja"]])
def test_there_are_two_languages(language: messages.Language) -> None:
    """Any other language is the program's fault."""
    for call in (
        lambda: messages.text(language, "busy", {"seconds": 1}),
        lambda: messages.field(language, "login_id"),
        lambda: messages.moment(language, None),
    ):
        with pytest.raises(MisuseError, match="no catalogue"):
            call()


def test_catalogues_cannot_be_changed() -> None:
    """A text can't be replaced in a running service."""
    for catalogue, name in itertools.product(CATALOGUES.values(), ("texts", "fields")):
        with pytest.raises(TypeError, match="does not support item assignment"):
            getattr(catalogue, name)["rejected"] = "no such user"
