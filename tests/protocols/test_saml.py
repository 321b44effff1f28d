"""SAML: what a real identity service says is read, and every forged, old or misdirected answer is refused by name."""

import base64
import logging
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from saml2.response import IncorrectlySigned

from styrkedjan.core.access import Assurance
from styrkedjan.core.federation import REFUSALS, Untrusted
from styrkedjan.protocols import saml
from tests.protocols import saml_case as cases
from tests.protocols.identity_peer import LOA3, SAML, IdentityPeer
from tests.protocols.saml_case import (
    ANSWERS,
    ASSERTION,
    ATTRIBUTES,
    AUDIENCE,
    CONDITIONS,
    CONFIRMATION,
    DS,
    SITE,
    STATEMENT,
    STATUS,
    SUBJECT,
    Case,
    add_attribute,
    after,
    make_case,
    moment,
    put,
    take_out,
    write,
)
from tests.protocols.wrapped import SIGNS_THE_ANSWER, WRAPPINGS, wrapped


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Case:
    return make_case(tmp_path_factory.mktemp("saml"))


def refusal(case: Case, answer: str | bytes, **how) -> str:
    """The name that this answer is refused by. Fails when it is believed."""
    with pytest.raises(Untrusted) as refused:
        case.read(answer, **how)
    assert REFUSALS[refused.value.name] in refused.value.message
    return refused.value.name


def test_our_question_is_signed(case):
    carried = {name: values[0] for name, values in parse_qs(urlsplit(case.question.address).query).items()}
    assert case.question.address.startswith(case.peer.address + "?")
    assert case.peer.questioned(carried) == (SITE, case.question.key, ANSWERS)
    carried["Signature"] = carried["Signature"][:-8] + "AAAAAAA="
    with pytest.raises(IncorrectlySigned):
        case.peer.questioned(carried)


def test_a_signed_answer_is_believed(case):
    identity = case.read(case.make(add_attribute("urn:oid:1.2.752.194.10.2.4", "90000001", "skräp", "90000002")))
    assert (identity.issuer, identity.subject) == (case.peer.issuer, "anna@storkoping.example")
    assert (identity.name, identity.email) == ("Anna Ek", "anna.ek@storkoping.example")
    assert (identity.assurance, identity.level) == (Assurance.STRONG, LOA3)
    assert identity.unit_codes == ("90000001", "90000002")
    assert identity.proof.startswith("id-")
    assert identity.proof_until > datetime.now(UTC) + timedelta(minutes=15)


def test_an_answer_that_is_signed_twice_is_believed(case):
    assert case.read(case.make(sign_response=True)).subject == "anna@storkoping.example"


def test_an_encrypted_answer_is_believed(case):
    answer = case.peer.encrypted(case.question.key, SITE, ANSWERS, case.party.certificate)
    assert "EncryptedAssertion" in answer
    assert "anna@" not in answer
    assert case.read(answer).subject == "anna@storkoping.example"


def test_an_answer_encrypted_for_somebody_else_is_refused(case, tmp_path):
    other = cases.our_party(tmp_path / "other")
    answer = case.peer.encrypted(case.question.key, SITE, ANSWERS, other.certificate)
    assert refusal(case, answer) == "unreadable_encryption"


@pytest.mark.parametrize("seconds", [-50, 0, 50])
def test_clocks_may_differ_by_a_minute(case, seconds):
    edits = [
        put(CONDITIONS, "NotBefore", moment(seconds=seconds)),
        put(STATEMENT, "AuthnInstant", moment(seconds=seconds)),
    ]
    answer = case.make(lambda root: [edit(root) for edit in edits])
    assert case.read(answer).subject == "anna@storkoping.example"


def later(**offset: float) -> dict:
    return {"now": datetime.now(UTC) + timedelta(**offset)}


# What is wrong -> (how a really signed answer says it, the name it is refused by).
SIGNED_BUT_WRONG = {
    "expired": (put(CONDITIONS, "NotOnOrAfter", moment(minutes=-2)), "expired"),
    "expired confirmation": (put(CONFIRMATION, "NotOnOrAfter", moment(minutes=-2)), "expired"),
    "expired session": (put(STATEMENT, "SessionNotOnOrAfter", moment(minutes=-2)), "expired"),
    "without end": (put(CONDITIONS, "NotOnOrAfter", None), "expired"),
    "confirmation without end": (put(CONFIRMATION, "NotOnOrAfter", None), "expired"),
    "not yet valid": (put(CONDITIONS, "NotBefore", moment(hours=2)), "not_yet_valid"),
    "issued in the future": (put(ASSERTION, "IssueInstant", moment(hours=2)), "not_yet_valid"),
    "signed in in the future": (put(STATEMENT, "AuthnInstant", moment(hours=2)), "not_yet_valid"),
    "no time": (put(CONDITIONS, "NotOnOrAfter", "i morgon"), "unreadable"),
    "wrong audience": (write(AUDIENCE, "https://annan.example/sp"), "wrong_audience"),
    "no audience": (take_out(CONDITIONS, f"{SAML}AudienceRestriction"), "wrong_audience"),
    "no conditions": (take_out(ASSERTION, f"{SAML}Conditions"), "not_one_statement"),
    "wrong recipient": (put(CONFIRMATION, "Recipient", "https://annan.example/acs"), "wrong_recipient"),
    "no recipient": (put(CONFIRMATION, "Recipient", None), "wrong_recipient"),
    "wrong destination": (put("", "Destination", "https://annan.example/acs"), "wrong_destination"),
    "unsolicited": (put("", "InResponseTo", None), "unsolicited"),
    "another request": (put("", "InResponseTo", "_another"), "unsolicited"),
    "confirmation of another request": (put(CONFIRMATION, "InResponseTo", "_another"), "unsolicited"),
    "not a bearer": (
        put(
            f"{ASSERTION}/{SAML}Subject/{SAML}SubjectConfirmation",
            "Method",
            "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches",
        ),
        "not_one_statement",
    ),
    "no statement of sign-in": (take_out(ASSERTION, f"{SAML}AuthnStatement"), "not_one_statement"),
    "another issuer in the assertion": (
        write(f"{ASSERTION}/{SAML}Issuer", "https://annan.example/idp"),
        "other_issuer",
    ),
    "another issuer in the answer": (write(f"{SAML}Issuer", "https://annan.example/idp"), "other_issuer"),
    "declined": (put(STATUS, "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder"), "declined"),
    "no eppn": (write(SUBJECT, ""), "no_subject"),
    "no eppn attribute": (put(f"{ATTRIBUTES}/{SAML}Attribute", "Name", "urn:oid:2.5.4.3"), "no_subject"),
    "two eppn": (add_attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "bo@storkoping.example"), "no_subject"),
    "eppn scope of another IdP": (write(SUBJECT, "anna@lillan.example"), "foreign_scope"),
    "eppn scope below our own": (write(SUBJECT, "anna@x.storkoping.example"), "foreign_scope"),
    "eppn with two scopes": (write(SUBJECT, "anna@lillan.example@storkoping.example"), "foreign_scope"),
    "eppn without scope": (write(SUBJECT, "anna"), "foreign_scope"),
    "eppn with a line end": (write(SUBJECT, "anna@lillan.example\n@storkoping.example"), "foreign_scope"),
}


@pytest.mark.parametrize("fault", SIGNED_BUT_WRONG)
def test_signed_but_wrong_is_refused(case, fault):
    edit, name = SIGNED_BUT_WRONG[fault]
    assert refusal(case, case.make(edit)) == name


def test_an_answer_gets_old(case):
    answer = case.make()
    assert refusal(case, answer, **later(minutes=17)) == "expired"
    assert refusal(case, answer, **later(minutes=-5)) == "not_yet_valid"


def resigned_by_a_stranger(case: Case) -> str:
    stranger = IdentityPeer(case.folder / "stranger")
    return case.make(key=stranger.folder / "key.pem")


def comment_in(path: str):
    """A comment that ends the text early for a careless reader; what is signed reads the same without it."""

    def change(case: Case) -> str:
        answer = case.make(write(path, "anna@storkoping.exampleX.evil.example"))
        return answer.replace("exampleX", "example<!-- -->X")

    return change


def two_assertions(case: Case) -> str:
    def double(root) -> None:
        copy = deepcopy(root.find(ASSERTION))
        copy.set("ID", "_second")
        root.append(copy)

    return case.make(double)


def short_signature(case: Case) -> str:
    """SHA-1 where SHA-256 stood: what is known to be forgeable is not even tried."""
    return case.make().replace(
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
    )


def keyed_hash(case: Case) -> str:
    return case.make().replace("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256")


def object_in_signature(case: Case) -> str:
    return case.make().replace("</ns2:Signature>", "<ns2:Object>x</ns2:Object></ns2:Signature>")


def flipped_bit(case: Case) -> str:
    answer = case.make()
    at = answer.index("SignatureValue>") + len("SignatureValue>") + 5
    return answer[:at] + ("A" if answer[at] != "A" else "B") + answer[at + 1 :]


def bomb(case: Case) -> str:
    lines = "".join(f'<!ENTITY b{n} "&b{n - 1};&b{n - 1};&b{n - 1};">' for n in range(1, 30))
    return f'<!DOCTYPE r [<!ENTITY b0 "x">{lines}]>' + without_declaration(case.make()).replace("Anna Ek", "&b29;")


def external(case: Case) -> str:
    doctype = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return doctype + without_declaration(case.make()).replace("Anna Ek", "&x;")


def without_declaration(answer: str) -> str:
    return answer.partition("?>")[2]


def one_name_for_two(case: Case) -> str:
    return after(case.make(), lambda root: root.set("ID", root.find(ASSERTION).get("ID")))


def signature_of_nothing(case: Case) -> str:
    return after(case.make(), put(f"{ASSERTION}/{DS}Signature/{DS}SignedInfo/{DS}Reference", "URI", ""))


# What is wrong -> (how the answer is made, the name it is refused by).
FORGED = {
    "unsigned": (lambda case: case.peer.unsigned(case.question.key, SITE, ANSWERS), "unsigned"),
    "signature taken out": (lambda case: after(case.make(), take_out(ASSERTION, f"{DS}Signature")), "unsigned"),
    "only the answer is signed": (
        lambda case: after(case.make(sign_response=True), take_out(ASSERTION, f"{DS}Signature")),
        "unsigned",
    ),
    "forged signature": (flipped_bit, "forged"),
    "wrong key": (resigned_by_a_stranger, "forged"),
    "edited attribute": (lambda case: after(case.make(), write(SUBJECT, "rektor@storkoping.example")), "forged"),
    "edited time": (lambda case: after(case.make(), put(CONDITIONS, "NotOnOrAfter", moment(days=300))), "forged"),
    "edited level": (
        lambda case: case.make().replace("/loa3</", "/loa4</"),
        "forged",
    ),
    "edited answer around a signed assertion": (
        lambda case: after(case.make(sign_response=True), put("", "IssueInstant", moment(seconds=-5))),
        "forged",
    ),
    "signature of nothing": (signature_of_nothing, "wrong_signature"),
    "signature by SHA-1": (short_signature, "wrong_signature"),
    "signature by a shared key": (keyed_hash, "wrong_signature"),
    "object in the signature": (object_in_signature, "wrong_signature"),
    "two assertions": (two_assertions, "not_one_assertion"),
    "no assertion": (lambda case: after(case.make(), take_out(".", ASSERTION)), "not_one_assertion"),
    "two elements of one ID": (one_name_for_two, "twice_named"),
    "comment in eppn": (comment_in(SUBJECT), "comments"),
    "comment in NameID": (comment_in(f"{ASSERTION}/{SAML}Subject/{SAML}NameID"), "comments"),
    "instruction in the answer": (lambda case: case.make().replace("<ns0:Status>", "<?x y?><ns0:Status>"), "comments"),
    "external entity": (external, "declares_types"),
    "entity bomb": (bomb, "declares_types"),
    "document type": (lambda case: "<!DOCTYPE Response>" + without_declaration(case.make()), "declares_types"),
    "oversized": (lambda case: case.make() + " " * 300_000, "too_large"),
    "not XML": (lambda case: "inloggad: ja", "unreadable"),
    "cut off": (lambda case: case.make()[:-20], "unreadable"),
    "another encoding": (lambda case: case.make().replace("?>", ' encoding="utf-7"?>', 1), "unreadable"),
    "bytes that are not UTF-8": (lambda case: case.make().encode().replace(b"Anna Ek", b"Anna \xff"), "unreadable"),
    "another kind of message": (
        lambda case: case.make().replace("ns0:Response", "ns0:LogoutResponse"),
        "not_one_assertion",
    ),
}


@pytest.mark.parametrize("fault", FORGED)
def test_forged_is_refused(case, fault):
    make, name = FORGED[fault]
    assert refusal(case, make(case)) == name


@pytest.mark.parametrize("name", WRAPPINGS)
def test_wrapped_is_refused(case, name):
    signed = case.make(sign_response=name in SIGNS_THE_ANSWER)
    assert case.read(signed).subject == "anna@storkoping.example"
    answer = wrapped(signed, name)
    assert "mallory@storkoping.example" in answer
    assert refusal(case, answer) in {"not_one_assertion", "wrong_signature", "twice_named"}


def test_base64_that_is_none_is_refused(case):
    with pytest.raises(Untrusted) as refused:
        saml.read(case.party, case.service, "***", case.question.key, datetime.now(UTC))
    assert refused.value.name == "unreadable"


def test_the_question_of_an_answer(case):
    field = base64.b64encode(case.make().encode()).decode()
    assert saml.question_of(field) == case.question.key
    with pytest.raises(Untrusted) as refused:
        saml.question_of(base64.b64encode(case.make(put("", "InResponseTo", None)).encode()).decode())
    assert refused.value.name == "unsolicited"


def test_a_level_counts_where_the_federation_has_approved_it(case, tmp_path):
    for certified, level, assurance in [
        ((LOA3,), LOA3, Assurance.STRONG),
        ((), LOA3, Assurance.LINK),
        (("http://id.elegnamnden.se/loa/1.0/loa2",), LOA3, Assurance.LINK),
        ((LOA3,), "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", Assurance.LINK),
    ]:
        case.peer.certified, case.peer.level = certified, level
        service = cases.described(tmp_path, case.peer)
        answer = case.make()
        changed = Case(case.folder, case.party, case.peer, service, case.question)
        assert changed.read(answer).assurance is assurance, (certified, level)
    case.peer.certified, case.peer.level = (LOA3,), LOA3


def test_the_configuration_can_approve_a_level(case, tmp_path):
    """Where the metadata approves nothing. What it approves is never widened."""
    own = replace(case.party, levels={LOA3: "strong"})
    for certified, assurance in [((), Assurance.STRONG), (("http://www.example.org/loa",), Assurance.LINK)]:
        case.peer.certified = certified
        service = cases.described(tmp_path, case.peer)
        assert Case(case.folder, own, case.peer, service, case.question).read(case.make()).assurance is assurance
    case.peer.certified = (LOA3,)


def test_nothing_personal_reaches_the_log(case, caplog):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("saml2").setLevel(logging.CRITICAL)
        refusal(case, after(case.make(), write(SUBJECT, "rektor@storkoping.example")))
        case.read(case.make())
    assert "storkoping.example" not in caplog.text.replace(case.peer.issuer, "")


def test_keys_fit(case: Case, tmp_path: Path):
    private, certificate = case.party.key.read_bytes(), case.party.certificate.read_bytes()
    assert saml.fits(private, certificate)
    assert not saml.fits(private, (case.peer.folder / "certificate.pem").read_bytes())
    assert len(saml.fingerprint(certificate)) == 32 * 3 - 1
