"""One set of certificates for all tests of sources; making it takes a second."""

from __future__ import annotations

import pytest

from tests.certificates.sources import pki as made


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> made.Pki:
    """Certificates by openssl."""
    return made.make(tmp_path_factory.mktemp("pki"))
