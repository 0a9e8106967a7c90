"""The top page's menu: which entries somebody sees, and which of them he can't use yet.

Rule 1. An entry is seen by whoever may use one of its services, or something that stands beneath it. Where it names
        roles they alone decide: the library's administration asks for a role and for no service.
Rule 2. An entry that only a missing token keeps shut is seen, and says so: whoever put enrollment off learns it here
        and not in the middle of a transfer.
Rule 3. A menu shows and never grants. Whoever carries a service out asks the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, get_args

import attrs

from okmate_auth import messages
from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.tokens import ADMINISTRATION
from okmate_auth.records.account import Role
from okmate_auth.text import is_name

NEEDS_TOKEN: Final = "needs-token"  # noqa: S105 - a reason's name
MOST_ENTRIES: Final = 32  # of a menu, and beneath one entry
_ROLES: Final = frozenset[str](get_args(Role))


@attrs.frozen
class MenuEntry:
    """An entry as a profile lists it.

    Attributes:
        name: Stable, in lower-case words joined by hyphens; its title is looked up by it.
        services: Entitlements, each of which opens it and everything beneath it.
        subentries: What stands beneath it: entries without any of their own.
        roles: Only who has one of these sees it, with or without its services; () for no such rule.

    An entry with no services, no roles and nothing beneath it is everybody's.

    Raises:
        ConfigurationError: The name has another form, a role does not exist, or the nesting is deeper.
    """

    name: str
    services: tuple[str, ...] = attrs.field(converter=tuple[str, ...], default=(), kw_only=True)
    subentries: tuple[MenuEntry, ...] = attrs.field(converter=tuple["MenuEntry", ...], default=(), kw_only=True)
    roles: tuple[Role, ...] = attrs.field(converter=tuple[Role, ...], default=(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what nobody could see, or name."""
        for broken, message in (
            (not is_name(self.name), "menu: a name is lower-case words joined by hyphens"),
            (not set(self.roles) <= _ROLES, f"menu: {self.name}: there is no such role"),
            (not all(self.services), f"menu: {self.name}: a service has a name"),
            (len(self.subentries) > MOST_ENTRIES, f"menu: {self.name}: at most {MOST_ENTRIES} beneath one entry"),
            (any(entry.subentries for entry in self.subentries), f"menu: {self.name}: two levels at most"),
        ):
            if broken:
                raise ConfigurationError(message)

    def __str__(self) -> str:
        """Return the name, with those beneath it in brackets."""
        beneath = ", ".join(entry.name for entry in self.subentries)
        return f"{self.name} [{beneath}]" if beneath else self.name


@attrs.frozen(kw_only=True)
class MenuItem:
    """An entry as one person sees it in one session.

    Attributes:
        name: The entry's.
        unusable: Why it can't be used now: ``needs-token``; '' where it can.
        subentries: What he sees beneath it.
    """

    name: str
    unusable: Literal["", "needs-token"] = ""
    subentries: tuple[MenuItem, ...] = ()

    def title(self, language: messages.Language) -> str:
        """Return what the page calls it; a bank's own entry without a title is called by its name.

        Raises:
            MisuseError: There is no catalogue for the language.
        """
        return messages.title(language, self.name)


def menu_names(menu: Iterable[MenuEntry]) -> Iterator[str]:
    """Yield the name of each entry and of what stands beneath it."""
    for entry in menu:
        yield entry.name
        yield from menu_names(entry.subentries)


def menu_services(menu: Iterable[MenuEntry]) -> Iterator[str]:
    """Yield the services of each entry and of what stands beneath it."""
    for entry in menu:
        yield from entry.services
        yield from menu_services(entry.subentries)


def menu_for(
    menu: Iterable[MenuEntry], *, role: str, entitlements: Iterable[str], shut: Iterable[str]
) -> tuple[MenuItem, ...]:
    """Return what somebody sees of a menu.

    Args:
        menu: The profile's.
        role: ``master``, ``administrator`` or ``user``.
        entitlements: All services he is entitled to, those included that a token would open.
        shut: Those of them that are closed in this session because he has no token (:func:`closed`).
    """
    person = _Person(role=role, entitlements=frozenset(entitlements), shut=frozenset(shut))
    return tuple(item for entry in menu if (item := person.sees(entry)) is not None)


@attrs.frozen(kw_only=True)
class _Person:
    role: str
    entitlements: frozenset[str]
    shut: frozenset[str]

    def sees(self, entry: MenuEntry, above: MenuEntry | None = None) -> MenuItem | None:
        """Return an entry as he sees it, None where he does not."""
        roles = entry.roles or (() if above is None else above.roles)
        services = {*entry.services, *(() if above is None else above.services)}
        beneath = tuple(item for sub in entry.subentries if (item := self.sees(sub, entry)) is not None)
        mine = services & self.entitlements
        everybodys = not services and not entry.subentries
        if self.role not in roles if roles else not (mine or beneath or everybodys):
            return None
        shut = all(item.unusable for item in beneath) if beneath else mine <= self.shut
        unusable = bool(mine or beneath) and shut
        return MenuItem(name=entry.name, unusable=NEEDS_TOKEN if unusable else "", subentries=beneath)


OKMATE_MENU: Final = (
    MenuEntry("top"),
    MenuEntry("inquiry", services=("inquiry",)),
    MenuEntry("transfer", services=("transfer",)),
    MenuEntry(
        "data-transmission",
        services=("data-transmission",),
        subentries=tuple(
            MenuEntry(name, services=(name,))
            for name in ("general-transfer", "payroll", "local-tax", "account-transfer")
        ),
    ),
    MenuEntry("approval", services=("approval",)),
    MenuEntry("tax-payment", services=("tax-payment",)),
    MenuEntry("densai", services=("densai",)),
    MenuEntry("foreign-exchange", services=("foreign-exchange",)),
    MenuEntry(
        "administration",
        services=(ADMINISTRATION,),
        roles=("master", "administrator"),
        subentries=(MenuEntry("company-data"), MenuEntry("users"), MenuEntry("operation-history")),
    ),
    MenuEntry("log-out"),
)
"""The ten entries of the procedure's manual, step 5, in its order.

Who is entitled to ``data-transmission`` has its four services, who is entitled to one of them has that one.
"""
