"""What lists say of a path: good, revoked, or unknown for its reason; every list made by openssl."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import attrs
import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates import crl_lists
from okmate_auth.certificates.crl import RevocationList
from okmate_auth.certificates.crl_entries import Revoked
from okmate_auth.certificates.crl_lists import Good, RevocationLists, Unknown, revocation
from okmate_auth.errors import MisuseError
from tests.certificates import openssl
from tests.certificates.openssl import CA, END, NOW, START, root
from tests.certificates.revoking import lists, parsed
from tests.certificates.standing import (
    ALICE,
    AUTHORITIES,
    BANK,
    BOB,
    BRANCH,
    DAY,
    FORGER,
    NO_CRL_SIGN,
    SECOND,
    USERS,
    revoked,
    said,
    standing,
)


def test_nobody_on_the_list_is_good_as_long_as_it_is() -> None:
    """The time in which the answer holds is that of the list."""
    assert standing(BANK.crl()) == Good(START, END)


def test_who_is_on_it_is_revoked() -> None:
    """Since when and why are the issuer's words; a neighbour's serial number says nothing."""
    entry = openssl.Revoked(serial=ALICE.serial, at=START + DAY, reason="keyCompromise")
    neighbours = (openssl.Revoked(serial=ALICE.serial - 1), openssl.Revoked(serial=ALICE.serial + 1))
    assert standing(BANK.crl(entry, *neighbours)) == Revoked(START + DAY, "keyCompromise")
    assert said(BANK.crl(*neighbours)) == "good"


def test_a_hold_counts_as_revoked() -> None:
    """CE-7, RFC 5280 5.3.1."""
    assert standing(BANK.crl(*revoked(ALICE, reason="certificateHold"))) == Revoked(START, "certificateHold")


def test_a_revocation_dated_ahead_counts_at_once() -> None:
    """An issuer's clock that runs ahead lets nobody in."""
    assert said(BANK.crl(openssl.Revoked(serial=ALICE.serial, at=NOW + DAY))) == "revoked"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (START - SECOND, "not-yet"),
        (START - timedelta(microseconds=1), "not-yet"),
        (START, "good"),
        (START + SECOND, "good"),
        (END - SECOND, "good"),
        (END - timedelta(microseconds=1), "good"),
        (END, "stale"),
        (END + SECOND, "stale"),
    ],
)
def test_a_list_is_in_force_from_this_update_until_next_update(now: datetime, expected: str) -> None:
    """RFC 5280 5.1.2.4, 5.1.2.5: from thisUpdate, inclusive, to nextUpdate, exclusive (A60)."""
    assert said(BANK.crl(), now=now) == expected
    assert said(BANK.crl(*revoked(ALICE)), now=now) == expected.replace("good", "revoked")


def test_another_time_zone_is_the_same_instant() -> None:
    """An instant of Tokyo is judged as what it is."""
    tokyo = timezone(timedelta(hours=9))
    assert said(BANK.crl(), now=(END - SECOND).astimezone(tokyo)) == "good"
    assert said(BANK.crl(), now=END.astimezone(tokyo)) == "stale"


@pytest.mark.parametrize("now", [datetime(2026, 6, 1), None])  # noqa: DTZ001 - it is what is refused
def test_a_naive_instant_is_refused(now: datetime) -> None:
    """It would be taken for another time zone's."""
    with pytest.raises(MisuseError):
        revocation((parsed(ALICE), parsed(BANK)), lists(), now)


def test_no_list_is_unknown() -> None:
    """CE-6: silence is not good."""
    assert standing() == Unknown("no-list", parsed(BANK).subject)


def test_another_issuers_list_is_none() -> None:
    """Also where it is signed with the very key: the name is the issuer's own, in DER."""
    renamed = root("/C=JP/O=Bank/CN=ROOT", label="/C=JP/O=Bank/CN=Root")
    assert renamed.key == BANK.key
    assert said(renamed.crl()) == "no-list"


def test_a_list_signed_by_another_key_is_unverified() -> None:
    """Whatever it says: neither its silence nor its accusation counts (A62)."""
    assert said(FORGER.crl()) == "unverified"
    assert said(FORGER.crl(*revoked(ALICE))) == "unverified"


def test_an_issuer_without_crl_sign_signs_no_list() -> None:
    """RFC 5280 6.3.3(f): where keyUsage is there it must say so."""
    mute = root("/CN=Mute", NO_CRL_SIGN)
    alice = mute.issue("/CN=Alice", label="mute's")
    assert said(mute.crl(), path=(alice, mute)) == "unverified"


def test_an_issuer_without_key_usage_may() -> None:
    """RFC 5280 6.3.3(f) asks for cRLSign only where there is a keyUsage."""
    plain = root("/CN=Plain", tuple(line for line in CA if "keyUsage" not in line))
    alice = plain.issue("/CN=Alice", label="plain's")
    assert said(plain.crl(), path=(alice, plain)) == "good"


class TestSeveralLists:
    """Which of an issuer's lists is in force."""

    @pytest.mark.parametrize(("older", "newer"), [(1, 2), (9, 10), (0xFF, 0x100), (2**64, 2**64 + 1), (0, 2**159 - 1)])
    def test_the_highest_number_is(self, older: int, newer: int) -> None:
        """As numbers, not as text: 10 comes after 9; the order in which they are given is nothing."""
        before, after = BANK.crl(number=older), BANK.crl(*revoked(ALICE), number=newer)
        assert said(before, after) == said(after, before) == "revoked"
        before, after = BANK.crl(*revoked(ALICE), number=older), BANK.crl(number=newer)
        assert said(before, after) == said(after, before) == "good"

    def test_an_older_one_replayed_changes_nothing(self) -> None:
        """Though its time has not run out yet (A60)."""
        replayed = BANK.crl(number=3, next_update=END + DAY)
        assert said(BANK.crl(*revoked(ALICE), number=4), replayed) == "revoked"

    def test_an_expired_one_does_not_shadow_it(self) -> None:
        """Not even with a higher number (A61)."""
        expired = BANK.crl(number=9, next_update=NOW)
        assert said(expired) == "stale"
        assert said(expired, BANK.crl(number=2)) == "good"
        assert said(expired, BANK.crl(*revoked(ALICE), number=2)) == "revoked"

    def test_a_forged_one_does_not_shadow_it(self) -> None:
        """Whatever number it claims (A61)."""
        for forged in (FORGER.crl(number=99), FORGER.crl(*revoked(ALICE), number=99)):
            assert said(forged, BANK.crl(number=2)) == "good"
            assert said(forged, BANK.crl(*revoked(ALICE), number=2)) == "revoked"

    def test_one_of_tomorrow_does_not_shadow_it(self) -> None:
        """It takes over when its time has come, not before."""
        tomorrow = BANK.crl(*revoked(ALICE), number=5, last_update=NOW + DAY)
        assert standing(BANK.crl(number=4), tomorrow) == Good(START, END)
        assert said(BANK.crl(number=4), tomorrow, now=NOW + DAY) == "revoked"

    def test_another_cas_does_not_matter(self) -> None:
        """A list that does not concern the path does no harm, whatever is wrong with it."""
        others = root("/CN=Other").crl(number=99, next_update=NOW)
        assert standing(others, BANK.crl()) == Good(START, END)

    def test_the_reason_is_that_of_the_best(self) -> None:
        """A genuine list says more than a forged one, and one that has begun more than one that has not."""
        stale, ahead = BANK.crl(number=2, next_update=NOW), BANK.crl(number=3, last_update=NOW + SECOND)
        assert said(FORGER.crl(number=9), stale, ahead) == "stale"
        assert said(FORGER.crl(number=9), ahead) == "not-yet"

    @given(st.permutations(range(5)), st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
    def test_it_is_a_maximum(self, order: list[int], broken: set[int], accusing: set[int]) -> None:
        """Of any lists in any order, the highest number that is in force and genuine decides, and alone."""
        data = [
            BANK.crl(*(revoked(ALICE) if n in accusing else ()), number=n, next_update=NOW if n in broken else END)
            for n in order
        ]
        sound = {0, 1, 2, 3, 4} - broken
        assert said(*data) == ("stale" if not sound else "revoked" if max(sound) in accusing else "good")


class TestScopes:
    """Lists about users, or about authorities, alone (RFC 5280 5.2.5)."""

    def test_a_list_of_authorities_says_nothing_of_a_user(self) -> None:
        """And the other way round: its silence is no answer."""
        branch = (BRANCH, BANK)
        assert said(BANK.crl(extensions=AUTHORITIES)) == "no-list"
        assert said(BANK.crl(extensions=USERS), path=branch) == "no-list"
        assert said(BANK.crl(extensions=USERS)) == "good"
        assert said(BANK.crl(extensions=AUTHORITIES), path=branch) == "good"
        assert said(BANK.crl(*revoked(ALICE), extensions=USERS)) == "revoked"

    def test_numbers_count_within_a_scope(self) -> None:
        """RFC 5280 5.2.3: lists of another scope are another row of numbers, and each row is heard."""
        whole, users = BANK.crl(number=9), BANK.crl(*revoked(ALICE), number=1, extensions=USERS)
        assert said(whole, users) == "revoked"

    def test_the_first_end_counts(self) -> None:
        """What two lists say together holds while both are in force."""
        users = BANK.crl(number=1, extensions=USERS, last_update=START + DAY, next_update=END - DAY)
        assert standing(BANK.crl(number=9), users) == Good(START + DAY, END - DAY)


class TestIntermediates:
    """A path of a client, an intermediate CA and an anchor."""

    PATH = (BOB, BRANCH, BANK)

    def test_every_certificate_but_the_anchor_is_looked_for(self) -> None:
        """Each on its own issuer's list; the answer holds while all lists are in force."""
        bank = BANK.crl(next_update=END - DAY)
        branch = BRANCH.crl(last_update=START + DAY)
        assert standing(bank, branch, path=self.PATH) == Good(START + DAY, END - DAY)
        assert said(BANK.crl(*revoked(BRANCH)), BRANCH.crl(), path=self.PATH) == "revoked"
        assert said(BANK.crl(), BRANCH.crl(*revoked(BOB)), path=self.PATH) == "revoked"

    def test_each_list_is_demanded(self) -> None:
        """Without the one of the anchor, or of the intermediate, nothing is known, and it is said whose is missing."""
        assert standing(BRANCH.crl(), path=self.PATH) == Unknown("no-list", parsed(BANK).subject)
        assert standing(BANK.crl(), path=self.PATH) == Unknown("no-list", parsed(BRANCH).subject)

    def test_a_serial_number_is_its_issuers(self) -> None:
        """The same number on another CA's list means another certificate."""
        assert said(BANK.crl(*revoked(BOB)), BRANCH.crl(*revoked(BRANCH)), path=self.PATH) == "good"

    def test_a_revoked_issuer_is_told_before_what_its_list_says(self) -> None:
        """From the anchor down: its list is worth nothing any more."""
        bank = BANK.crl(*revoked(BRANCH, reason="cACompromise"))
        assert standing(bank, path=self.PATH) == Revoked(START, "cACompromise")

    def test_an_anchor_alone_needs_no_list(self) -> None:
        """Trusted by decision, it is not revoked by a list; a path of it alone has nothing to ask."""
        assert said(path=(BANK,)) == "good"


def test_a_set_of_lists_is_known_by_its_version() -> None:
    """The same lists in any order are the same set; one more, or a newer one, is another."""
    one, other, newer = BANK.crl(), BRANCH.crl(), BANK.crl(number=2)
    assert lists(one, other).version == lists(other, one).version
    assert lists(one, other) == lists(other, one)
    assert len({lists().version, lists(one).version, lists(newer).version, lists(one, other).version}) == 4


def test_the_signature_check_is_the_callers_where_he_gives_one() -> None:
    """One that remembers is asked as often, and believed."""
    asked: list[str] = []

    def remembering(one: RevocationList, issuer: x509.Certificate) -> bool:
        asked.append(one.fingerprint)
        return crl_lists.signed_by(one, issuer)

    found = lists(BANK.crl())
    path = (parsed(ALICE), parsed(BANK))
    assert isinstance(revocation(path, found, NOW, signed=remembering), Good)
    assert asked == [found.lists[0].fingerprint]
    assert isinstance(revocation(path, found, NOW, signed=lambda *_: False), Unknown)


def test_it_changes_nothing() -> None:
    """Lists and set are values."""
    found = lists(BANK.crl())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        found.lists = ()  # type: ignore[misc]  # that it is frozen is the fact
    assert RevocationLists(()).of("") == ()
