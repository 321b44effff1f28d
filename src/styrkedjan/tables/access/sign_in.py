"""Signing in: what a person proves with, the attempts under way, and the sessions that came of them.

Secrets are kept as hashes; the one that must be read again (that of one-time codes) is sealed with the site's key.
"""

from django.db import models

from styrkedjan.tables.access.people import Person


class SignInSession(models.Model):
    """A browser that is signed in. ``ended_at`` ends it in the same second."""

    key = models.UUIDField(primary_key=True)
    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    method = models.TextField()
    assurance = models.SmallIntegerField()
    device = models.TextField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_session"


class SignInAttempt(models.Model):
    """Something begun that one answer may finish, once: a link sent, a challenge given, a request to another system.

    ``browser_hash`` ties it to the browser that began; empty where another device may finish it.
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    kind = models.TextField()
    browser_hash = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    facts = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_attempt"


class Passkey(models.Model):
    """A passkey (WebAuthn): the public half of a key that the person's device keeps."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    name = models.TextField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "passkey"


class OneTimeCodes(models.Model):
    """The secret of a person's one-time codes (TOTP), sealed; ``last_step`` keeps a code from being used twice."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sealed_secret = models.TextField()
    made_at = models.DateTimeField()
    last_step = models.BigIntegerField(default=0)

    class Meta:
        db_table = "one_time_codes"


class RecoveryCode(models.Model):
    """A code on paper for the day when the other ways are lost. Each works once."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    code_hash = models.TextField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recovery_code"


class LinkedIdentity(models.Model):
    """A person as another system knows her: an identity in a federation (SAML) or at a broker (OpenID Connect)."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    issuer = models.TextField()
    subject = models.TextField()
    assurance = models.SmallIntegerField()  # as sure as the other system has been
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "linked_identity"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_identity")]


class SeenAssertion(models.Model):
    """An assertion that has been used, kept until it would be too old anyway."""

    assertion_hash = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "seen_assertion"


class Pace(models.Model):
    """How often something has been tried: a bucket that fills up again with time. The key is a hash."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    left = models.FloatField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "pace"
