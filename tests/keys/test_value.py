"""Every key of one bank, and what is computed with them."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.history.chain import ChainKeys
from okmate_auth.keys import ENTROPY_BYTES, KeyBytes, Keys, KeySet, Purpose
from okmate_auth.secret import Secret

ENTROPY = hashlib.shake_256(b"tests").digest(ENTROPY_BYTES)
KEYS = Keys.from_entropy(ENTROPY)
NEW = bytes(range(32))

# lone surrogates included: nothing that can be submitted may raise
texts = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)


def framed(*parts: bytes) -> bytes:
    """Join parts as the documentation says: each after its length in 8 bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def oracle(key: KeyBytes, *parts: bytes) -> bytes:
    """Compute HMAC-SHA-256 over the parts in another way."""
    return hmac.digest(key.reveal(), framed(*parts), "sha256")


@given(texts, texts)
def test_a_subject_is_a_keyed_name(bank: str, login_id: str) -> None:
    """32 hex digits of HMAC-SHA-256 over bank and login ID."""
    subject = KEYS.subject(bank, login_id)
    parts = (b"okmate_auth/subject", bank.encode("utf-8", "surrogatepass"), login_id.encode("utf-8", "surrogatepass"))
    assert subject == oracle(KEYS.subject_key, *parts).hex()[:32]
    assert len(subject) == 32


@given(texts, texts, texts, texts)
def test_no_two_ids_share_a_subject(bank: str, login_id: str, other_bank: str, other_id: str) -> None:
    """Different banks or IDs have different names, wherever the border between bank and ID lies."""
    same = (bank, login_id) == (other_bank, other_id)
    assert (KEYS.subject(bank, login_id) == KEYS.subject(other_bank, other_id)) is same
    assert KEYS.subject(bank + "x", login_id) != KEYS.subject(bank, "x" + login_id)


@given(texts, texts)
def test_peppered_passwords_are_bound_to_key_and_account(account_id: str, password: str) -> None:
    """32 bytes of HMAC-SHA-256 over account id and password; another account, key or border gives others."""
    keys = KEYS.rotated("pepper", NEW)
    made = keys.pepper(keys.current_pepper, account_id, Secret(password))
    parts = (account_id.encode("utf-8", "surrogatepass"), password.encode("utf-8", "surrogatepass"))
    assert made == oracle(KeyBytes(NEW), b"okmate_auth/pepper", *parts)
    assert made == keys.pepper(keys.current_pepper, account_id, Secret(password))
    assert made != keys.pepper(KEYS.current_pepper, account_id, Secret(password))
    assert made != keys.pepper(keys.current_pepper, account_id + "x", Secret(password))
    assert keys.pepper(keys.current_pepper, account_id + "x", Secret(password)) != keys.pepper(
        keys.current_pepper, account_id, Secret("x" + password)
    )


def test_a_missing_pepper_is_named() -> None:
    """A password made with a key that is not held is a fault of the configuration, never a wrong password."""
    with pytest.raises(ConfigurationError, match=r"id 3-0a1b2c3d, which is not held"):
        KEYS.pepper("3-0a1b2c3d", "account", Secret("kanari4"))
    with pytest.raises(ConfigurationError) as caught:
        KEYS.pepper("any\ntext", "account-id", Secret("kanari4"))
    assert "(malformed)" in str(caught.value)
    assert not {word for word in ("any", "kanari4", "account-id") if word in str(caught.value)}


@given(texts, texts, st.binary(max_size=20))
def test_a_seal_key_is_bound_to_all_three(spent: str, browser: str, command: bytes) -> None:
    """Handle, browser and command each change the key, text or Secret alike, and borders count."""
    made = KEYS.seal_key(spent, browser, command)
    parts = (spent.encode("utf-8", "surrogatepass"), browser.encode("utf-8", "surrogatepass"), command)
    assert made == oracle(KEYS.handle_key, b"okmate_auth/repeat", *parts)
    assert made == KEYS.seal_key(Secret(spent), Secret(browser), command)
    others = {
        KEYS.seal_key(spent + "x", browser, command),
        KEYS.seal_key(spent, "x" + browser, command),
        KEYS.seal_key(spent, browser + "y", command),
        KEYS.seal_key(spent, browser, b"x" + command),
        KEYS.rotated("handle", NEW).seal_key(spent, browser, command),
        made,
    }
    assert len(others) == 6


@given(st.binary(max_size=50))
def test_a_chain_mac_is_made_with_the_key_of_its_id(data: bytes) -> None:
    """HMAC-SHA-256 under the named key; None where it is not held, so that a verifier can say so."""
    keys = KEYS.rotated("chain", NEW)
    assert keys.chain_mac(keys.current_chain, data) == oracle(KeyBytes(NEW), b"okmate_auth/chain", data)
    assert keys.chain_mac(KEYS.current_chain, data) == KEYS.chain_mac(KEYS.current_chain, data)
    assert KEYS.chain_mac(keys.current_chain, data) is None


def test_keys_are_what_the_chain_asks_for() -> None:
    """The value fits the chain's protocol without an adapter."""
    chain_keys: ChainKeys = KEYS
    assert chain_keys.chain_mac(chain_keys.current_chain, b"") is not None


def test_fresh_keys_are_cut_from_entropy() -> None:
    """Five keys of 32 bytes in order, none of them used twice."""
    cut = [ENTROPY[start : start + 32] for start in range(0, 160, 32)]
    sets = (KEYS.peppers, KEYS.seeds, KEYS.chains)
    assert [KEYS.subject_key.reveal(), KEYS.handle_key.reveal()] == cut[:2]
    assert [keys.keys[keys.current].reveal() for keys in sets] == cut[2:]
    assert (KEYS.current_pepper, KEYS.current_seed, KEYS.current_chain) == tuple(keys.current for keys in sets)


@pytest.mark.parametrize("entropy", [b"", ENTROPY[:-1], ENTROPY + b"x", ENTROPY[:32]])
def test_too_little_or_much_entropy_is_refused(entropy: bytes) -> None:
    """Exactly 160 bytes make fresh keys."""
    with pytest.raises(ConfigurationError, match="exactly 160"):
        Keys.from_entropy(entropy)


@pytest.mark.parametrize("entropy", [bytes(160), ENTROPY[:32] * 5])
def test_entropy_that_is_none_is_refused(entropy: bytes) -> None:
    """A generator that returns zeros or repeats itself makes no keys (A100)."""
    with pytest.raises(ConfigurationError):
        Keys.from_entropy(entropy)


def test_one_key_never_serves_two_purposes() -> None:
    """The same key twice, across purposes or within one, is refused."""
    with pytest.raises(ConfigurationError, match="the same"):
        attrs.evolve(KEYS, handle_key=KEYS.subject_key)
    with pytest.raises(ConfigurationError, match="the same"):
        attrs.evolve(KEYS, seeds=KeySet("a", {"a": KEYS.chains.keys[KEYS.current_chain]}))
    with pytest.raises(ConfigurationError, match="the same"):
        KEYS.rotated("pepper", KEYS.subject_key.reveal())
    with pytest.raises(ConfigurationError, match="the same"):
        attrs.evolve(KEYS, seeds=KeySet("a", {"a": KeyBytes(NEW), "b": KeyBytes(NEW)}))


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_rotation_changes_its_purpose_alone(purpose: Purpose) -> None:
    """The purpose gets the new key, everything else stays, and only the handle key is forgotten."""
    rotated = KEYS.rotated(purpose, NEW)
    fields = {"handle": "handle_key", "pepper": "peppers", "seed": "seeds", "chain": "chains"}
    for field in attrs.fields_dict(Keys):
        assert (getattr(rotated, field) == getattr(KEYS, field)) is (field != fields[purpose])
    if purpose == "handle":
        assert rotated.handle_key == KeyBytes(NEW)
    else:
        before, after = getattr(KEYS, fields[purpose]), getattr(rotated, fields[purpose])
        assert after.keys == {**before.keys, after.current: KeyBytes(NEW)}


@pytest.mark.parametrize("purpose", ["subject", "", "Pepper", None])
def test_other_purposes_do_not_rotate(purpose: Purpose) -> None:
    """The subject key names every stored ID and stays."""
    with pytest.raises(MisuseError, match="only pepper, seed, chain and handle"):
        KEYS.rotated(purpose, NEW)


def test_rotation_takes_random_bytes() -> None:
    """Zeros or another length are refused for every purpose."""
    for purpose in get_args(Purpose):
        with pytest.raises(ConfigurationError):
            KEYS.rotated(purpose, bytes(32))
        with pytest.raises(ConfigurationError):
            KEYS.rotated(purpose, NEW + b"x")


def test_the_repr_shows_ids_only() -> None:
    """No byte of any key is in repr, str or format."""
    sets = f"peppers={KEYS.peppers!r}, seeds={KEYS.seeds!r}, chains={KEYS.chains!r}"
    assert repr(KEYS) == str(KEYS) == f"{KEYS}" == f"Keys({sets})"


@pytest.mark.parametrize("way_out", [pickle.dumps, copy.deepcopy, hash])
def test_keys_are_not_pickled_copied_or_hashed(way_out: object) -> None:
    """No way out but the methods."""
    assert callable(way_out)
    with pytest.raises((MisuseError, TypeError)):
        way_out(KEYS)
