"""Self-assessment: campaigns and those asked; the sealed sheets of a campaign that is open; what has been counted.

Nothing here ties an answer to a person. Who has answered stands in ``asked_person``, what was answered in ``sheet``,
sealed, without a time and without a way from one to the other; and when the answers are counted both are emptied.
Neither table is open to the site: it hands in and asks through functions of the database (``sql/answering.sql``).
"""

from django.db import models

from styrkedjan.core.assessments.campaigns import AnsweringGroup, Campaign, GroupKind, GroupState, Mode, OwnStatement
from styrkedjan.core.catalogue import ChainLevel
from styrkedjan.tables._scoped import Scoped


class CampaignRow(models.Model):
    """A campaign (självvärdering). ``sealed_key`` opens the sheets and is emptied when they have been counted."""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    place = models.TextField()
    title = models.TextField()
    edition = models.TextField()
    school_form = models.TextField()
    language = models.TextField()
    modes = models.JSONField()
    levels = models.JSONField()
    rows = models.JSONField()
    own_statements = models.JSONField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="repeats")
    public_key = models.TextField()
    sealed_key = models.TextField(blank=True)
    remind_asked_at = models.DateTimeField(null=True)
    in_briefing = models.JSONField(default=dict)
    removed_at = models.DateTimeField(null=True)

    scoped = Scoped()

    class Meta:
        db_table = "campaign"
        indexes = [models.Index(fields=["organiser", "place"], name="campaign_place")]

    @property
    def value(self) -> Campaign:
        """The row as a value: without its keys, and without who opened it."""
        return Campaign(
            key=str(self.key),
            place=self.place,
            title=self.title,
            edition=self.edition,
            school_form=self.school_form,
            language=self.language,
            modes=frozenset(map(Mode, self.modes)),
            levels=tuple(map(ChainLevel, self.levels)),
            rows=tuple(self.rows),
            own_statements=tuple(OwnStatement(**own) for own in self.own_statements),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            counted_at=self.counted_at,
            previous=str(self.previous_id) if self.previous_id else None,
        )


class AnsweringGroupRow(models.Model):
    """Those at one place and level who answer one campaign, and what became of their answers."""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    campaign = models.ForeignKey(CampaignRow, on_delete=models.CASCADE, related_name="groups")
    place = models.TextField()
    level = models.TextField()
    kind = models.TextField()
    asked_count = models.IntegerField()
    code = models.TextField(null=True, unique=True)
    rolls_up = models.BooleanField()
    state = models.TextField()
    sheet_count = models.IntegerField(default=0)

    scoped = Scoped()

    class Meta:
        db_table = "answering_group"
        constraints = [models.UniqueConstraint(fields=["campaign", "place", "level"], name="one_group_per_place_level")]

    @property
    def value(self) -> AnsweringGroup:
        """The row as a value; how many have handed in is what was counted, and nothing before that."""
        return AnsweringGroup(
            key=str(self.key),
            campaign=str(self.campaign_id),
            place=self.place,
            level=ChainLevel(self.level),
            kind=GroupKind(self.kind),
            asked_count=self.asked_count,
            code=self.code or "",
            rolls_up=self.rolls_up,
            state=GroupState(self.state),
            sheet_count=self.sheet_count,
        )


class AskedPerson(models.Model):
    """Somebody who has been sent a link of her own, until the answers are counted. Not open to the site's reading."""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    group = models.ForeignKey(AnsweringGroupRow, on_delete=models.CASCADE, related_name="asked")
    email = models.TextField()
    link_hash = models.CharField(max_length=64, unique=True)
    answered = models.BooleanField(default=False)
    invited_on = models.DateField()
    reminded_on = models.DateField(null=True)

    scoped = Scoped()

    class Meta:
        db_table = "asked_person"
        constraints = [models.UniqueConstraint(fields=["group", "email"], name="asked_once_per_group")]


class SheetRow(models.Model):
    """A sealed sheet in an open campaign's mailbox. Its key is the hash of a code that only the respondent has."""

    receipt_hash = models.CharField(max_length=64, primary_key=True)
    organiser = models.CharField(max_length=10)
    campaign = models.ForeignKey(CampaignRow, on_delete=models.CASCADE, related_name="+", db_index=False)
    group = models.ForeignKey(AnsweringGroupRow, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()
    handed_in = models.BooleanField()

    scoped = Scoped()

    class Meta:
        db_table = "sheet"


class CountedReceipt(models.Model):
    """What became of the sheet behind a receipt code: all that is left of it as one sheet.

    ``kept`` is False where so few had answered that nothing of it could be kept.
    """

    receipt_hash = models.CharField(max_length=64, primary_key=True)
    organiser = models.CharField(max_length=10)
    campaign = models.ForeignKey(CampaignRow, on_delete=models.CASCADE, related_name="+")
    kept = models.BooleanField()

    scoped = Scoped()

    class Meta:
        db_table = "counted_receipt"


class Tally(models.Model):
    """How many of a group gave one answer to one row. Written once, when the campaign is counted."""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    group = models.ForeignKey(AnsweringGroupRow, on_delete=models.CASCADE, related_name="tallies")
    row = models.TextField()
    answer = models.TextField()
    count = models.IntegerField()

    scoped = Scoped()

    class Meta:
        db_table = "tally"
        constraints = [models.UniqueConstraint(fields=["group", "row", "answer"], name="one_tally_per_answer")]


class AnswerComment(models.Model):
    """A comment to a row, loose from every other answer of who wrote it."""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    group = models.ForeignKey(AnsweringGroupRow, on_delete=models.CASCADE, related_name="comments")
    row = models.TextField()
    text = models.TextField()

    scoped = Scoped()

    class Meta:
        db_table = "answer_comment"


class SharedRating(models.Model):
    """What a group has agreed on for one row: its own, open rating (gemensam skattning)."""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    group = models.ForeignKey(AnsweringGroupRow, on_delete=models.CASCADE, related_name="ratings")
    row = models.TextField()
    answer = models.TextField(blank=True)
    note = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    scoped = Scoped()

    class Meta:
        db_table = "shared_rating"
        constraints = [models.UniqueConstraint(fields=["group", "row"], name="one_rating_per_row")]


class AnswerRelease(models.Model):
    """What was released of a campaign for one place. Never changed: what is out is out.

    ``report`` is the auditor's, on the whole release, and stands with the campaign's own place; elsewhere it is empty.
    """

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    campaign = models.ForeignKey(CampaignRow, on_delete=models.CASCADE, related_name="releases", db_index=False)
    place = models.TextField()
    released_at = models.DateTimeField()
    contents = models.JSONField()
    report = models.JSONField()

    scoped = Scoped()

    class Meta:
        db_table = "answer_release"
        indexes = [models.Index(fields=["campaign", "place"], name="answer_release_place")]


class Outcome(models.Model):
    """What was decided after a campaign (du sa, vi gjorde), open to everyone who could answer."""

    key = models.UUIDField(primary_key=True)
    organiser = models.CharField(max_length=10)
    campaign = models.ForeignKey(CampaignRow, on_delete=models.CASCADE, related_name="outcomes")
    factor = models.TextField(blank=True)
    heard = models.TextField()
    decided = models.TextField()
    published_at = models.DateTimeField()
    written_by = models.TextField()

    scoped = Scoped()

    class Meta:
        db_table = "campaign_outcome"
        indexes = [models.Index(fields=["campaign"], name="outcome_campaign")]
