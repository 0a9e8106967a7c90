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
from okmate_auth.keys import ENTROPY_BYTES, KeyBytes, Keys, KeySet, Purpose, open_sealed
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


# ------------------------------------------------------------------------------------------------------------ seeds

NONCE = bytes(range(12))
SEED = b"kanari4-12345678-seed"
BELONGS_TO = ("bank", "TK000001", "totp", "SHA1", "6", "60")
CHANGED = [
    ("another bank", ("bank2", *BELONGS_TO[1:])),
    ("another serial number", ("bank", "TK000002", *BELONGS_TO[2:])),
    ("another kind", (*BELONGS_TO[:2], "hotp", *BELONGS_TO[3:])),
    ("another algorithm", (*BELONGS_TO[:3], "SHA256", *BELONGS_TO[4:])),
    ("more digits", (*BELONGS_TO[:4], "8", "60")),
    ("another time step", (*BELONGS_TO[:5], "30")),
    ("a border that moved", ("ban", "kTK000001", *BELONGS_TO[2:])),
    ("one part less", BELONGS_TO[:-1]),
    ("one part more", (*BELONGS_TO, "")),
    ("nothing", ()),
]


@given(st.binary(max_size=128), st.lists(texts, max_size=6))
def test_a_seed_opens_for_the_token_it_was_sealed_for(seed: bytes, belongs_to: list[str]) -> None:
    """Under the current seed key, by its id; the nonce stands in front, and nothing of the seed can be read."""
    keys = KEYS.rotated("seed", NEW)
    sealed = keys.seal_seed(NONCE, seed, *belongs_to)
    assert keys.open_seed(keys.current_seed, sealed, *belongs_to) == seed
    assert sealed.startswith(NONCE)
    assert len(sealed) == len(NONCE) + len(seed) + 16
    assert len(seed) < 8 or seed not in sealed


@pytest.mark.parametrize("other", [other for _, other in CHANGED], ids=[name for name, _ in CHANGED])
def test_a_seed_that_was_moved_does_not_open(other: tuple[str, ...]) -> None:
    """To another token, to another bank, or to one that is said to make other codes (A18, A97)."""
    sealed = KEYS.seal_seed(NONCE, SEED, *BELONGS_TO)
    assert KEYS.open_seed(KEYS.current_seed, sealed, *BELONGS_TO) == SEED
    assert KEYS.open_seed(KEYS.current_seed, sealed, *other) is None


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_a_seed_opens_for_nothing_else(one: list[str], other: list[str]) -> None:
    """Whatever characters the parts are made of, and wherever the borders between them lie."""
    sealed = KEYS.seal_seed(NONCE, SEED, *one)
    assert (KEYS.open_seed(KEYS.current_seed, sealed, *other) == SEED) is (one == other)


def test_a_seed_with_one_bit_flipped_does_not_open() -> None:
    """Of nonce, seed and tag alike; nor does one that was cut, or to which something was added."""
    sealed = KEYS.seal_seed(NONCE, SEED, *BELONGS_TO)
    for place in range(8 * len(sealed)):
        damaged = bytearray(sealed)
        damaged[place // 8] ^= 1 << place % 8
        assert KEYS.open_seed(KEYS.current_seed, bytes(damaged), *BELONGS_TO) is None
    for cut in (b"", sealed[:11], sealed[:12], sealed[:28], sealed[:-1], sealed + b"\x00"):
        assert KEYS.open_seed(KEYS.current_seed, cut, *BELONGS_TO) is None


def test_a_seed_opens_with_the_key_of_its_id_alone() -> None:
    """After a rotation former seeds open by the former id; a key that is not held, or another one, opens nothing."""
    sealed = KEYS.seal_seed(NONCE, SEED, *BELONGS_TO)
    rotated = KEYS.rotated("seed", NEW)
    anew = rotated.seal_seed(NONCE, SEED, *BELONGS_TO)
    assert rotated.open_seed(KEYS.current_seed, sealed, *BELONGS_TO) == SEED
    assert rotated.open_seed(rotated.current_seed, anew, *BELONGS_TO) == SEED
    for keys, key_id, text in (
        (KEYS, rotated.current_seed, anew),  # a host that was not given the new key
        (KEYS, "9-00000000", sealed),
        (KEYS, "", sealed),
        (rotated, rotated.current_seed, sealed),
        (rotated, KEYS.current_seed, anew),
        (attrs.evolve(KEYS, seeds=KeySet.of(KeyBytes(NEW))), KEYS.current_seed, sealed),
    ):
        assert keys.open_seed(key_id, text, *BELONGS_TO) is None


def test_a_seed_is_sealed_as_it_is_documented() -> None:
    """AES-256-GCM under the seed key, associated data framed like everything that the keys compute."""
    sealed = KEYS.seal_seed(NONCE, SEED, *BELONGS_TO)
    associated = framed(b"okmate_auth/seed", *(part.encode() for part in BELONGS_TO))
    assert open_sealed(KEYS.seeds.keys[KEYS.current_seed].reveal(), sealed, associated) == SEED
    for held in (KEYS.peppers, KEYS.chains):
        assert open_sealed(held.keys[held.current].reveal(), sealed, associated) is None


@pytest.mark.parametrize("nonce", [b"", NONCE[:-1], NONCE + b"x"])
def test_a_nonce_has_twelve_bytes(nonce: bytes) -> None:
    """Anything else is the program's mistake, and the message holds nothing of the seed."""
    with pytest.raises(MisuseError) as caught:
        KEYS.seal_seed(nonce, SEED, *BELONGS_TO)
    assert "kanari4" not in str(caught.value)


# ------------------------------------------------------------------------------------------------------- the value


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
