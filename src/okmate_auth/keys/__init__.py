"""The keys of one bank, as a value, and the few things that are done with them.

Rule 1. Each key has one purpose. What it computes starts with the name of that purpose, and every part is preceded by
        its length, so that no two different inputs give the same bytes.
Rule 2. A key never shows itself; errors name the field and the rule.
Rule 3. No randomness and no files here: entropy is an argument, files belong to :mod:`okmate_auth.shells.keyring`.

=======  ================================================  ====================================================
key      for                                               rotation
=======  ================================================  ====================================================
subject  names under which login IDs are stored            none: every stored name would change
handle   sealing of kept replies                           replaced; the replies of the last minute are lost
pepper   HMAC over account id and password, before Argon2  by id, at the next login
seed     sealing of token seeds                            by id
chain    MAC of history rows                               by id
=======  ================================================  ====================================================
"""

from __future__ import annotations

from okmate_auth.keys.material import KEY_BYTES, KeyBytes, KeySet
from okmate_auth.keys.sealing import NONCE_BYTES, open_sealed, seal
from okmate_auth.keys.value import ENTROPY_BYTES, Keys, Purpose

__all__ = ["ENTROPY_BYTES", "KEY_BYTES", "NONCE_BYTES", "KeyBytes", "KeySet", "Keys", "Purpose", "open_sealed", "seal"]
