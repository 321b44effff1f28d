"""What a chain view says in sentences: each chosen by a rule on released values and worded in the words file."""

from collections.abc import Sequence

from styrkedjan.core.assessments.campaigns import GroupKind, GroupState
from styrkedjan.core.assessments.chain import FAIR_RESPONSE, Cell, ChainView, Response, RowView
from styrkedjan.core.assessments.lanes import Lane
from styrkedjan.core.assessments.measures import Telling
from styrkedjan.core.assessments.talking import Gap, Question
from styrkedjan.core.catalogue import Scale
from styrkedjan.core.disclosure.answers import CellState
from styrkedjan.render import swedish
from styrkedjan.render.words import Words

PERCENT_FROM = 10  # no percentages of fewer people than this


def steps_in_words(names: Sequence[str], words: Words) -> str:
    """Names of steps as one alternative: i hög grad eller helt och hållet."""
    return swedish.join_words([_small(name) for name in names], words("chain.or"))


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def band_names(scale: Scale, words: Words) -> tuple[str, str, str]:
    """What the three bands are, in the scale's own words."""
    names = [step.name for step in scale.steps]
    high = scale.step_ids.index(scale.high_from)
    middle = high if scale.middle is None else scale.step_ids.index(scale.middle)
    low, between, above = names[:middle], names[middle:high], names[high:]
    return steps_in_words(low, words), steps_in_words(between, words), steps_in_words(above, words)


def high_name(scale: Scale, words: Words) -> str:
    """The steps that count as high: i hög grad eller helt och hållet."""
    return band_names(scale, words)[2]


def step_names(lane: Lane, scale: Scale, words: Words) -> tuple[str, ...]:
    """The name of each count of a lane: the scale's steps, or its bands."""
    return band_names(scale, words) if lane.state is CellState.BANDS else tuple(step.name for step in scale.steps)


def median(lane: Lane, scale: Scale, words: Words) -> str:
    """The step in the middle, or the two that it lies between; empty when it is not shown."""
    if lane.median is None:
        return ""
    names = step_names(lane, scale, words)
    low, high = (_small(names[step]) for step in lane.median)
    return low if low == high else words("chain.median.between", low=low, high=high)


def answers(lane: Lane, words: Words) -> str:
    """How many answers a lane rests on: 16 svar, or its class."""
    if lane.of_positions:
        return of_people(lane, words) or words("chain.positions", count=sum(lane.counts))
    if lane.is_distribution:
        return words.count("chain.answers", sum(lane.counts))
    return words("chain.answers.class", number=lane.n_class) if lane.n_class else ""


def of_people(lane: Lane, words: Words) -> str:
    """Whose the positions of a factor as a whole are: svar på 7 rader från en person; empty of a single row."""
    if lane.state is not CellState.POSITION or lane.rows == 1 or lane.people is None:
        return ""
    return words.count("chain.positions.whole", lane.people, rows=lane.rows)


def summary(lane: Lane, scale: Scale, words: Words) -> str:
    """A lane in few words: 143 svar, mitten delvis; or what was chosen, or why nothing is shown."""
    if lane.is_position:
        whose = of_people(lane, words)
        steps = chosen(lane, scale, words)
        return f"{whose}: {steps}" if whose else words("chain.position.says", steps=steps)
    if lane.is_distribution:
        return words("chain.lane", answers=answers(lane, words), median=median(lane, scale, words))
    if lane.state is CellState.GATHERED and lane.band is not None:
        return words("chain.gathered.says", band=band_names(scale, words)[lane.band])
    return words(f"chain.state.{lane.state}.short")


def chosen(lane: Lane, scale: Scale, words: Words) -> str:
    """Which steps the few have chosen: i hög grad; delvis (2) och i hög grad."""
    taken = [(scale.steps[step].name, count) for step, count in enumerate(lane.counts) if count]
    texts = [f"{_small(name)} ({count})" if count > 1 else _small(name) for name, count in taken]
    return swedish.join_words(texts)


def state_note(lane: Lane, response: Response | None, words: Words) -> str:
    """Why a lane looks as it does when it is no plain distribution; empty when it is one."""
    if lane.state in (CellState.SHOWN, CellState.POSITION):
        return ""  # of positions it is said once, beside how many have answered
    pooled = response is not None and response.state is GroupState.POOLED
    if lane.state is CellState.TOO_FEW and pooled:
        return words("chain.state.pooled.long")
    return words(f"chain.state.{lane.state}.long")


def spread(lane: Lane, words: Words) -> str:
    """ni är eniga, svaren är spridda, två läger; empty when nothing can be said."""
    return words(f"chain.spread.{lane.spread}") if lane.spread else ""


def headline(row: RowView, words: Words) -> str:
    """Whether the levels see a row alike; empty when there are not two levels to hold beside each other."""
    tellings = [gap.telling for gap in row.gaps if gap.pairs]
    if not tellings:
        return ""
    if Telling.DIFFERS in tellings:
        return words("chain.gap.differs")
    return words("chain.gap.alike" if all(each is Telling.ALIKE for each in tellings) else "chain.gap.cannot")


def gap(each: Gap, words: Words) -> str:
    """How two levels differ, in pairs of a hundred; empty when it is not told that they do."""
    if each.telling is not Telling.DIFFERS or each.pairs is None:
        return ""
    pairs = each.pairs
    higher, lower = round(100 * pairs.higher), round(100 * pairs.lower)
    return words(
        "chain.gap.pairs",
        first=words(f"level.{each.first}"),
        second=words(f"level.{each.second}"),
        higher=higher,
        lower=lower,
        equal=100 - higher - lower,
        low=round(100 * pairs.low),
        high=round(100 * pairs.high),
    )


def change(cell: Cell, scale: Scale, words: Words) -> str:
    """What can be told of a row since last time; empty when there is no last time."""
    found = cell.change
    if found is None:
        return ""
    if found.link.earlier is None or not found.link.comparable:
        why = words("chain.change.new" if found.link.earlier is None else "chain.change.words")
        return f"{why} {found.link.note}".strip()
    if cell.here.is_position and found.before is not None and found.before.is_position:
        return words("chain.change.position", steps=chosen(found.before, scale, words))
    if found.share is None:
        return ""
    share, (before, now) = found.share, (found.share.before, found.share.now)
    way = "same" if share.telling is not Telling.DIFFERS else "up" if share.difference > 0 else "down"
    counts = {"old": before[0], "old_all": before[1], "new": now[0], "new_all": now[1]}
    told = words(f"chain.change.{way}", steps=high_name(scale, words), **counts)
    if way == "same" or min(before[1], now[1]) < PERCENT_FROM:
        return told
    numbers = sorted(round(abs(100 * end)) for end in (share.low, share.high))
    size = words("chain.change.size", size=round(abs(100 * share.difference)), low=numbers[0], high=numbers[1])
    return f"{told} {size}"


def bounds(cell: Cell, response: Response | None, scale: Scale, words: Words) -> str:
    """Between which numbers the high answers would lie if all had answered; empty when at least half did."""
    if cell.bounds is None or response is None:
        return ""
    low, high = cell.bounds
    return words("chain.bounds", low=low, high=high, asked=response.asked, steps=high_name(scale, words))


def shared(cell: Cell, scale: Scale, words: Words) -> str:
    """What the level has agreed on together; empty when it has not."""
    if cell.shared is None:
        return ""
    answer = scale.answer_by_id.get(cell.shared.answer)
    said = words("chain.shared", answer=_small(answer.name)) if answer else words("chain.shared.undecided")
    return f"{said} {cell.shared.note}".strip()


def response(each: Response, words: Words) -> str:
    """How many have answered, of those asked."""
    if each.answered is None and not each.asked:
        return words("chain.response.few_of_unknown")
    if each.answered is None:
        return words("chain.response.few", asked=each.asked)
    counts = {"answered": each.answered, "asked": each.asked}
    if each.kind is GroupKind.POSITION:
        return words("chain.response.position", **counts)
    if each.asked < PERCENT_FROM or each.share is None or each.is_low:
        return words("chain.response.counts", **counts)
    return words("chain.response.percent", percent=round(100 * each.share), **counts)


def response_note(each: Response, words: Words) -> str:
    """What a low response means for the reading; empty when it is fair."""
    if each.kind is GroupKind.POSITION:
        return words("chain.response.not_anonymous")
    if each.is_low:
        return words("chain.response.low")
    fair = each.share is None or each.share >= FAIR_RESPONSE
    return "" if fair else words("chain.response.middling")


def question(each: Question, row_name: str, words: Words) -> str:
    """A question to talk about."""
    names = [words(f"level.{level}") for level in each.levels]
    return words(f"chain.question.{each.rule}", row=row_name, first=names[0], second=names[-1])


def finding(chain: ChainView, words: Words) -> str:
    """On how many rows the levels see things differently, alike, or cannot be told apart."""
    rows = [row for factor in chain.factors for row in factor.rows]
    if len(rows) == 1:
        return headline(rows[0], words)
    compared = [[gap.telling for gap in row.gaps if gap.pairs] for row in rows]
    told = [tellings for tellings in compared if tellings]
    if not told:
        return words("chain.finding.none")
    differs = sum(Telling.DIFFERS in tellings for tellings in told)
    alike = sum(all(each is Telling.ALIKE for each in tellings) for tellings in told)
    counts = {"differs": differs, "alike": alike, "cannot": len(rows) - differs - alike}
    sentences = [
        words(f"chain.finding.{key}", count=swedish.count_word(count), total=swedish.count_word(len(rows)))
        for key, count in counts.items()
        if count
    ]
    return " ".join(sentences if differs else [words("chain.finding.no_gap"), *sentences])
