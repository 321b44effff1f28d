"""The released answers of every place in a release: groups, cells and comments, put together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from styrkedjan.core.assessments.campaigns import GroupKind, GroupState
from styrkedjan.core.catalogue import AnswerRules, ChainLevel, Scale
from styrkedjan.core.disclosure.answers.counted import Counted
from styrkedjan.core.disclosure.answers.first_pass import Verdict, Verdicts
from styrkedjan.core.disclosure.answers.released import ReleasedAnswers, ReleasedComment, ReleasedGroup
from styrkedjan.core.disclosure.answers.second_pass import Openness
from styrkedjan.core.disclosure.answers.shown import Cells, Shower
from styrkedjan.core.raw import RawAnswers

Shown = Mapping[ChainLevel, tuple[Counted, Verdicts, Openness]]


def places_of(
    raw: RawAnswers, organiser: str, shown: Shown, positions: Iterable[Counted], rules: AnswerRules, scale: Scale
) -> dict[str, ReleasedAnswers]:
    """Every place with a group, and the organiser, with all that may be shown of it."""
    groups = _Groups(raw, organiser, rules)
    cells: defaultdict[str, Cells] = defaultdict(dict)
    for level, verdicts, openness in shown.values():
        _put(cells, Shower(level, scale, rules).anonymous(verdicts, openness))
        groups.total(level, GroupKind.ANONYMOUS)
    for level in positions:
        _put(cells, Shower(level, scale, rules).positions())
        groups.total(level, GroupKind.POSITION)
    comments = _comments(raw, shown, rules)
    return {
        place: ReleasedAnswers(
            place,
            groups.of[place],
            cells.get(place, {}),
            comments.get(place, ()),
            groups.parts if place == organiser else {},
        )
        for place in dict.fromkeys([organiser, *groups.of])
    }


def _put(cells: defaultdict[str, Cells], made: Iterator[tuple[str, Cells]]) -> None:
    for place, found in made:
        cells[place] |= found


class _Groups:
    """The groups of each place, as they may be told."""

    def __init__(self, raw: RawAnswers, organiser: str, rules: AnswerRules) -> None:
        self.of: defaultdict[str, dict[ChainLevel, ReleasedGroup]] = defaultdict(dict)
        self.parts: dict[ChainLevel, tuple[str, ...]] = {}
        self.asked: dict[tuple[str, str, bool], int] = {}
        self.organiser = organiser
        for row in raw.groups.iter_rows(named=True):
            kind, state = GroupKind(row["kind"]), GroupState(row["state"])
            level, place, sheets = ChainLevel(row["level"]), row["place"], row["sheet_count"]
            if state is GroupState.KEPT:
                self.asked[place, level, kind is GroupKind.POSITION] = row["asked_count"]
            if state is GroupState.WAITING or place == organiser:
                continue
            if state is GroupState.KEPT and kind is not GroupKind.POSITION and sheets < rules.minimum_answers:
                state = GroupState.TOO_FEW
            told = sheets if state is GroupState.KEPT else None
            self.of[place][level] = ReleasedGroup(level, kind, state, row["asked_count"], told)

    def total(self, level: Counted, kind: GroupKind) -> None:
        """The organiser's group: all that its total is made of."""
        places = tuple(level.places[at] for at in level.rolling)
        if places:
            asked = sum(self.asked[place, level.level, kind is GroupKind.POSITION] for place in places)
            self.parts[level.level] = places
            self.of[self.organiser][level.level] = ReleasedGroup(
                level.level, kind, GroupState.KEPT, asked, level.rolling_sheets
            )


def _comments(raw: RawAnswers, shown: Shown, rules: AnswerRules) -> dict[str, tuple[ReleasedComment, ...]]:
    """The comments of groups that are large enough, where the row itself has answers enough.

    They are sorted by a digest of their text, an order that nobody has chosen and that says nothing.
    """
    if not raw.comments:
        return {}
    allowed = {
        (place, level.value, row)
        for level, (counted_, verdicts, _) in shown.items()
        for place, sheets, found in zip(counted_.places, counted_.sheets.tolist(), verdicts.rows, strict=True)
        if sheets >= rules.minimum_answers_for_comments
        for row, verdict in zip(counted_.rows, found.tolist(), strict=True)
        if verdict in (Verdict.FINE, Verdict.EXTREME)
    }
    comments: defaultdict[str, list[ReleasedComment]] = defaultdict(list)
    for place, level, row, text in sorted(raw.comments, key=lambda each: sha256(each[3].encode()).digest()):
        if (place, level, row) in allowed:
            comments[place].append(ReleasedComment(ChainLevel(level), row, text))
    return {place: tuple(each) for place, each in comments.items()}
