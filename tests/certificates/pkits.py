"""NIST's path validation tests (PKITS 1.0.1, sections 4.1 to 4.7, 4.13, 4.16): the files and the verdict of each.

The files come with the package ``cryptography-vectors``; it has no list of the tests, so here is one. A verdict is the
first word of the client certificate's name, NIST's own. What of the path of a test says nothing about the path but
about its revocation lists is in :data:`BY_REVOCATION`, and what the verifier does not reach is in :data:`BEYOND`, with
its cause.
"""

from __future__ import annotations

import importlib.resources
from typing import Final, Literal

import attrs

from okmate_auth.certificates import PathReason

Verdict = Literal["Valid", "Invalid"]


@attrs.frozen
class Case:
    """A test.

    Attributes:
        number: NIST's, such as ``4.4.7``.
        leaf: Name of the client certificate's file, without its end.
        intermediates: Names of the other certificates' files, the anchor's excepted.
        lists: Names of the revocation lists' files, the anchor's (:data:`ANCHOR_LIST`) excepted, which each test has.
    """

    number: str
    leaf: str
    intermediates: tuple[str, ...]
    lists: tuple[str, ...]

    @property
    def section(self) -> str:
        """The first two places of its number."""
        return self.number.rpartition(".")[0]

    @property
    def verdict(self) -> Verdict:
        """What NIST expects of the path, revocation included."""
        return "Valid" if self.leaf.startswith("Valid") else "Invalid"

    @property
    def valid_path(self) -> bool:
        """Whether the path is valid where revocation is not looked at."""
        return self.verdict == "Valid" or self.number in BY_REVOCATION


def certificate(name: str) -> bytes:
    """Return a certificate of the suite, DER."""
    return _read("certs", f"{name}.crt")


def revocation_list(name: str) -> bytes:
    """Return a revocation list of the suite, DER."""
    return _read("crls", f"{name}.crl")


def _read(*place: str) -> bytes:
    return importlib.resources.files("cryptography_vectors").joinpath("x509", "PKITS_data", *place).read_bytes()


def _case(line: str) -> Case:
    path, _, lists = line.partition("|")
    head, _, intermediates = path.partition("<")
    number, leaf = head.split()
    return Case(number, leaf, tuple(intermediates.split()), tuple(lists.split()))


ANCHOR: Final = "TrustAnchorRootCertificate"
ANCHOR_LIST: Final = "TrustAnchorRootCRL"

# number, client's certificate < other certificates | revocation lists
_TABLE: Final = """\
4.1.1 ValidCertificatePathTest1EE < GoodCACert | GoodCACRL
4.1.2 InvalidCASignatureTest2EE < BadSignedCACert | BadSignedCACRL
4.1.3 InvalidEESignatureTest3EE < GoodCACert | GoodCACRL
4.1.4 ValidDSASignaturesTest4EE < DSACACert | DSACACRL
4.1.5 ValidDSAParameterInheritanceTest5EE < DSACACert DSAParametersInheritedCACert | DSACACRL
    DSAParametersInheritedCACRL
4.1.6 InvalidDSASignatureTest6EE < DSACACert | DSACACRL
4.2.1 InvalidCAnotBeforeDateTest1EE < BadnotBeforeDateCACert | BadnotBeforeDateCACRL
4.2.2 InvalidEEnotBeforeDateTest2EE < GoodCACert | GoodCACRL
4.2.3 Validpre2000UTCnotBeforeDateTest3EE < GoodCACert | GoodCACRL
4.2.4 ValidGeneralizedTimenotBeforeDateTest4EE < GoodCACert | GoodCACRL
4.2.5 InvalidCAnotAfterDateTest5EE < BadnotAfterDateCACert | BadnotAfterDateCACRL
4.2.6 InvalidEEnotAfterDateTest6EE < GoodCACert | GoodCACRL
4.2.7 Invalidpre2000UTCEEnotAfterDateTest7EE < GoodCACert | GoodCACRL
4.2.8 ValidGeneralizedTimenotAfterDateTest8EE < GoodCACert | GoodCACRL
4.3.1 InvalidNameChainingTest1EE < GoodCACert | GoodCACRL
4.3.2 InvalidNameChainingOrderTest2EE < NameOrderingCACert | NameOrderCACRL
4.3.3 ValidNameChainingWhitespaceTest3EE < GoodCACert | GoodCACRL
4.3.4 ValidNameChainingWhitespaceTest4EE < GoodCACert | GoodCACRL
4.3.5 ValidNameChainingCapitalizationTest5EE < GoodCACert | GoodCACRL
4.3.6 ValidNameUIDsTest6EE < UIDCACert | UIDCACRL
4.3.7 ValidRFC3280MandatoryAttributeTypesTest7EE < RFC3280MandatoryAttributeTypesCACert |
    RFC3280MandatoryAttributeTypesCACRL
4.3.8 ValidRFC3280OptionalAttributeTypesTest8EE < RFC3280OptionalAttributeTypesCACert |
    RFC3280OptionalAttributeTypesCACRL
4.3.9 ValidUTF8StringEncodedNamesTest9EE < UTF8StringEncodedNamesCACert | UTF8StringEncodedNamesCACRL
4.3.10 ValidRolloverfromPrintableStringtoUTF8StringTest10EE < RolloverfromPrintableStringtoUTF8StringCACert |
    RolloverfromPrintableStringtoUTF8StringCACRL
4.3.11 ValidUTF8StringCaseInsensitiveMatchTest11EE < UTF8StringCaseInsensitiveMatchCACert |
    UTF8StringCaseInsensitiveMatchCACRL
4.4.1 InvalidMissingCRLTest1EE < NoCRLCACert |
4.4.2 InvalidRevokedCATest2EE < GoodCACert RevokedsubCACert | RevokedsubCACRL GoodCACRL
4.4.3 InvalidRevokedEETest3EE < GoodCACert | GoodCACRL
4.4.4 InvalidBadCRLSignatureTest4EE < BadCRLSignatureCACert | BadCRLSignatureCACRL
4.4.5 InvalidBadCRLIssuerNameTest5EE < BadCRLIssuerNameCACert | BadCRLIssuerNameCACRL
4.4.6 InvalidWrongCRLTest6EE < WrongCRLCACert | WrongCRLCACRL
4.4.7 ValidTwoCRLsTest7EE < TwoCRLsCACert | TwoCRLsCAGoodCRL TwoCRLsCABadCRL
4.4.8 InvalidUnknownCRLEntryExtensionTest8EE < UnknownCRLEntryExtensionCACert | UnknownCRLEntryExtensionCACRL
4.4.9 InvalidUnknownCRLExtensionTest9EE < UnknownCRLExtensionCACert | UnknownCRLExtensionCACRL
4.4.10 InvalidUnknownCRLExtensionTest10EE < UnknownCRLExtensionCACert | UnknownCRLExtensionCACRL
4.4.11 InvalidOldCRLnextUpdateTest11EE < OldCRLnextUpdateCACert | OldCRLnextUpdateCACRL
4.4.12 Invalidpre2000CRLnextUpdateTest12EE < pre2000CRLnextUpdateCACert | pre2000CRLnextUpdateCACRL
4.4.13 ValidGeneralizedTimeCRLnextUpdateTest13EE < GeneralizedTimeCRLnextUpdateCACert |
    GeneralizedTimeCRLnextUpdateCACRL
4.4.14 ValidNegativeSerialNumberTest14EE < NegativeSerialNumberCACert | NegativeSerialNumberCACRL
4.4.15 InvalidNegativeSerialNumberTest15EE < NegativeSerialNumberCACert | NegativeSerialNumberCACRL
4.4.16 ValidLongSerialNumberTest16EE < LongSerialNumberCACert | LongSerialNumberCACRL
4.4.17 ValidLongSerialNumberTest17EE < LongSerialNumberCACert | LongSerialNumberCACRL
4.4.18 InvalidLongSerialNumberTest18EE < LongSerialNumberCACert | LongSerialNumberCACRL
4.4.19 ValidSeparateCertificateandCRLKeysTest19EE < SeparateCertificateandCRLKeysCertificateSigningCACert
    SeparateCertificateandCRLKeysCRLSigningCert | SeparateCertificateandCRLKeysCRL
4.4.20 InvalidSeparateCertificateandCRLKeysTest20EE < SeparateCertificateandCRLKeysCertificateSigningCACert
    SeparateCertificateandCRLKeysCRLSigningCert | SeparateCertificateandCRLKeysCRL
4.4.21 InvalidSeparateCertificateandCRLKeysTest21EE < SeparateCertificateandCRLKeysCA2CertificateSigningCACert
    SeparateCertificateandCRLKeysCA2CRLSigningCert | SeparateCertificateandCRLKeysCA2CRL
4.5.1 ValidBasicSelfIssuedOldWithNewTest1EE < BasicSelfIssuedNewKeyCACert BasicSelfIssuedNewKeyOldWithNewCACert |
    BasicSelfIssuedNewKeyCACRL
4.5.2 InvalidBasicSelfIssuedOldWithNewTest2EE < BasicSelfIssuedNewKeyCACert BasicSelfIssuedNewKeyOldWithNewCACert |
    BasicSelfIssuedNewKeyCACRL
4.5.3 ValidBasicSelfIssuedNewWithOldTest3EE < BasicSelfIssuedOldKeyCACert BasicSelfIssuedOldKeyNewWithOldCACert |
    BasicSelfIssuedOldKeyCACRL BasicSelfIssuedOldKeySelfIssuedCertCRL
4.5.4 ValidBasicSelfIssuedNewWithOldTest4EE < BasicSelfIssuedOldKeyCACert BasicSelfIssuedOldKeyNewWithOldCACert |
    BasicSelfIssuedOldKeyCACRL BasicSelfIssuedOldKeySelfIssuedCertCRL
4.5.5 InvalidBasicSelfIssuedNewWithOldTest5EE < BasicSelfIssuedOldKeyCACert BasicSelfIssuedOldKeyNewWithOldCACert |
    BasicSelfIssuedOldKeyCACRL BasicSelfIssuedOldKeySelfIssuedCertCRL
4.5.6 ValidBasicSelfIssuedCRLSigningKeyTest6EE < BasicSelfIssuedCRLSigningKeyCACert
    BasicSelfIssuedCRLSigningKeyCRLCert | BasicSelfIssuedCRLSigningKeyCACRL BasicSelfIssuedCRLSigningKeyCRLCertCRL
4.5.7 InvalidBasicSelfIssuedCRLSigningKeyTest7EE < BasicSelfIssuedCRLSigningKeyCACert
    BasicSelfIssuedCRLSigningKeyCRLCert | BasicSelfIssuedCRLSigningKeyCACRL BasicSelfIssuedCRLSigningKeyCRLCertCRL
4.5.8 InvalidBasicSelfIssuedCRLSigningKeyTest8EE < BasicSelfIssuedCRLSigningKeyCACert
    BasicSelfIssuedCRLSigningKeyCRLCert | BasicSelfIssuedCRLSigningKeyCACRL BasicSelfIssuedCRLSigningKeyCRLCertCRL
4.6.1 InvalidMissingbasicConstraintsTest1EE < MissingbasicConstraintsCACert | MissingbasicConstraintsCACRL
4.6.2 InvalidcAFalseTest2EE < basicConstraintsCriticalcAFalseCACert | basicConstraintsCriticalcAFalseCACRL
4.6.3 InvalidcAFalseTest3EE < basicConstraintsNotCriticalcAFalseCACert | basicConstraintsNotCriticalcAFalseCACRL
4.6.4 ValidbasicConstraintsNotCriticalTest4EE < basicConstraintsNotCriticalCACert | basicConstraintsNotCriticalCACRL
4.6.5 InvalidpathLenConstraintTest5EE < pathLenConstraint0CACert pathLenConstraint0subCACert | pathLenConstraint0CACRL
    pathLenConstraint0subCACRL
4.6.6 InvalidpathLenConstraintTest6EE < pathLenConstraint0CACert pathLenConstraint0subCACert | pathLenConstraint0CACRL
    pathLenConstraint0subCACRL
4.6.7 ValidpathLenConstraintTest7EE < pathLenConstraint0CACert | pathLenConstraint0CACRL
4.6.8 ValidpathLenConstraintTest8EE < pathLenConstraint0CACert | pathLenConstraint0CACRL
4.6.9 InvalidpathLenConstraintTest9EE < pathLenConstraint6CACert pathLenConstraint6subCA0Cert
    pathLenConstraint6subsubCA00Cert | pathLenConstraint6CACRL pathLenConstraint6subCA0CRL
    pathLenConstraint6subsubCA00CRL
4.6.10 InvalidpathLenConstraintTest10EE < pathLenConstraint6CACert pathLenConstraint6subCA0Cert
    pathLenConstraint6subsubCA00Cert | pathLenConstraint6CACRL pathLenConstraint6subCA0CRL
    pathLenConstraint6subsubCA00CRL
4.6.11 InvalidpathLenConstraintTest11EE < pathLenConstraint6CACert pathLenConstraint6subCA1Cert
    pathLenConstraint6subsubCA11Cert pathLenConstraint6subsubsubCA11XCert | pathLenConstraint6CACRL
    pathLenConstraint6subCA1CRL pathLenConstraint6subsubCA11CRL pathLenConstraint6subsubsubCA11XCRL
4.6.12 InvalidpathLenConstraintTest12EE < pathLenConstraint6CACert pathLenConstraint6subCA1Cert
    pathLenConstraint6subsubCA11Cert pathLenConstraint6subsubsubCA11XCert | pathLenConstraint6CACRL
    pathLenConstraint6subCA1CRL pathLenConstraint6subsubCA11CRL pathLenConstraint6subsubsubCA11XCRL
4.6.13 ValidpathLenConstraintTest13EE < pathLenConstraint6CACert pathLenConstraint6subCA4Cert
    pathLenConstraint6subsubCA41Cert pathLenConstraint6subsubsubCA41XCert | pathLenConstraint6CACRL
    pathLenConstraint6subCA4CRL pathLenConstraint6subsubCA41CRL pathLenConstraint6subsubsubCA41XCRL
4.6.14 ValidpathLenConstraintTest14EE < pathLenConstraint6CACert pathLenConstraint6subCA4Cert
    pathLenConstraint6subsubCA41Cert pathLenConstraint6subsubsubCA41XCert | pathLenConstraint6CACRL
    pathLenConstraint6subCA4CRL pathLenConstraint6subsubCA41CRL pathLenConstraint6subsubsubCA41XCRL
4.6.15 ValidSelfIssuedpathLenConstraintTest15EE < pathLenConstraint0CACert pathLenConstraint0SelfIssuedCACert |
    pathLenConstraint0CACRL
4.6.16 InvalidSelfIssuedpathLenConstraintTest16EE < pathLenConstraint0CACert pathLenConstraint0SelfIssuedCACert
    pathLenConstraint0subCA2Cert | pathLenConstraint0CACRL pathLenConstraint0subCA2CRL
4.6.17 ValidSelfIssuedpathLenConstraintTest17EE < pathLenConstraint1CACert pathLenConstraint1SelfIssuedCACert
    pathLenConstraint1subCACert pathLenConstraint1SelfIssuedsubCACert | pathLenConstraint1CACRL
    pathLenConstraint1subCACRL
4.7.1 InvalidkeyUsageCriticalkeyCertSignFalseTest1EE < keyUsageCriticalkeyCertSignFalseCACert |
    keyUsageCriticalkeyCertSignFalseCACRL
4.7.2 InvalidkeyUsageNotCriticalkeyCertSignFalseTest2EE < keyUsageNotCriticalkeyCertSignFalseCACert |
    keyUsageNotCriticalkeyCertSignFalseCACRL
4.7.3 ValidkeyUsageNotCriticalTest3EE < keyUsageNotCriticalCACert | keyUsageNotCriticalCACRL
4.7.4 InvalidkeyUsageCriticalcRLSignFalseTest4EE < keyUsageCriticalcRLSignFalseCACert |
    keyUsageCriticalcRLSignFalseCACRL
4.7.5 InvalidkeyUsageNotCriticalcRLSignFalseTest5EE < keyUsageNotCriticalcRLSignFalseCACert |
    keyUsageNotCriticalcRLSignFalseCACRL
4.13.1 ValidDNnameConstraintsTest1EE < nameConstraintsDN1CACert | nameConstraintsDN1CACRL
4.13.2 InvalidDNnameConstraintsTest2EE < nameConstraintsDN1CACert | nameConstraintsDN1CACRL
4.13.3 InvalidDNnameConstraintsTest3EE < nameConstraintsDN1CACert | nameConstraintsDN1CACRL
4.13.4 ValidDNnameConstraintsTest4EE < nameConstraintsDN1CACert | nameConstraintsDN1CACRL
4.13.5 ValidDNnameConstraintsTest5EE < nameConstraintsDN2CACert | nameConstraintsDN2CACRL
4.13.6 ValidDNnameConstraintsTest6EE < nameConstraintsDN3CACert | nameConstraintsDN3CACRL
4.13.7 InvalidDNnameConstraintsTest7EE < nameConstraintsDN3CACert | nameConstraintsDN3CACRL
4.13.8 InvalidDNnameConstraintsTest8EE < nameConstraintsDN4CACert | nameConstraintsDN4CACRL
4.13.9 InvalidDNnameConstraintsTest9EE < nameConstraintsDN4CACert | nameConstraintsDN4CACRL
4.13.10 InvalidDNnameConstraintsTest10EE < nameConstraintsDN5CACert | nameConstraintsDN5CACRL
4.13.11 ValidDNnameConstraintsTest11EE < nameConstraintsDN5CACert | nameConstraintsDN5CACRL
4.13.12 InvalidDNnameConstraintsTest12EE < nameConstraintsDN1CACert nameConstraintsDN1subCA1Cert |
    nameConstraintsDN1CACRL nameConstraintsDN1subCA1CRL
4.13.13 InvalidDNnameConstraintsTest13EE < nameConstraintsDN1CACert nameConstraintsDN1subCA2Cert |
    nameConstraintsDN1CACRL nameConstraintsDN1subCA2CRL
4.13.14 ValidDNnameConstraintsTest14EE < nameConstraintsDN1CACert nameConstraintsDN1subCA2Cert |
    nameConstraintsDN1CACRL nameConstraintsDN1subCA2CRL
4.13.15 InvalidDNnameConstraintsTest15EE < nameConstraintsDN3CACert nameConstraintsDN3subCA1Cert |
    nameConstraintsDN3CACRL nameConstraintsDN3subCA1CRL
4.13.16 InvalidDNnameConstraintsTest16EE < nameConstraintsDN3CACert nameConstraintsDN3subCA1Cert |
    nameConstraintsDN3CACRL nameConstraintsDN3subCA1CRL
4.13.17 InvalidDNnameConstraintsTest17EE < nameConstraintsDN3CACert nameConstraintsDN3subCA2Cert |
    nameConstraintsDN3CACRL nameConstraintsDN3subCA2CRL
4.13.18 ValidDNnameConstraintsTest18EE < nameConstraintsDN3CACert nameConstraintsDN3subCA2Cert |
    nameConstraintsDN3CACRL nameConstraintsDN3subCA2CRL
4.13.19 ValidDNnameConstraintsTest19EE < nameConstraintsDN1CACert nameConstraintsDN1SelfIssuedCACert |
    nameConstraintsDN1CACRL
4.13.20 InvalidDNnameConstraintsTest20EE < nameConstraintsDN1CACert | nameConstraintsDN1CACRL
4.13.21 ValidRFC822nameConstraintsTest21EE < nameConstraintsRFC822CA1Cert | nameConstraintsRFC822CA1CRL
4.13.22 InvalidRFC822nameConstraintsTest22EE < nameConstraintsRFC822CA1Cert | nameConstraintsRFC822CA1CRL
4.13.23 ValidRFC822nameConstraintsTest23EE < nameConstraintsRFC822CA2Cert | nameConstraintsRFC822CA2CRL
4.13.24 InvalidRFC822nameConstraintsTest24EE < nameConstraintsRFC822CA2Cert | nameConstraintsRFC822CA2CRL
4.13.25 ValidRFC822nameConstraintsTest25EE < nameConstraintsRFC822CA3Cert | nameConstraintsRFC822CA3CRL
4.13.26 InvalidRFC822nameConstraintsTest26EE < nameConstraintsRFC822CA3Cert | nameConstraintsRFC822CA3CRL
4.13.27 ValidDNandRFC822nameConstraintsTest27EE < nameConstraintsDN1CACert nameConstraintsDN1subCA3Cert |
    nameConstraintsDN1CACRL nameConstraintsDN1subCA3CRL
4.13.28 InvalidDNandRFC822nameConstraintsTest28EE < nameConstraintsDN1CACert nameConstraintsDN1subCA3Cert |
    nameConstraintsDN1CACRL nameConstraintsDN1subCA3CRL
4.13.29 InvalidDNandRFC822nameConstraintsTest29EE < nameConstraintsDN1CACert nameConstraintsDN1subCA3Cert |
    nameConstraintsDN1CACRL nameConstraintsDN1subCA3CRL
4.13.30 ValidDNSnameConstraintsTest30EE < nameConstraintsDNS1CACert | nameConstraintsDNS1CACRL
4.13.31 InvalidDNSnameConstraintsTest31EE < nameConstraintsDNS1CACert | nameConstraintsDNS1CACRL
4.13.32 ValidDNSnameConstraintsTest32EE < nameConstraintsDNS2CACert | nameConstraintsDNS2CACRL
4.13.33 InvalidDNSnameConstraintsTest33EE < nameConstraintsDNS2CACert | nameConstraintsDNS2CACRL
4.13.34 ValidURInameConstraintsTest34EE < nameConstraintsURI1CACert | nameConstraintsURI1CACRL
4.13.35 InvalidURInameConstraintsTest35EE < nameConstraintsURI1CACert | nameConstraintsURI1CACRL
4.13.36 ValidURInameConstraintsTest36EE < nameConstraintsURI2CACert | nameConstraintsURI2CACRL
4.13.37 InvalidURInameConstraintsTest37EE < nameConstraintsURI2CACert | nameConstraintsURI2CACRL
4.13.38 InvalidDNSnameConstraintsTest38EE < nameConstraintsDNS1CACert | nameConstraintsDNS1CACRL
4.16.1 ValidUnknownNotCriticalCertificateExtensionTest1EE <  |
4.16.2 InvalidUnknownCriticalCertificateExtensionTest2EE <  |
"""

CASES: Final = tuple(_case(line) for line in _TABLE.replace("\n    ", " ").splitlines())

# Their paths are valid; NIST wants them refused for their revocation lists.
BY_REVOCATION: Final = frozenset(
    (
        *(f"4.4.{n}" for n in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 15, 18, 20, 21)),
        *("4.5.2", "4.5.5", "4.5.7", "4.7.4", "4.7.5"),
    )
)

_DSA: Final = "no CA has a DSA key here (FIPS 186-5 withdrew it)"
_INHERITED: Final = "cryptography does not parse a DSA key without its parameters"
_TIME: Final = "a date before 2050 as GeneralizedTime, which RFC 5280 4.1.2.5 forbids a CA to write"
_NAMES: Final = "cryptography compares names as DER, not by the rules of RFC 5280 7.1"
_SERIAL: Final = "a negative serial number, which RFC 5280 4.1.2.2 forbids a CA to write"
_DIRECTORY: Final = "cryptography does not judge constraints on directory names, and refuses them"
_URI: Final = "cryptography does not judge constraints on URIs, and refuses them"
_UNCRITICAL: Final = "basicConstraints of a CA that is not critical, which RFC 5280 4.2.1.9 forbids a CA to write"
_IS_CA: Final = "the client's certificate is a CA's, which is never taken for a client's here"
_SELF_ISSUED: Final = "cryptography counts a self-issued CA for the path length, which RFC 5280 6.1.4(l) does not"

# Valid paths that are refused all the same, and for what.
BEYOND: Final[dict[str, tuple[PathReason, str]]] = {
    "4.1.4": ("unknown-issuer", _DSA),
    "4.1.5": ("malformed", _INHERITED),
    "4.2.4": ("bad-path", _TIME),
    **{f"4.3.{n}": ("unknown-issuer", _NAMES) for n in (3, 4, 5, 10, 11)},
    "4.4.15": ("bad-path", _SERIAL),
    "4.6.4": ("bad-path", _UNCRITICAL),
    "4.6.8": ("wrong-use", _IS_CA),
    "4.6.14": ("wrong-use", _IS_CA),
    "4.6.15": ("bad-path", _SELF_ISSUED),
    "4.6.17": ("bad-path", _SELF_ISSUED),
    **{f"4.13.{n}": ("bad-path", _DIRECTORY) for n in (1, 4, 5, 6, 11, 14, 18, 19, 27)},
    **{f"4.13.{n}": ("bad-path", _URI) for n in (34, 36)},
}

# Invalid paths, and what we say of them; all others of this table that are invalid break a rule of the path.
SAID: Final[dict[str, PathReason]] = {
    "4.1.2": "unknown-issuer",  # a signature that does not verify
    "4.1.3": "unknown-issuer",
    "4.1.6": "unknown-issuer",
    "4.2.6": "expired",
    "4.3.1": "unknown-issuer",  # names that do not chain
    "4.3.2": "unknown-issuer",
    **{f"4.6.{n}": "wrong-use" for n in (6, 10, 12)},  # the client's certificate is a CA's
}
