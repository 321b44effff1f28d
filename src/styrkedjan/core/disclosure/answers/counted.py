"""What was counted at one level of the chain, as arrays: groups x rows x answers."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from styrkedjan.core.assessments.campaigns import OWN, GroupKind, GroupState, factor_of
from styrkedjan.core.catalogue import AnswerRules, ChainLevel, Scale
from styrkedjan.core.raw import RawAnswers
from styrkedjan.core.refused import DamagedData


@dataclass(frozen=True, eq=False)
class Counted:
    """The kept groups of one level and what they answered.

    ``counts`` is groups x rows x answers: the steps of the scale first, then the answers outside it. A group is
    ``told`` when it is shown by itself: small groups counted together are not, nor the organiser's own beside others.
    """

    level: ChainLevel
    organiser: str
    places: tuple[str, ...]
    sheets: np.ndarray
    rolls_up: np.ndarray
    rows: tuple[str, ...]
    counts: np.ndarray
    step_count: int

    @cached_property
    def told(self) -> np.ndarray:
        return np.array([place != self.organiser for place in self.places], dtype=bool)

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """The factors that the rows belong to. Own statements are together no factor."""
        return tuple(dict.fromkeys(factor_of(row) for row in self.rows if factor_of(row) != OWN))

    @cached_property
    def rows_of(self) -> tuple[np.ndarray, ...]:
        """For each factor the positions of its rows."""
        of = [factor_of(row) for row in self.rows]
        return tuple(np.array([at for at, each in enumerate(of) if each == factor]) for factor in self.factors)

    @cached_property
    def steps(self) -> np.ndarray:
        """The answers on the scale: groups x rows x steps."""
        return self.counts[:, :, : self.step_count]

    @cached_property
    def answered(self) -> np.ndarray:
        """How many answered on the scale: groups x rows."""
        return self.steps.sum(axis=2)

    @cached_property
    def rolling(self) -> np.ndarray:
        """The positions of the groups that the organiser's total is made of."""
        return np.flatnonzero(self.rolls_up)

    @property
    def rolling_sheets(self) -> int:
        """How many sheets the organiser's total is made of."""
        return int(self.sheets[self.rolling].sum())

    @cached_property
    def positions(self) -> tuple[dict[str, int], dict[str, int]]:
        """Where each place and each row is in the arrays."""
        return {each: at for at, each in enumerate(self.places)}, {each: at for at, each in enumerate(self.rows)}

    def without_total(self) -> "Counted":
        """The same groups, of which no total is made."""
        return replace(self, rolls_up=np.zeros_like(self.rolls_up))

    def without_small(self, minimum: int) -> "Counted":
        """Only the groups of at least so many sheets: of the others nothing is shown, nor are they part of a total."""
        kept = self.sheets >= minimum
        if kept.all():
            return self
        places = tuple(place for place, keep in zip(self.places, kept.tolist(), strict=True) if keep)
        return replace(
            self,
            places=places,
            sheets=self.sheets[kept],
            rolls_up=self.rolls_up[kept],
            counts=self.counts[kept],
        )


@dataclass(frozen=True, eq=False)
class AllCounted:
    """What one campaign was answered: the anonymous groups level by level, and apart from them the positions.

    Positions and anonymous answers are never summed, so at each level the organiser's total is of one of them.
    """

    anonymous: tuple[Counted, ...]
    positions: tuple[Counted, ...]


def counted(raw: RawAnswers, organiser: str, scale: Scale, rules: AnswerRules) -> AllCounted:
    """What was counted, of the groups that were kept; anonymous ones only when they are large enough.

    Raises: DamagedData when the counts contradict themselves.
    """
    tallies = raw.tallies.partition_by("level", as_dict=True)
    groups = [group for group in raw.groups.iter_rows(named=True) if group["state"] == GroupState.KEPT]
    of_many: list[Counted] = []
    of_few: list[Counted] = []
    for level in ChainLevel:
        mine = [group for group in groups if group["level"] == level]
        asked = tallies.get((level.value,), raw.tallies.clear())
        few = [group for group in mine if group["kind"] == GroupKind.POSITION]
        many = [group for group in mine if group["kind"] != GroupKind.POSITION]
        few_ = _level(asked, few, level, organiser, scale) if few else None
        many_ = _level(asked, many, level, organiser, scale).without_small(rules.minimum_answers) if many else None
        if few_ and many_ and few_.rolling_sheets > many_.rolling_sheets:
            many_ = many_.without_total()
        elif few_ and many_ and many_.rolling_sheets:
            few_ = few_.without_total()
        of_few += [few_] if few_ else []
        of_many += [many_] if many_ else []
    return AllCounted(tuple(of_many), tuple(of_few))


def _level(
    asked: pl.DataFrame, groups: list[dict[str, Any]], level: ChainLevel, organiser: str, scale: Scale
) -> Counted:
    places = [group["place"] for group in groups]
    if len(set(places)) < len(places):
        raise DamagedData(f"Två svarsgrupper på nivån {level} har samma plats. Ingenting visas.")
    rows, answers = asked["row"].unique(maintain_order=True).to_list(), list(scale.answer_by_id)
    at = [_positions(asked[name], names) for name, names in (("place", places), ("row", rows), ("answer", answers))]
    if (at[2] < 0).any():
        raise DamagedData(f"På nivån {level} finns svar som skalan inte har. Ingenting visas.")
    mine = at[0] >= 0
    counts = np.zeros((len(places), len(rows), len(answers)), dtype=np.int64)
    np.add.at(counts, tuple(each[mine] for each in at), asked["count"].to_numpy()[mine])
    sheets = np.array([group["sheet_count"] for group in groups], dtype=np.int64)
    if (counts < 0).any() or (counts.sum(axis=2) > sheets[:, None]).any():
        raise DamagedData(f"På nivån {level} finns fler svar än svarsblanketter. Ingenting visas.")
    # what the organiser's own people answer is the organiser's own, whatever the units' may be part of
    rolls_up = np.array([group["rolls_up"] or group["place"] == organiser for group in groups], dtype=bool)
    return Counted(level, organiser, tuple(places), sheets, rolls_up, tuple(rows), counts, len(scale.steps))


def _positions(column: pl.Series, names: list[str]) -> np.ndarray:
    """Where each value stands among the names; -1 where it does not."""
    return column.cast(pl.Enum(names), strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
