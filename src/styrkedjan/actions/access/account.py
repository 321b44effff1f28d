"""The own account: another name, and another e-mail address once it has been shown to be the person's own."""

import secrets
from datetime import UTC, datetime

from django.conf import settings
from django.db import IntegrityError

from styrkedjan.actions._change import change
from styrkedjan.actions.access import letters, pace
from styrkedjan.actions.access.adding import require_sure_to_add, require_surest
from styrkedjan.core.access import Event, Permission, Viewer, may
from styrkedjan.core.letters import LetterKind
from styrkedjan.core.refused import BadInput, WrongState
from styrkedjan.core.sign_in import NEW_EMAIL_LIVES, TOKEN_BYTES, Attempt, is_token, mask_email, token_hash
from styrkedjan.tables.access import Person, SignInAttempt

LONGEST_NAME = 120
LINK_SPENT = "Länken har redan använts eller är för gammal. Adressen är som den var. Begär bytet igen under Mitt konto."

CONFIRM_SUBJECT = "Bekräfta din nya e-postadress i Styrkedjan"
CONFIRM = """Hej!

Öppna länken och bekräfta att den här adressen ska höra till ditt konto i Styrkedjan:

{link}

Länken gäller i ett dygn och fungerar en gång. Du behöver vara inloggad när du öppnar den. Tills du har bekräftat \
gäller din gamla adress.

Var det inte du? Då behöver du inte göra något.

Styrkedjan
{site}
"""
CHANGED_SUBJECT = "Din e-postadress i Styrkedjan har bytts"
CHANGED = """Hej!

Ditt konto i Styrkedjan har nu e-postadressen {email}. Den här adressen går inte längre att logga in med.

Var det inte du som bytte? Hör av dig till er kvalitetsansvariga eller till den som driver Styrkedjan direkt.

Styrkedjan
{site}
"""


def change_name(actor: Viewer, name: str) -> None:
    """Change the actor's name. Raises: BadInput when there is none."""
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(f"Skriv ditt namn, högst {LONGEST_NAME} tecken.")
    with change(actor, Event.ACCOUNT_CHANGED, about=actor.person) as facts:
        Person.objects.filter(key=actor.person, removed_at=None).update(name=name)
        facts["what"] = "name"


def ask_for_new_email(actor: Viewer, email: str, address: str) -> None:
    """Send a link to a new address. Nothing changes until it is opened; an address of someone else's gets no letter.

    An address is a way in, so it asks for as much as adding a factor does.
    Raises: BadInput when it cannot be an address; NotAllowed when the session is not sure or fresh enough; TooMany.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    require_sure_to_add(actor)
    email = letters.address_of(email)
    pace.ask(actor, "email", actor.person, address)
    token, now = secrets.token_urlsafe(TOKEN_BYTES), datetime.now(UTC)
    attempt = SignInAttempt(
        key_hash=token_hash(token),
        kind=Attempt.NEW_EMAIL,
        person_id=actor.person,
        facts={"email": email},
        made_at=now,
        expires_at=now + NEW_EMAIL_LIVES,
    )
    body = CONFIRM.format(link=f"{settings.SITE_ADDRESS}/konto/epost/{token}/", site=settings.SITE_ADDRESS)
    with change(actor, Event.ACCOUNT_CHANGED, about=actor.person) as facts:
        attempt.save(force_insert=True)
        facts["what"] = "email_asked"
        if not Person.objects.filter(email=email).exists():
            letters.write(LetterKind.NOTICE, email, CONFIRM_SUBJECT, body, attempt.expires_at)


def confirm_email(actor: Viewer, token: str) -> None:
    """Take the new address into use, and tell the old one.

    Raises: WrongState when the link is spent, too old or another person's, or the address has been taken meanwhile;
    NotAllowed when the person has something surer to show by now and has not shown it.
    """
    may(actor, Permission.MANAGE_OWN_ACCOUNT).require()
    try:
        with change(actor, Event.ACCOUNT_CHANGED, about=actor.person) as facts:
            _change_email(actor, token)
            facts["what"] = "email"
    except IntegrityError as error:
        raise WrongState("Adressen hör redan till ett annat konto. Din adress är som den var.") from error


def _change_email(actor: Viewer, token: str) -> None:
    now = datetime.now(UTC)
    asked = SignInAttempt.objects.select_for_update().filter(
        key_hash=token_hash(token) if is_token(token) else "",
        kind=Attempt.NEW_EMAIL,
        person_id=actor.person,
        used_at=None,
        expires_at__gt=now,
    )
    attempt = asked.first()
    if attempt is None:
        raise WrongState(LINK_SPENT)
    # Held before it is asked what she can show: nobody adds to a person who is held.
    person = Person.objects.select_for_update().get(key=actor.person)
    require_surest(actor)
    asked.update(used_at=now)
    old, person.email = person.email, attempt.facts["email"]
    person.save(update_fields=["email"])
    if old:
        body = CHANGED.format(email=mask_email(person.email), site=settings.SITE_ADDRESS)
        letters.write(LetterKind.NOTICE, old, CHANGED_SUBJECT, body, now + NEW_EMAIL_LIVES)
