"""The menu: who sees which entry, and which of them wait for a token."""

from __future__ import annotations

from itertools import product
from typing import Any, Final, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth import messages
from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.menu import MOST_ENTRIES, OKMATE_MENU, MenuEntry, MenuItem, menu_for, menu_names
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.tokens import closed, guarded
from okmate_auth.records.account import Role
from tests.stored_values import AT

ROLES: Final[tuple[Role, ...]] = get_args(Role)
DATA: Final = ("general-transfer", "payroll", "local-tax", "account-transfer")
ADMINISTRATION: Final = ("company-data", "users", "operation-history")
SERVICES: Final = (
    *("inquiry", "transfer", "data-transmission", *DATA),
    *("approval", "tax-payment", "densai", "foreign-exchange", "administration"),
)
MANUAL: Final = (
    *("top", "inquiry", "transfer", "data-transmission", "approval", "tax-payment"),
    *("densai", "foreign-exchange", "administration", "log-out"),
)
"""The ten entries in the manual's order."""


def seen(
    *entitlements: str, role: str = "user", shut: tuple[str, ...] = (), menu: tuple[MenuEntry, ...] = OKMATE_MENU
) -> dict[str, tuple[str, ...]]:
    """Return which entries somebody sees, each with what he sees beneath it."""
    items = menu_for(menu, role=role, entitlements=entitlements, shut=shut)
    return {item.name: tuple(sub.name for sub in item.subentries) for item in items}


def waiting(*entitlements: str, shut: tuple[str, ...], role: str = "user") -> set[str]:
    """Return which entries, at either level, wait for a token."""
    items = menu_for(OKMATE_MENU, role=role, entitlements=entitlements, shut=shut)
    flat = [one for item in items for one in (item, *item.subentries)]
    assert {item.unusable for item in flat} <= {"", "needs-token"}
    return {item.name for item in flat if item.unusable}


# --------------------------------------------------------------------------------------------- the procedure's menu


def test_the_profile_has_the_ten_entries_of_the_manual() -> None:
    """In the manual's order, with the four kinds of data transmission and the three of administration."""
    assert tuple(entry.name for entry in OKMATE.menu) == MANUAL
    beneath = {entry.name: tuple(sub.name for sub in entry.subentries) for entry in OKMATE.menu if entry.subentries}
    assert beneath == {"data-transmission": DATA, "administration": ADMINISTRATION}


def test_a_standards_profile_brings_no_banks_menu() -> None:
    """What a bank offers is in no standard."""
    assert NIST_800_63B_4.menu == ()


def test_the_names_are_those_of_the_services_that_a_token_guards() -> None:
    """A service that needs a token stands in the menu under its own name."""
    assert {service for entry in OKMATE.menu for service in entry.services} >= OKMATE.token_services


@pytest.mark.parametrize("role", ROLES)
def test_who_may_use_nothing_sees_the_way_back_and_the_way_out(role: Role) -> None:
    """Top and log out are everybody's; administration belongs to a role and to no service."""
    administration = {} if role == "user" else {"administration": ADMINISTRATION}
    assert seen(role=role) == {"top": (), **administration, "log-out": ()}


@pytest.mark.parametrize("service", [name for name in SERVICES if name not in (*DATA, "data-transmission")])
def test_a_service_opens_the_entry_of_its_name(service: str) -> None:
    """And no other; a user's entitlement to administration opens nothing, since the role decides."""
    opened = {} if service == "administration" else {service: ()}
    assert seen(service) == {"top": (), **opened, "log-out": ()}


@pytest.mark.parametrize(
    ("entitlements", "beneath"),
    [
        (("data-transmission",), DATA),
        *(((name,), (name,)) for name in DATA),
        (("payroll", "general-transfer"), ("general-transfer", "payroll")),
        (("local-tax", "data-transmission"), DATA),
    ],
)
def test_data_transmission_shows_what_somebody_has_of_it(
    entitlements: tuple[str, ...], beneath: tuple[str, ...]
) -> None:
    """The whole of it by its own entitlement, else those of its four services that he has, in the menu's order."""
    assert seen(*entitlements) == {"top": (), "data-transmission": beneath, "log-out": ()}


def test_what_the_menu_does_not_know_is_left_to_the_bank() -> None:
    """An entitlement of the bank's own adds no entry and takes none away."""
    assert seen("bank-own", "inquiry") == seen("inquiry")


@given(role=st.sampled_from(ROLES), entitlements=st.sets(st.sampled_from(SERVICES)))
def test_the_menu_is_always_a_part_of_the_manuals_in_its_order(role: Role, entitlements: set[str]) -> None:
    """Whoever it is: entries in the manual's order, each once, none without something of his beneath it."""
    shown = seen(*entitlements, role=role)
    assert [name for name in MANUAL if name in shown] == list(shown)
    assert all(beneath or name not in ("data-transmission", "administration") for name, beneath in shown.items())
    assert ("administration" in shown) is (role != "user")


@given(entitlements=st.sets(st.sampled_from(SERVICES)), more=st.sampled_from(SERVICES))
def test_a_further_service_takes_no_entry_away(entitlements: set[str], more: str) -> None:
    """Entitlements add up."""
    before, after = seen(*entitlements), seen(*entitlements, more)
    assert before.keys() <= after.keys()
    assert all(set(before[name]) <= set(after[name]) for name in before)


# ------------------------------------------------------------------------------------------------- waiting for a token


@pytest.mark.parametrize("service", sorted(OKMATE.token_services - {"administration"}))
def test_an_entry_that_only_a_token_would_open_says_so(service: str) -> None:
    """It is there, so that nobody looks for it, and says what is missing; the others are as usable as before."""
    assert waiting(service, "inquiry", shut=(service,)) == {service}
    assert seen(service, shut=(service,)) == seen(service)
    assert waiting(service, "inquiry", shut=()) == set()


@pytest.mark.parametrize("role", ["master", "administrator"])
def test_administration_waits_where_it_is_guarded(role: Role) -> None:
    """With everything beneath it, as its commands refuse; who is not guarded administers, entitled or not."""
    assert waiting("administration", shut=("administration",), role=role) == {"administration", *ADMINISTRATION}
    assert waiting(role=role, shut=()) == set()


@pytest.mark.parametrize(
    ("shut", "waits"),
    [
        (("payroll",), {"payroll"}),
        (("payroll", "local-tax"), {"payroll", "local-tax", "data-transmission"}),
        (("inquiry",), set[str]()),
    ],
)
def test_an_entry_waits_where_all_beneath_it_do(shut: tuple[str, ...], waits: set[str]) -> None:
    """While one kind of data transmission is open, its entry is."""
    assert waiting("payroll", "local-tax", shut=shut) == waits


def test_what_one_service_opens_does_not_wait_for_another() -> None:
    """Data transmission as a whole opens salaries, though that service alone would need a token."""
    assert waiting("payroll", "data-transmission", shut=("payroll",)) == set()


@given(
    role=st.sampled_from(ROLES),
    entitlements=st.lists(st.sampled_from(SERVICES), unique=True),
    services=st.frozensets(st.sampled_from(SERVICES)),
)
def test_only_what_a_session_closes_waits(role: Role, entitlements: list[str], services: frozenset[str]) -> None:
    """An entry of one service waits exactly if that is guarded and closed, and everybody's never does."""
    shut = closed(guarded(entitlements, services), None, AT)
    waits = waiting(*entitlements, shut=shut, role=role)
    assert waits.isdisjoint({"top", "log-out"})
    alone = {"inquiry", "transfer", "approval", "tax-payment", "densai", "foreign-exchange"}
    assert waits & alone == set(shut) & alone


# ---------------------------------------------------------------------------------------------------- a bank's own menu


def test_an_entry_without_services_is_everybodys_and_one_with_roles_theirs() -> None:
    """An entry that names a role is seen by it, whatever services the person has."""
    menu = (MenuEntry("help"), MenuEntry("fees", services=("fees",), roles=("master",)))
    assert seen(menu=menu) == {"help": ()}
    assert seen("fees", menu=menu) == {"help": ()}
    assert seen(role="master", menu=menu) == {"help": (), "fees": ()}


def test_an_entry_whose_parts_are_nobodys_is_not_seen() -> None:
    """A heading over nothing is left out, and what stands beneath an entry of a role is its, too."""
    menu = (MenuEntry("desk", roles=("master",), subentries=(MenuEntry("a"), MenuEntry("b", roles=("user",)))),)
    assert seen(menu=menu) == {}
    assert seen(role="master", menu=menu) == {"desk": ("a",)}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_an_item_has_its_title(language: messages.Language) -> None:
    """In the page's language; a bank's own entry is called by its name."""
    assert MenuItem(name="log-out").title(language) == {"ja": "ログアウト", "en": "Log out"}[language]
    assert MenuItem(name="bank-own").title(language) == "bank-own"


@pytest.mark.parametrize("name", ["", "Top", "a b", "-a", "a-", "トップ", "a" * 65, "a\n"])
def test_a_name_has_its_form(name: str) -> None:
    """Lower-case words joined by hyphens, 64 characters at most: it stands in links, too."""
    with pytest.raises(ConfigurationError, match="lower-case words"):
        MenuEntry(name)
    assert MenuEntry("a" * 64).name == "a" * 64


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"roles": ("clerk",)}, "no such role"),
        ({"services": ("",)}, "a service has a name"),
        ({"subentries": (MenuEntry("b", subentries=(MenuEntry("c"),)),)}, "two levels"),
        ({"subentries": tuple(MenuEntry(f"s{n}") for n in range(MOST_ENTRIES + 1))}, "at most 32"),
    ],
)
def test_what_nobody_could_see_is_refused(fields: dict[str, Any], reason: str) -> None:
    """A wrong role, an empty service, a third level, too many beneath one entry."""
    with pytest.raises(ConfigurationError, match=reason):
        MenuEntry("a", **fields)


def test_the_bounds_themselves_are_allowed() -> None:
    """As many as may be, at either level."""
    most = tuple(MenuEntry(f"s{n}") for n in range(MOST_ENTRIES))
    assert len(MenuEntry("a", subentries=most).subentries) == MOST_ENTRIES
    assert attrs.evolve(OKMATE, menu=most).menu == most
    with pytest.raises(ConfigurationError, match="menu: at most 32 entries"):
        attrs.evolve(OKMATE, menu=(*most, MenuEntry("more")))


@pytest.mark.parametrize(
    "menu",
    [
        (MenuEntry("a"), MenuEntry("a")),
        (MenuEntry("a", subentries=(MenuEntry("a"),)),),
        (MenuEntry("a", subentries=(MenuEntry("b"),)), MenuEntry("c", subentries=(MenuEntry("b"),))),
    ],
)
def test_a_profile_names_each_entry_once(menu: tuple[MenuEntry, ...]) -> None:
    """At both levels together: a name leads to one place."""
    with pytest.raises(ConfigurationError, match="menu: each name once"):
        attrs.evolve(OKMATE, menu=menu)


def test_an_entry_shows_itself_with_what_is_beneath_it() -> None:
    """As the profiles' table writes it."""
    assert [str(entry) for entry in OKMATE_MENU][2:4] == ["transfer", f"data-transmission [{', '.join(DATA)}]"]
    assert len(list(menu_names(OKMATE_MENU))) == len(MANUAL) + len(DATA) + len(ADMINISTRATION)


def test_every_pair_of_roles_and_single_services_is_decided() -> None:
    """Nobody, with whatever he has, sees a menu that fails to begin with top and to end with logging out."""
    for role, service in product(ROLES, SERVICES):
        names = list(seen(service, role=role))
        assert (names[0], names[-1]) == ("top", "log-out")
