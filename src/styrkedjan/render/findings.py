"""Finding sentences: what the numbers of a briefing say, and never more than that.

Every sentence is chosen by a rule on released values and worded in the words file. None of them grades anybody.
"""

from collections.abc import Iterable
from dataclasses import replace

from styrkedjan.core.briefings import Briefing, Line
from styrkedjan.core.catalogue import Measure
from styrkedjan.core.indicators import ComparisonGroup, Position
from styrkedjan.core.statistics import Status
from styrkedjan.render import swedish
from styrkedjan.render.values import amount, difference
from styrkedjan.render.words import Words

MOST_NAMED = 4  # more names than this in a sentence become a count
MOST_IN_WORDS = 12  # counts out of more than this are printed in digits


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
    found = {position: count for position, count in counts.items() if count}
    total, all_lines = sum(found.values()), len(lines)
    if not total:
        return words("tally.none", total=_count(all_lines, all_lines))
    if total == all_lines:
        return _whole_tally(found, all_lines, words)
    return words(
        "tally.some",
        compared=swedish.capitalise(_count(total, all_lines)),
        total=_count(all_lines, all_lines),
        parts=_tally_of_some(found, all_lines, words),
    )


def _whole_tally(found: dict[Position, int], total: int, words: Words) -> str:
    if len(found) == 1:
        where = words(f"position.{next(iter(found))}")
        return words(f"tally.every.{_extent(total)}", total=_count(total, total), where=where)
    return words("tally.all", total=_count(total, total), parts=_parts(found, total, words))


def _tally_of_some(found: dict[Position, int], total: int, words: Words) -> str:
    if len(found) == 1:
        (position, count), *_ = found.items()
        return words(f"tally.those.{_extent(count)}", where=words(f"position.{position}"))
    return words("tally.those.mixed", parts=_parts(found, total, words))


def _parts(found: dict[Position, int], total: int, words: Words) -> str:
    first, *rest = found
    parts = [words(f"tally.first.{first}", count=_count(found[first], total))]
    parts += [words(f"tally.next.{position}", count=_count(found[position], total)) for position in rest]
    return swedish.join_words(parts)


def _count(count: int, total: int) -> str:
    """A count in words when the whole is at most tolv, else in digits, so that a sentence does not mix the two."""
    return swedish.count_word(count) if total <= MOST_IN_WORDS else swedish.number(count, 0)


def _extent(count: int) -> str:
    return {1: "one", 2: "both"}.get(count, "all")


def outside_middle(
    lines: tuple[Line, ...], group: ComparisonGroup, words: Words, *, also_when_none: bool = True
) -> str:
    """Which lines lie outside the span of eight in ten comparable places; empty when nothing can be said.

    ``also_when_none`` says so too when all lie inside.
    """
    judged = [line for line in lines if line.within_middle is not None]
    outside = [line.measure.short_name for line in judged if line.within_middle is False]
    if outside:
        return words("middle.outside", names=_names(outside, words), group=group_name(group, words))
    if not judged or not also_when_none:
        return ""
    return words.count("middle.all", len(judged), group=group_name(group, words))


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
        words(f"not_shown.{status.name}.{_share(count, total)}", count=_count(count, total))
        for status, count in sorted(counts.items(), key=lambda c: -c[1])
    ]
    key = "not_shown.one" if hidden == 1 else "not_shown.none" if hidden == total else "not_shown.many"
    printed = swedish.capitalise(_count(hidden, total))
    return words(key, count=printed, total=_count(total, total), reasons=swedish.join_words(reasons))


def _share(count: int, total: int) -> str:
    if count == 1:
        return "one"
    return "all" if count == total else "many"


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
    decimals = 0 if floor == int(floor) else measure.decimals
    return words("rule.floor", floor=difference(floor, replace(measure, decimals=decimals), words))


def section_findings(lines: tuple[Line, ...], briefing: Briefing, words: Words) -> tuple[str, ...]:
    """The finding sentences of one sub-goal, most important first."""
    nothing_shown = not any(line.status.has_number for line in lines)
    sentences = (
        "" if nothing_shown else compared(lines, words),
        nearly_all(lines, words),
        outside_middle(lines, briefing.group, words, also_when_none=False),
        not_shown((line.status for line in lines), words),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _names(names: list[str], words: Words) -> str:
    if len(names) <= MOST_NAMED:
        return swedish.join_words(names)
    rest = len(names) - MOST_NAMED + 1
    return swedish.join_words([*names[: MOST_NAMED - 1], words("named.more", count=swedish.count_word(rest))])
