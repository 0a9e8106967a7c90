"""Every key of one bank as one value, and what is computed with them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final, Literal, Self

import attrs

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.keys import text as key_text
from okmate_auth.keys.material import KEY_BYTES, KeyBytes, KeySet, is_key_id
from okmate_auth.keys.sealing import open_sealed, seal
from okmate_auth.secret import Secret, as_secret

ENTROPY_BYTES: Final = 5 * KEY_BYTES  # one key for each purpose
SUBJECT_CHARACTERS: Final = 32  # 128 bits: among 10^9 login IDs two share a name with a chance below 10^-20

Purpose = Literal["handle", "pepper", "seed", "chain"]


@attrs.frozen(kw_only=True, repr=False)
class Keys:
    """Every key of one bank; the repr shows key ids only.

    Attributes:
        subject_key: Names login IDs; whoever has it can guess them offline.
        handle_key: Seals kept replies.
        peppers: Mixed into passwords before they are hashed.
        seeds: Seal token seeds.
        chains: MAC history rows.

    Raises:
        ConfigurationError: Two of all the keys are the same.
    """

    subject_key: KeyBytes
    handle_key: KeyBytes
    peppers: KeySet
    seeds: KeySet
    chains: KeySet

    def __attrs_post_init__(self) -> None:
        everything = [self.subject_key, self.handle_key]
        for held in (self.peppers, self.seeds, self.chains):
            everything.extend(held.keys.values())
        if len({key.reveal() for key in everything}) < len(everything):
            message = "keys: each has one purpose and id, but two of them are the same"
            raise ConfigurationError(message)

    @classmethod
    def from_entropy(cls, entropy: bytes) -> Self:
        """Return fresh keys, cut from 160 bytes of the operating system's randomness.

        Raises:
            ConfigurationError: There are not exactly 160 bytes, or they are not random.
        """
        if len(entropy) != ENTROPY_BYTES:
            message = f"entropy: fresh keys are made of exactly {ENTROPY_BYTES} random bytes"
            raise ConfigurationError(message)
        subject, handle, pepper, seed, chain = (
            KeyBytes(entropy[start : start + KEY_BYTES]) for start in range(0, ENTROPY_BYTES, KEY_BYTES)
        )
        return cls(
            subject_key=subject,
            handle_key=handle,
            peppers=KeySet.of(pepper),
            seeds=KeySet.of(seed),
            chains=KeySet.of(chain),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the keys of a key file's text.

        Raises:
            ConfigurationError: The text is not a key file, whole and strict; names the field and the rule.
        """
        return cls(**key_text.read(text))

    def to_json(self) -> str:
        """Return the text of a key file; it holds every key in the clear."""
        return key_text.write(
            key_text.KeyFields(
                subject_key=self.subject_key,
                handle_key=self.handle_key,
                peppers=self.peppers,
                seeds=self.seeds,
                chains=self.chains,
            )
        )

    def rotated(self, purpose: Purpose, entropy: bytes) -> Self:
        """Return these keys with a new current one for a purpose; former ones are kept, except the handle key.

        Args:
            purpose: ``pepper``, ``seed``, ``chain`` or ``handle``. The subject key does not rotate.
            entropy: 32 bytes of the operating system's randomness.

        Raises:
            MisuseError: There is no such purpose.
            ConfigurationError: There are not exactly 32 bytes, or they are not random, or there are too many keys.
        """
        key = KeyBytes(entropy)
        if purpose == "handle":
            return attrs.evolve(self, handle_key=key)
        if purpose == "pepper":
            return attrs.evolve(self, peppers=self.peppers.rotated(key))
        if purpose == "seed":
            return attrs.evolve(self, seeds=self.seeds.rotated(key))
        if purpose == "chain":
            return attrs.evolve(self, chains=self.chains.rotated(key))
        message = "purpose: only pepper, seed, chain and handle keys rotate"
        raise MisuseError(message)

    @property
    def current_pepper(self) -> str:
        """Id of the key for new passwords."""
        return self.peppers.current

    @property
    def current_seed(self) -> str:
        """Id of the key for new token seeds."""
        return self.seeds.current

    @property
    def current_chain(self) -> str:
        """Id of the key for new history rows."""
        return self.chains.current

    def subject(self, bank: str, canonical_login_id: str) -> str:
        """Return the name under which a login ID of a bank is stored: 32 hex digits, the same for the same ID.

        Args:
            bank: The bank's id, '' where one deployment serves one bank.
            canonical_login_id: The login ID in the one spelling that all its spellings share.
        """
        digest = _mac(self.subject_key, b"subject", _utf8(bank), _utf8(canonical_login_id))
        return digest.hex()[:SUBJECT_CHARACTERS]

    def serial(self, bank: str, company: str, canonical_serial: str) -> str:
        """Return the name under which guesses at a serial number are counted: 32 hex digits, the same for the same one.

        What is typed into that field is no serial number now and then, but a password; so it is not stored as it is.

        Args:
            bank: The bank's id.
            company: The company's id.
            canonical_serial: The number as typed, in its one spelling.
        """
        digest = _mac(self.subject_key, b"serial", _utf8(bank), _utf8(company), _utf8(canonical_serial))
        return digest.hex()[:SUBJECT_CHARACTERS]

    def pepper(self, key_id: str, account_id: str, password: Secret) -> bytes:
        """Return the 32 bytes that Argon2 hashes in place of the password.

        The account's random id is part of them, so that a hash moved to another account never verifies there
        (threat model: "writer of the database").

        Raises:
            ConfigurationError: The pepper key of that id is not held.

        Source: NIST SP 800-63B-4 3.1.1.2 (keyed hashing with a key kept elsewhere).
        """
        key = self.peppers.get(key_id)
        if key is None:
            # The id comes from a stored record, so it is repeated only if it looks like one.
            shown = key_id if is_key_id(key_id) else "(malformed)"
            message = f"pepper: a stored password needs the key with the id {shown}, which is not held"
            raise ConfigurationError(message)
        return _mac(key, b"pepper", _utf8(account_id), password.encoded())

    def seal_key(self, spent: Secret | str, browser: Secret | str, command: bytes) -> bytes:
        """Return the 32-byte key that seals a kept reply: only who submits the very same thing can make it again.

        Args:
            spent: The spent handle, or the attempt token of an entrance's page.
            browser: The browser's secret.
            command: The command's canonical bytes.
        """
        return _mac(self.handle_key, b"repeat", as_secret(spent).encoded(), as_secret(browser).encoded(), command)

    def seal_seed(self, nonce: bytes, seed: bytes, *belongs_to: str) -> bytes:
        """Return a token's seed, sealed with the current seed key.

        Args:
            nonce: 12 random bytes, never used before.
            seed: The seed.
            belongs_to: What the token is: a seed that is moved to another token, or whose token is said to make other
                codes, does not open (A97).
        """
        key = self.seeds.keys[self.seeds.current]
        return seal(key.reveal(), nonce, seed, _seed_context(belongs_to))

    def open_seed(self, key_id: str, sealed: bytes, *belongs_to: str) -> bytes | None:
        """Return a token's seed; None where its key is not held, or something of it was changed or moved."""
        key = self.seeds.get(key_id)
        return None if key is None else open_sealed(key.reveal(), sealed, _seed_context(belongs_to))

    def chain_mac(self, key_id: str, data: bytes, /) -> bytes | None:
        """Return the 32-byte MAC over a history row's bytes; None where the key of that id is not held."""
        key = self.chains.get(key_id)
        return None if key is None else _mac(key, b"chain", data)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(peppers={self.peppers!r}, seeds={self.seeds!r}, chains={self.chains!r})"


def _utf8(text: str) -> bytes:
    """Encode any text, lone surrogates kept distinct."""
    return text.encode("utf-8", "surrogatepass")


def _seed_context(parts: tuple[str, ...]) -> bytes:
    """Return associated data that differ wherever one of the parts does."""
    return _joined((b"okmate_auth/seed", *map(_utf8, parts)))


def _mac(key: KeyBytes, purpose: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104) over purpose and parts, each after its length in 8 bytes."""
    return hmac.digest(key.reveal(), _joined((b"okmate_auth/" + purpose, *parts)), "sha256")


def _joined(parts: Iterable[bytes]) -> bytes:
    """Join parts, each after its length in 8 bytes, so that no two different ones give the same bytes."""
    return b"".join([len(part).to_bytes(8, "big") + part for part in parts])
