"""Tells a story to a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from okmate_auth.demo.layout import Style, row, width, wrapped
from okmate_auth.demo.player import Told, ToldLook
from okmate_auth.demo.screens import screen
from okmate_auth.demo.stage import Role
from okmate_auth.demo.story import Scene, Wait
from okmate_auth.demo.watch import Committed
from okmate_auth.demo.wording import Wording
from okmate_auth.replies import Authenticated, Refused

__all__ = ["Terminal"]

NARROWEST: Final = 80
WIDEST: Final = 100  # columns: longer lines are hard to read

_BEAT: Final = "  "
_DETAIL: Final = "    "
_FRAME: Final = "    | "


class Terminal:
    """Satisfies :class:`~okmate_auth.demo.player.Teller` with lines of text.

    Args:
        write: Takes a line without its end.
        words: In which language.
        style: Colours, or none.
        columns: How wide the terminal is.
    """

    def __init__(self, write: Callable[[str], None], words: Wording, style: Style, columns: int) -> None:
        self._write: Final = write
        self._words: Final = words
        self._style: Final = style
        self._columns: Final = max(NARROWEST, min(columns, WIDEST))

    def scene(self, number: int, scene: Scene, now: datetime) -> None:
        """Show the title of a scene."""
        words, style = self._words, self._style
        title = f"{number}. {words.say(f'{scene.name}.title')}"
        self._write("")
        self._row(title, words.moment(now), style.title)
        self._write(style.aside("-" * self._columns))
        self._lines(wrapped(words.say(f"{scene.name}.lead"), self._columns), "")

    def act(self, scene: Scene, told: Told) -> None:
        """Show who did what, the reply, the page, what was committed, what was verified."""
        del scene
        last = told.clicks[-1]
        self._says(told.act.who, told.act.does)
        reply = f"{last.command} -> {_named(last.reply)}{self._how_often(told)}"
        took = f"{' '.join(f'{clicked.milliseconds:.0f}' for clicked in told.clicks)} ms"
        self._row(_DETAIL + reply, took, self._colour(last.reply))
        took_over = isinstance(last.reply, Authenticated) and last.reply.took_over
        self._page(
            (
                *((self._words.say("screen.took-over"),) if took_over else ()),
                *screen(last.page or last.reply, self._words),
            )
        )
        self._committed(last.committed, several=told.act.times > 1)
        self._claims(told.claims)

    def look(self, scene: Scene, told: ToldLook) -> None:
        """Show who read what, and what was found."""
        del scene
        self._says(told.look.who, told.look.does)
        self._row(f"{_DETAIL}{told.query}", f"{told.milliseconds:.0f} ms", str)
        self._page(screen(told.answer, self._words))
        self._claims(told.claims)

    def wait(self, wait: Wait, now: datetime) -> None:
        """Show that time has passed."""
        says = f"{_BEAT}... {self._words.say(f'wait.{wait.says}')}"
        self._write("")
        self._row(says, self._words.say("label.now", now=self._words.moment(now)), str)

    def paragraph(self, text: str) -> None:
        """Show text of its own, before or after the story."""
        self._lines(wrapped(text, self._columns), "")

    def title(self, text: str) -> None:
        """Show the title of everything."""
        self._lines([self._style.title(text)], "")

    def good(self, text: str) -> None:
        """Show that all was well."""
        self._lines([self._style.good(line) for line in wrapped(text, self._columns)], "")

    def bad(self, text: str) -> None:
        """Show what was not."""
        self._lines([self._style.bad(line) for line in wrapped(text, self._columns)], "")

    def _says(self, who: Role, does: str) -> None:
        self._write("")
        text = f"{self._words.say(f'role.{who.place}')}: {self._words.say(f'does.{does}')}"
        self._lines(wrapped(text, self._columns - width(_BEAT)), _BEAT)

    def _how_often(self, told: Told) -> str:
        if told.act.clicks > 1:
            return self._words.say("label.clicks", count=told.act.clicks)
        if told.act.times > 1:
            return self._words.say("label.times", count=told.act.times)
        return ""

    def _colour(self, reply: object) -> Callable[[str], str]:
        if isinstance(reply, Authenticated):
            return self._style.good
        return self._style.careful if isinstance(reply, Refused) else str

    def _page(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._lines(wrapped(line, self._columns - width(_FRAME)), _FRAME)

    def _committed(self, committed: Sequence[Committed], *, several: bool) -> None:
        words, style = self._words, self._style
        label = words.say("label.last" if several else "label.committed")
        said = list(_said(committed, words)) or [words.say("label.nothing")]
        for number, line in enumerate(said):
            self._hanging(label if number == 0 else "", width(label), line, style.aside)

    def _claims(self, claims: Iterable[tuple[str, bool]]) -> None:
        for name, holds in claims:
            label = self._words.say("label.verified" if holds else "label.broken")
            colour = self._style.good if holds else self._style.bad
            self._hanging(label, width(label), self._words.say(f"claim.{name}"), colour)

    def _hanging(self, label: str, columns: int, text: str, colour: Callable[[str], str]) -> None:
        """Show text behind a label, its further lines below its first."""
        space = _DETAIL + " " * (columns + 2)
        mark = f"{_DETAIL}{label}: " if label else space
        for number, line in enumerate(wrapped(text, self._columns - width(space))):
            self._write(colour(f"{space if number else mark}{line}"))

    def _row(self, left: str, right: str, colour: Callable[[str], str]) -> None:
        for line in row(left, right, self._columns):
            self._write(colour(line))

    def _lines(self, lines: Iterable[str], before: str) -> None:
        for line in lines:
            self._write(f"{before}{line}")


def _named(reply: object) -> str:
    """Return a reply's class and, of a refusal, its code and the step that is due again."""
    if not isinstance(reply, Refused):
        return type(reply).__name__
    at = f" at {type(reply.at).__name__}" if reply.at is not None else ""
    return f"Refused({reply.code}){at}"


def _kinds(kinds: Sequence[str]) -> str:
    """Return kinds of records, each once, with its number where there are several."""
    return " ".join(kind if count == 1 else f"{count} {kind}" for kind, count in Counter(kinds).items())


def _said(committed: Sequence[Committed], words: Wording) -> Iterator[str]:
    for one in committed:
        deleted = (words.say("label.deleted", kinds=_kinds(one.deleted)),) if one.deleted else ()
        yield "; ".join(filter(None, (_kinds(one.put), *deleted, *one.appended)))
