# ruff: noqa: INP001 - a script, not a package
"""Write ``okmate_auth/policies/_blocklist_data.py`` from the dictionaries of two npm packages.

Usage::

    npm pack @zxcvbn-ts/language-common@4.1.3 @zxcvbn-ts/language-ja@3.0.2
    python scripts/make_blocklist.py zxcvbn-ts-language-common-4.1.3.tgz zxcvbn-ts-language-ja-3.0.2.tgz \
        > src/okmate_auth/policies/_blocklist_data.py

The two archives are known by their SHA-256, so the same file comes out wherever this runs. Read are
``passwords.json`` of the first, in order of frequency, and ``firstnames.json``, ``lastnames.json`` and
``commonWords.json`` of the second. Its ``wikipedia.json`` is left out: its words stem from texts under another licence.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tarfile
import textwrap
from pathlib import Path
from typing import Final, cast

COMMON: Final = "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9"
JAPANESE: Final = "542efc27ab5dc385e258c2d1f23422e81979c9e17f4e70e2642584af38131666"
WIDTH: Final = 119

OURS: Final = re.compile(r"(?=.*[a-z])(?=.*[0-9])[a-z0-9]{6,12}")  # what the procedure's rule lets through
LONG: Final = re.compile(r"\S{8,}")  # what a policy after NIST SP 800-63B-4 lets through at the least
LONGEST: Final = re.compile(r"\S{15,}")  # the same, without a second factor
WORD: Final = re.compile(r"[a-z]{3,11}")  # leaves room for a digit in 12 characters
MOST_COMMON: Final = 5000

HEADER: Final = '''\
"""The shipped list of common passwords: data written by ``scripts/make_blocklist.py``, edited there only.

``PASSWORDS``: of the password list of @zxcvbn-ts/language-common 4.1.3 all that the procedure's rule would let through
(6 to 12 letters and digits, both kinds), the {most_common} most common of at least 8 characters, and all of 15 or more.
``WORDS``: the {most_common} most common of that list that are 3 to 11 letters, and the first names, last names and
common words of @zxcvbn-ts/language-ja 3.0.2 that are, apostrophes left out. All in lower case; alphabetical, so that a
new version can be compared. People choose vulgar passwords: to be refused they must be on the list.

Both packages are under this licence:

{licence}
"""

from __future__ import annotations

from typing import Final

'''


def dictionary(archive: Path, name: str) -> list[str]:
    """Return the words of one JSON file of a package, in its order."""
    with tarfile.open(archive) as package:
        member = package.extractfile(f"package/src/{name}.json")
        if member is None:
            sys.exit(f"{archive} has no {name}.json")
        return cast("list[str]", json.load(member))


def licence(archive: Path) -> str:
    """Return the licence of a package."""
    with tarfile.open(archive) as package:
        member = package.extractfile("package/LICENSE.txt")
        if member is None:
            sys.exit(f"{archive} has no licence")
        return member.read().decode("ascii").strip()


def checked(path: str, digest: str) -> Path:
    """Return the path of an archive that is the one expected."""
    if hashlib.sha256(Path(path).read_bytes()).hexdigest() != digest:
        sys.exit(f"{path} is not the archive that the list is made from")
    return Path(path)


def constant(name: str, words: set[str]) -> str:
    """Return the definition of a constant that holds words, separated by white space."""
    text = " ".join(sorted(words))
    if not text.isascii() or text != text.lower() or "\\" in text or '"""' in text:
        sys.exit(f"{name} has a word that must not be written like this")
    lines = textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return f'{name}: Final = """\n{lines}\n"""\n'


def main(common_path: str, japanese_path: str) -> None:
    """Print the module."""
    common, japanese = checked(common_path, COMMON), checked(japanese_path, JAPANESE)
    listed = dictionary(common, "passwords")
    passwords = {word for word in listed if OURS.fullmatch(word) or LONGEST.fullmatch(word)}
    passwords.update([word for word in listed if LONG.fullmatch(word)][:MOST_COMMON])
    names = [word for name in ("firstnames", "lastnames", "commonWords") for word in dictionary(japanese, name)]
    words = {word for word in (name.replace("'", "") for name in names) if WORD.fullmatch(word)}
    words.update([word for word in listed if WORD.fullmatch(word)][:MOST_COMMON])
    sys.stdout.write(HEADER.format(licence=licence(common), most_common=f"{MOST_COMMON:,}"))
    sys.stdout.write(constant("PASSWORDS", passwords))
    sys.stdout.write("\n")
    sys.stdout.write(constant("WORDS", words))


if __name__ == "__main__":
    main(*sys.argv[1:])
