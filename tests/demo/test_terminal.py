"""The demo for people: what stands in a terminal, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta

import attrs
import pytest

from okmate_auth.demo.layout import Style, width
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.story import Act, Claim, Scene, Wait, gives
from okmate_auth.demo.wording import Language, wording
from okmate_auth.replies import Authenticated
from tests.demo.changes import scene
from tests.shows import shown

LANGUAGES: tuple[Language, ...] = ("ja", "en")
Told = dict[tuple[Language, int], list[str]]


@pytest.fixture(scope="module")
def told() -> Told:
    """Return what shows wrote, by language and columns."""
    out: Told = {}
    for language in LANGUAGES:
        for columns in (40, 100):
            out[language, columns], wrong = shown(language=language, columns=columns)
            assert wrong == ""
    return out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("columns", "widest"), [(40, 80), (100, 100)])
def test_no_line_is_wider_than_the_terminal(told: Told, language: Language, columns: int, widest: int) -> None:
    """Full-width characters counted as two columns; below 80 columns the terminal wraps by itself."""
    lines = told[language, columns]
    assert max(map(width, lines)) <= widest
    assert sum(line == "-" * widest for line in lines) == len(STORY)


def test_very_wide_terminals_get_lines_that_can_be_read() -> None:
    """A hundred columns are the most."""
    assert max(map(width, shown(columns=300, story=STORY[:1])[0])) == 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_scenes_are_numbered_and_titled(told: Told, language: Language) -> None:
    """From 1, in order, each with its title and the time."""
    titles = [line for line in told[language, 100] if re.match(r"\d+\. ", line)]
    assert len(titles) == len(STORY)
    for number, (line, one) in enumerate(zip(titles, STORY, strict=True), start=1):
        assert line.startswith(f"{number}. {wording(language).say(f'{one.name}.title')} ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_tells_reply_page_and_commit(told: Told, language: Language) -> None:
    """Each act has its command and reply with milliseconds, at least one line of a page, and what was committed."""
    lines = told[language, 100]
    acts = [beat for scene in STORY for beat in scene.beats if isinstance(beat, Act)]
    assert sum(bool(re.match(r"    \w+ -> \w+.* \d+ ms$", line)) for line in lines) == len(acts)
    labels = tuple(f"    {wording(language).say(name)}: " for name in ("label.committed", "label.last"))
    assert sum(line.startswith(labels) for line in lines) == len(acts)
    assert sum(line.startswith("    | ") for line in lines) > len(acts)


def test_english_needs_no_other_characters_than_ascii(told: Told) -> None:
    """Whatever is told of the library and of the bank's own systems, any terminal can show it."""
    assert [line for line in told["en", 100] if not line.isascii()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_is_told_as_verified(told: Told, language: Language) -> None:
    """Each once for each time it was verified, and none as not so."""
    claims = [claim for scene in STORY for beat in scene.beats if not isinstance(beat, Wait) for claim in beat.claims]
    lines = told[language, 100]
    assert sum(line.startswith(f"    {wording(language).say('label.verified')}: ") for line in lines) == len(claims)
    assert not any(wording(language).say("label.broken") in line for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_handle_is_shown(told: Told, language: Language) -> None:
    """Nothing of 43 base64url characters stands in the terminal."""
    text = "\n".join(told[language, 100])
    assert not re.search(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", text)


def test_the_story_reads_as_it_should(told: Told) -> None:
    """A few lines by which somebody would follow it."""
    text = "\n".join(told["en", 100])
    for part in (
        "Everything in this story is made up",
        "    PasswordLogin -> PasswordChangeDue",
        "    | New login password: there are full-width characters in it. Switch your keyboard to half-width.",
        "    | New confirmation password: it must differ from the login ID.",
        "    ChangePasswords -> Refused(password-policy) at PasswordChangeDue",
        "    AcknowledgeChange -> EnrollmentDue",
        "    | [Skip] The registration comes again at the next login.",
        "    SkipEnrollment -> Authenticated",
        "    | Menu: Top, Inquiry, Data transmission (General transfers, Salaries and bonuses, Local taxes,",
        "    | Closed until you register a token: Transfers, Approval, Taxes and charges, Administration",
        "    | When you have finished, always use the log out button.",
        "    PresentCertificate -> PasswordDue",
        "    | Login by certificate",
        "    | Login ID: Jiro2026",
        "    | [Login password]",
        "    | Waiting: Salaries for November (1,250,000 yen)",
        "  ... The next day.",
        "    | Last operations: balance asked, certificate registered, registered",
        "    PresentCertificate -> Refused(certificate-unknown-issuer)",
        "    EnterPassword -> Refused(stale)",
        "    PresentCertificate -> Refused(certificate-revoked)",
        "    | Last logins: none before this one",
        "    EnrollToken -> Refused(wrong-token) at EnrollmentDue",
        "    | One-time password: there are full-width characters in it. Switch your keyboard to half-width.",
        "    EnterCode -> Refused(wrong-code) at CodeDue",
        "    | Codes: the last one had been used before; the next one will do",
        "  ... A minute later the token shows another code.",
        "    StepUp -> SteppedUp, 2 clicks at once",
        "    ResyncToken -> CodeDue",
        "    | Registration screen: from ",
        "    | Your former session was ended.",
        "    PasswordLogin -> Refused(rejected), 5 times",
        "  ... Half an hour later.",
        "    PasswordLogin -> Refused(rejected), 2 clicks at once",
        "    committed: account flow repeat throttle; deleted flow repeat; logins 2: password-policy",
        "    committed: nothing",
        "everything was as the story says.",
    ):
        assert part in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_colours_change_nothing_that_is_read(language: Language) -> None:
    """Without the escape sequences a coloured show is a plain one."""
    story = STORY[:1]
    coloured = shown(language=language, style=Style(on=True), story=story)[0]
    plain = shown(language=language, story=story)[0]
    assert not any("\x1b" in line for line in plain)
    stripped = [re.sub(r"\x1b\[\d+m", "", line) for line in coloured]
    assert stripped != coloured
    assert [_frame(line) for line in stripped] == [_frame(line) for line in plain]


def _frame(line: str) -> str:
    """Return the beginning of a line, which but for the time is the same in every run."""
    return re.sub(r"\d", "0", line[:12])


def test_refusals_and_ends_have_colours_of_their_own() -> None:
    """Green opens a door, yellow does not, anything else is plain."""
    lines = shown(style=Style(on=True))[0]
    assert any(line.startswith("\x1b[32m    AcknowledgeChange -> Authenticated") for line in lines)
    assert any(line.startswith("\x1b[32m    EnterCode -> Authenticated") for line in lines)
    assert any(line.startswith("    PasswordLogin -> CodeDue") for line in lines)
    assert any(line.startswith("\x1b[33m    PasswordLogin -> Refused(rejected)") for line in lines)
    assert any(line.startswith("    Logout -> LoggedOut") for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_so_is_shown_and_said_at_the_end(language: Language) -> None:
    """The claim is marked, and the last line names it."""
    act = scene("registration").beats[0]
    assert isinstance(act, Act)
    false = attrs.evolve(act, claims=(Claim("counted-once", lambda _: False),))
    lines, wrong = shown(language=language, columns=100, story=(Scene(name="registration", beats=(false,)),))
    words = wording(language)
    assert f"    {words.say('label.broken')}: {words.say('claim.counted-once')}" in lines
    assert wrong == "scene 1 (registration): registers-company: not so: counted-once"
    assert lines[-1].endswith(wrong)


def test_a_wrong_reply_is_shown_before_the_end() -> None:
    """What came is there to be read."""
    act = scene("registration").beats[0]
    assert isinstance(act, Act)
    story = (Scene(name="registration", beats=(attrs.evolve(act, expects=gives(Authenticated)),)),)
    lines, _ = shown(story=story)
    assert any("RegisterCompany -> CompanyRegistered" in line for line in lines)
    assert not any("as the story says." in line for line in lines[-3:] if "not" not in line)


def test_time_that_passes_is_shown_with_the_time_it_is_then() -> None:
    """Nobody waits, and it is said that the clock is moved; where nothing is waited for, nothing is said."""
    wait = Wait(by=timedelta(minutes=30, seconds=1), says="half-an-hour-later")
    lines = shown(story=(attrs.evolve(STORY[0], beats=(*STORY[0].beats, wait)),))[0]
    assert any("its clock is moved" in line and "0 h 31 min ago" in " ".join(lines) for line in lines)
    assert re.search(
        r"\.\.\. Half an hour later\. +now \d{4}-\d\d-\d\d \d\d:\d\d:\d\d JST$", "\n".join(lines), re.MULTILINE
    )
    assert not any("its clock is moved" in line for line in shown(story=STORY[:1])[0])
