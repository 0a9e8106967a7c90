"""Secret: no way out but ``reveal``."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import traceback
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.secret import REDACTED, Secret, as_secret
from tests.unchecked import unchecked

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "kanari4-Passw0rd"

# lone surrogates included: a form field may hold what no encoding allows
any_text = st.text(alphabet=st.characters(exclude_categories=()))


class LoudText(str):
    """Text whose own conversions say something else than its characters."""

    __slots__ = ()

    def __str__(self) -> str:
        return "loud"

    def __repr__(self) -> str:
        return "loud"


@given(any_text)
def test_reveal_gives_back_what_was_kept(text: str) -> None:
    """Whatever text is kept, exactly that text is revealed, as plain str."""
    kept = Secret(text).reveal()
    assert kept == text
    assert type(kept) is str


@given(any_text)
def test_encoded_tells_all_texts_apart(text: str) -> None:
    """The bytes of any text, lone surrogates included, lead back to that text alone."""
    assert Secret(text).encoded().decode("utf-8", "surrogatepass") == text


@given(any_text, any_text)
def test_secrets_are_equal_when_their_texts_are(one: str, other: str) -> None:
    """Equality of secrets is equality of texts."""
    assert (Secret(one) == Secret(other)) is (one == other)
    assert Secret(one) == Secret(one)
    assert (Secret(one) != Secret(other)) is (one != other)


@given(any_text)
def test_a_secret_never_equals_bare_text(text: str) -> None:
    """A secret compared with text is different, so that a forgotten wrapping can't pass as a match."""
    assert Secret(text) != text
    assert Secret(text) != text.encode("utf-8", "surrogatepass")


@given(any_text)
def test_the_shown_text_does_not_depend_on_the_secret(text: str) -> None:
    """Every conversion to text gives the one fixed text, whatever is kept."""
    secret = Secret(text)
    assert {repr(secret), str(secret), f"{secret}", f"{secret!r:>40}".strip(), format(secret, "x^99s")} == {REDACTED}
    assert "%s" % secret == REDACTED  # noqa: UP031  # this way out exists as well
    assert repr([secret]) == f"[{REDACTED}]"


@given(any_text)
def test_length_is_that_of_the_text_and_truth_tells_nothing(text: str) -> None:
    """Length rules can be checked without revealing; truth does not tell empty from full."""
    assert len(Secret(text)) == len(text)
    assert bool(Secret(text)) is True


def test_a_subclass_of_text_is_copied_by_its_characters() -> None:
    """A str subclass with its own conversions can't smuggle itself or another text in."""
    kept = Secret(LoudText("quiet")).reveal()
    assert kept == "quiet"
    assert type(kept) is str


@pytest.mark.parametrize("value", [None, b"bytes", bytearray(b"x"), 5, 1.5, ["a"], object(), Secret("x")])
def test_only_text_is_kept(value: object) -> None:
    """Anything but text is misuse, and the message does not show it."""
    with pytest.raises(MisuseError) as caught:
        Secret(unchecked(value))
    assert caught.value.args == ("a Secret is made of text",)


@pytest.mark.parametrize(
    "way_out",
    [
        copy.copy,
        copy.deepcopy,
        *[lambda secret, n=n: pickle.dumps(secret, protocol=n) for n in range(pickle.HIGHEST_PROTOCOL + 1)],
        lambda secret: copy.deepcopy({"nested": [secret]}),
        lambda secret: pickle.dumps({"nested": (secret,)}),
        lambda secret: secret.__reduce__(),
        lambda secret: secret.__getstate__(),
        lambda secret: object.__reduce_ex__(secret, 2),
    ],
)
def test_copies_and_pickles_are_refused(way_out: Callable[[Secret], object]) -> None:
    """No protocol of pickle, nor copy, nor deepcopy, takes a secret along, nested or not."""
    with pytest.raises(MisuseError) as caught:
        way_out(Secret(CANARY))
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "use",
    [
        hash,
        lambda secret: {secret},
        lambda secret: secret < Secret(CANARY),
        json.dumps,
        vars,
        iter,
        lambda secret: secret[0],
        lambda secret: secret + "x",
        lambda secret: setattr(secret, "note", CANARY),
    ],
)
def test_what_text_can_do_a_secret_cannot(use: Callable[[Secret], object]) -> None:
    """No hashing, order, serialisation, attributes, iteration or concatenation; the error does not show the text."""
    with pytest.raises((TypeError, AttributeError)) as caught:
        use(Secret(CANARY))
    assert CANARY not in str(caught.value)


def test_a_debugger_that_lists_attributes_finds_no_text() -> None:
    """A secret has no dictionary of attributes and nothing under a plain name."""
    secret = Secret(CANARY)
    assert not hasattr(secret, "value")
    assert not hasattr(secret, "__dict__")


def test_logs_and_tracebacks_stay_silent() -> None:
    """A secret in a log call, an exception's arguments or a traceback with local variables leaves no canary."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logger = logging.getLogger("tests.secret")
    logger.addHandler(handler)
    secret = Secret(CANARY)
    try:
        try:
            raise ValueError(secret)  # noqa: TRY301  # the traceback of this very frame is the subject
        except ValueError as error:
            logger.exception("with %s and %r", secret, secret)
            shown = traceback.TracebackException.from_exception(error, capture_locals=True)
            out.write("".join(shown.format()))
    finally:
        logger.removeHandler(handler)
    assert REDACTED in out.getvalue()
    assert CANARY not in out.getvalue()


@given(any_text)
def test_as_secret_wraps_text_and_passes_secrets(text: str) -> None:
    """Text is wrapped at once, a secret stays the same object."""
    wrapped = as_secret(text)
    assert wrapped == Secret(text)
    assert as_secret(wrapped) is wrapped


@pytest.mark.parametrize("value", [None, b"bytes", 5, ["a"]])
def test_as_secret_refuses_everything_else(value: object) -> None:
    """Neither text nor secret is misuse."""
    with pytest.raises(MisuseError):
        as_secret(unchecked(value))
