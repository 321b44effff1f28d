"""Finding sentences: what the numbers of a briefing say, and never more than that.

Every sentence is chosen by a rule on released values and worded in the words file. None of them grades anybody.
"""

from collections.abc import Iterable

from styrkedjan.core.briefings import Briefing, Line
from styrkedjan.core.catalogue import Measure
from styrkedjan.core.indicators import ComparisonGroup, Position
from styrkedjan.core.statistics import Status
from styrkedjan.render import swedish
from styrkedjan.render.values import amount, difference
from styrkedjan.render.words import Words

MOST_NAMED = 4  # more names than this in a sentence become a count


def group_name(group: ComparisonGroup, words: Words) -> str:
    """The comparison group in the plural: kommunala huvudmän, skolenheter med 100–299 elever."""
    name = words(f"group.{group.kind}")
    return words("group.of_size", group=name, size=group.size_class.name) if group.size_class else name


def line_title(line: Line, words: Words) -> str:
    """A sentence that says the finding of one line: used as the title of its chart."""
    measure = line.measure
    if line.own is None or line.own.value is None:
        return words(f"finding.{line.position}", name=measure.name)
    own = amount(line.own.value, measure)
    if not line.position.compared:
        return words("finding.not_compared", name=measure.name, own=own)
    assert line.nation is not None and line.nation.value is not None, "a compared line has a value of riket"
    return words(f"finding.{line.position}", name=measure.name, own=own, nation=amount(line.nation.value, measure))


def compared(lines: tuple[Line, ...], words: Words) -> str:
    """How many lines can be held beside riket, and how many are near, higher and lower."""
    counts = {position: sum(line.position is position for line in lines) for position in Position if position.compared}
    total = sum(counts.values())
    if not total:
        return words("tally.none", total=len(lines))
    first, *rest = [position for position, count in counts.items() if count]
    parts = [words(f"tally.first.{first}", count=swedish.count_word(counts[first]))]
    parts += [words(f"tally.next.{position}", count=swedish.count_word(counts[position])) for position in rest]
    key = "tally.all" if total == len(lines) else "tally.some"
    return words(key, compared=total, total=len(lines), parts=swedish.join_words(parts))


def named(lines: tuple[Line, ...], words: Words) -> tuple[str, ...]:
    """Which lines are higher and which are lower than riket, by name."""
    sentences = []
    for position in (Position.HIGHER, Position.LOWER):
        names = [line.measure.short_name for line in lines if line.position is position]
        if names:
            sentences.append(words(f"named.{position}", names=_names(names, words)))
    return tuple(sentences)


def outside_middle(lines: tuple[Line, ...], group: ComparisonGroup, words: Words) -> str:
    """Which lines lie outside the span of eight in ten comparable places; empty when nothing can be said."""
    judged = [line for line in lines if line.within_middle is not None]
    outside = [line.measure.short_name for line in judged if line.within_middle is False]
    if not judged:
        return ""
    if not outside:
        return words.count("middle.all", len(judged), group=group_name(group, words))
    return words("middle.outside", names=_names(outside, words), group=group_name(group, words))


def not_shown(statuses: Iterable[Status], words: Words) -> str:
    """How many values are not shown and why; empty when all are shown."""
    counts: dict[Status, int] = {}
    total = 0
    for status in statuses:
        total += 1
        if not status.has_number:
            counts[status] = counts.get(status, 0) + 1
    hidden = sum(counts.values())
    if not hidden:
        return ""
    reasons = [
        words.count(f"not_shown.{status.name}", count) for status, count in sorted(counts.items(), key=lambda c: -c[1])
    ]
    return words.count("not_shown", hidden, total=total, reasons=swedish.join_words(reasons))


def nearly_all(lines: tuple[Line, ...], words: Words) -> str:
    """Which lines the source hid because nearly all pupils are included; empty when there are none."""
    names = [line.measure.short_name for line in lines if line.position is Position.NEARLY_ALL]
    return words("named.nearly_all", names=_names(names, words)) if names else ""


def span_of_years(line: Line, words: Words) -> str:
    """Between which values the measure has been since the last break; empty with fewer than two numbers.

    It says where the level has been and nothing of a direction: two or three points are no trend.
    """
    values = [value for value in line.comparable if value.value is not None]
    if len(values) < 2:
        return ""
    numbers = [value.value for value in values if value.value is not None]
    low, high = amount(min(numbers), line.measure), amount(max(numbers), line.measure)
    years = {"first": values[0].school_year, "last": values[-1].school_year, "count": len(values)}
    return words("span.same", low=low, **years) if low == high else words("span.between", low=low, high=high, **years)


def latest_known(line: Line, words: Words) -> str:
    """The latest comparable earlier value when this year has none, as for a survey of every other year; else empty."""
    if line.status.has_number:
        return ""
    known = [value for value in line.comparable if value.value is not None]
    if not known or known[-1].value is None:
        return ""
    return words("latest", year=known[-1].school_year, value=amount(known[-1].value, line.measure))


def floor_rule(measure: Measure, small_base: bool, words: Words) -> str:
    """The written rule behind "nära riket" for one measure; empty when it is not compared in words."""
    floor = measure.practical_floor_small if small_base else measure.practical_floor
    if floor is None:
        return ""
    return words("rule.floor", floor=difference(floor, measure, words))


def section_findings(lines: tuple[Line, ...], briefing: Briefing, words: Words) -> tuple[str, ...]:
    """The finding sentences of one sub-goal, most important first."""
    nothing_shown = not any(line.status.has_number for line in lines)
    sentences = (
        "" if nothing_shown else compared(lines, words),
        *named(lines, words),
        nearly_all(lines, words),
        outside_middle(lines, briefing.group, words),
        not_shown((line.status for line in lines), words),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _names(names: list[str], words: Words) -> str:
    if len(names) <= MOST_NAMED:
        return swedish.join_words(names)
    rest = len(names) - MOST_NAMED + 1
    return swedish.join_words([*names[: MOST_NAMED - 1], words("named.more", count=swedish.count_word(rest))])
