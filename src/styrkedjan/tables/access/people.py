"""People, their roles at places, and the invitations that give roles."""

from uuid import UUID

from django.db import models

from styrkedjan.core.access import Viewer
from styrkedjan.tables._scoped import Scoped


class Grants(Scoped):
    """Grants by organiser, and a person's own wherever they are."""

    def own(self, viewer: Viewer) -> models.QuerySet:
        """Every grant of the viewer herself."""
        return self._rows(person=viewer.person) if viewer.is_signed_in else self._rows(person=None)


class Invitations(Scoped):
    """Invitations by organiser, and the one that a link or a letter belongs to."""

    def of_link(self, token_hash: str) -> models.QuerySet:
        """The invitation whose link has this hash: who has the link has been given it."""
        return self._rows(token_hash=token_hash)

    def of_letter(self, letter: UUID) -> models.QuerySet:
        """The invitation that this letter carries."""
        return self._rows(mail=letter)


class Person(models.Model):
    """Someone with an account. Removed people keep their row, nameless, so that the trail has an actor."""

    key = models.UUIDField(primary_key=True)
    name = models.TextField(blank=True)
    email = models.TextField(unique=True, null=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    invented = models.BooleanField(default=False)

    objects = models.Manager()

    class Meta:
        db_table = "person"


class RoleGrant(models.Model):
    """One role (roll) of one person at one place, from a time and to a time. Ended grants stay, for the history."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.TextField()
    place = models.TextField()
    organiser = models.CharField(max_length=10, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    granted_by = models.TextField()
    granted_at = models.DateTimeField()

    scoped = Grants()

    class Meta:
        db_table = "role_grant"
        indexes = [models.Index(fields=["organiser", "place"], name="role_grant_place")]


class Invitation(models.Model):
    """A link by e-mail that gives one role at one place, once, within fourteen days. Only the token's hash is kept."""

    key = models.UUIDField(primary_key=True)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.TextField()
    name = models.TextField()
    role = models.TextField()
    place = models.TextField()
    organiser = models.CharField(max_length=10, blank=True)
    role_starts_at = models.DateTimeField()
    role_ends_at = models.DateTimeField(null=True)
    invited_by = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    mail = models.UUIDField()

    scoped = Invitations()

    class Meta:
        db_table = "invitation"
        indexes = [models.Index(fields=["organiser"], name="invitation_organiser")]
