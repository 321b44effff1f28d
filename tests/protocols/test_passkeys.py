"""Passkeys: what counts as an answer, and every way in which one does not."""

import json

import pytest

from styrkedjan.core.refused import BadInput
from styrkedjan.protocols import passkeys
from tests.protocols.device import PRESENT, Device, b64

ORIGIN = "https://styrkedjan.example"
SITE = passkeys.site_at(ORIGIN)
PERSON = bytes(range(16))


def made(device: Device) -> passkeys.NewKey:
    question = passkeys.ask_to_make(SITE, PERSON, "anna@exempel.se", "Anna", [])
    return passkeys.made(SITE, device.make(question.options), question.challenge)


@pytest.fixture
def device() -> Device:
    return Device(ORIGIN, "styrkedjan.example")


def test_a_passkey_is_made_and_signs(device):
    key = made(device)
    assert (key.credential_id, key.sign_count) == (device.credential_id, 0)
    question = passkeys.ask_to_sign(SITE, [])
    answer = device.sign(question.options)
    assert passkeys.challenge_in(answer) == question.challenge
    assert passkeys.credential_in(answer) == device.credential_id
    assert passkeys.holder_in(answer) == PERSON
    assert passkeys.signed(SITE, answer, question.challenge, key) == 1


def test_the_question_asks_for_the_holder_and_a_key_that_is_found_without_name():
    asked = json.loads(passkeys.ask_to_make(SITE, PERSON, "anna@exempel.se", "", [b"old"]).options)
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["excludeCredentials"][0]["id"] == b64(b"old")
    assert asked["user"]["displayName"] == "anna@exempel.se"
    assert json.loads(passkeys.ask_to_sign(SITE, []).options)["userVerification"] == "required"
    assert passkeys.ask_to_sign(SITE, []).challenge != passkeys.ask_to_sign(SITE, []).challenge


def signed_wrongly(device: Device, change) -> None:
    key = made(device)
    change(device)
    question = passkeys.ask_to_sign(SITE, [])
    passkeys.signed(SITE, device.sign(question.options), question.challenge, key)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda device: setattr(device, "origin", "https://styrkedjan.example.evil"), id="wrong origin"),
        pytest.param(lambda device: setattr(device, "origin", "http://styrkedjan.example"), id="without https"),
        pytest.param(lambda device: setattr(device, "domain", "example"), id="wrong domain"),
        pytest.param(lambda device: setattr(device, "flags", PRESENT), id="holder not verified"),
        pytest.param(lambda device: setattr(device, "flags", 0), id="nobody present"),
        pytest.param(lambda device: setattr(device, "key", Device("", "").key), id="another key"),
    ],
)
def test_a_wrong_answer_is_refused(device, change):
    with pytest.raises(BadInput, match="kunde inte bekräftas"):
        signed_wrongly(device, change)


def test_an_answer_to_another_question_is_refused(device):
    key = made(device)
    first, second = passkeys.ask_to_sign(SITE, []), passkeys.ask_to_sign(SITE, [])
    answer = device.sign(first.options)
    with pytest.raises(BadInput, match="kunde inte bekräftas"):
        passkeys.signed(SITE, answer, second.challenge, key)


def test_a_counter_that_goes_back_means_two_copies(device):
    key = made(device)
    question = passkeys.ask_to_sign(SITE, [])
    for held in (1, 2, 9):
        answer = device.sign(question.options)
        device.sign_count = 0
        with pytest.raises(passkeys.Cloned, match="två exemplar"):
            passkeys.signed(SITE, answer, question.challenge, passkeys.NewKey(key.credential_id, key.public_key, held))


def test_a_forged_counter_does_not_raise_the_alarm(device):
    """Only the holder of the key can make the house believe that there are two of it."""
    key = made(device)
    question = passkeys.ask_to_sign(SITE, [])
    device.key = Device("", "").key
    with pytest.raises(BadInput) as refused:
        passkeys.signed(
            SITE, device.sign(question.options), question.challenge, passkeys.NewKey(b"", key.public_key, 9)
        )
    assert not isinstance(refused.value, passkeys.Cloned)


def test_a_key_that_lives_in_several_devices_counts_nothing():
    device = Device(ORIGIN, "styrkedjan.example", counts=False)
    key = made(device)
    for _ in range(2):
        question = passkeys.ask_to_sign(SITE, [])
        assert passkeys.signed(SITE, device.sign(question.options), question.challenge, key) == 0


def test_a_new_passkey_must_be_an_answer_too(device):
    question = passkeys.ask_to_make(SITE, PERSON, "anna@exempel.se", "Anna", [])
    other = passkeys.ask_to_make(SITE, PERSON, "anna@exempel.se", "Anna", [])
    with pytest.raises(BadInput, match="kunde inte läggas till"):
        passkeys.made(SITE, device.make(question.options), other.challenge)
    device.flags = PRESENT
    with pytest.raises(BadInput, match="kunde inte läggas till"):
        passkeys.made(SITE, device.make(question.options), question.challenge)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"rawId": 3}',
        '{"response": {"clientDataJSON": "e30"}, "rawId": "å"}',
        "1" * 30_000,
    ],
)
def test_nonsense_is_refused_and_nothing_else(answer):
    key = passkeys.NewKey(b"1", b"2", 0)
    for call in (
        lambda: passkeys.challenge_in(answer),
        lambda: passkeys.signed(SITE, answer, "AAAA", key),
        lambda: passkeys.made(SITE, answer, "AAAA"),
    ):
        with pytest.raises(BadInput):
            call()


def test_every_part_of_an_answer_may_be_nonsense(device):
    key = made(device)
    question = passkeys.ask_to_sign(SITE, [])
    whole = json.loads(device.sign(question.options))
    for part in whole["response"]:
        if part == "userHandle":
            continue
        for nonsense in ("", "AAAA", "e30", "bnVsbA", 3, None, {}):
            broken = json.dumps({**whole, "response": {**whole["response"], part: nonsense}})
            with pytest.raises(BadInput):
                passkeys.signed(SITE, broken, question.challenge, key)


def test_passkeys_need_a_name():
    assert passkeys.site_at("http://localhost:8700").has_passkeys
    assert passkeys.site_at("http://localhost:8700").origin == "http://localhost:8700"
    assert not passkeys.site_at("http://127.0.0.1:8700").has_passkeys
    assert not passkeys.site_at("http://[::1]:8700").has_passkeys
