"""Letters on their way: written in the transaction that causes them, sent afterwards, tried again until they arrive."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models

from styrkedjan.core.letters import LONGEST_ADDRESS, one_line, tidy_address
from styrkedjan.core.refused import BadInput


class OutgoingMail(models.Model):
    """One e-mail. Its text holds links that open things, and is emptied as soon as it has been sent or given up."""

    key = models.UUIDField(primary_key=True)
    kind = models.TextField()
    recipient = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    try_at = models.DateTimeField(db_index=True)
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        db_table = "outgoing_mail"


def address_of(text: str) -> str:
    """An e-mail address as the house keeps it. Raises: BadInput when it cannot be one."""
    address = tidy_address(text)
    try:
        EmailValidator()(address)
    except ValidationError:
        raise BadInput(_no_address(text)) from None
    if len(address) > LONGEST_ADDRESS:
        raise BadInput(_no_address(text))
    return address


def _no_address(text: str) -> str:
    return f"”{one_line(text, 60)}” är ingen fullständig e-postadress. Skriv den som namn@exempel.se."
