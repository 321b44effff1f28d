"""What has changed between two versions: whole lines first, and within changed lines the words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Comparing costs as many steps as there are pairs of equal parts. Beyond this a passage counts as rewritten, so that
# no text can keep the server busy.
MOST_PAIRS = 300_000

Change = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Piece:
    """A run of text that is the same in both versions, or stands in one of them alone."""

    change: Change
    text: str


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[Piece, ...]]:
    """The parts that differ, each as pieces in reading order."""
    keys = dict.fromkeys((*before, *after))
    compared = {key: (before.get(key, ""), after.get(key, "")) for key in keys}
    return {key: pieces(old, new) for key, (old, new) in compared.items() if old != new}


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one: joined, the same and the added give ``after``, the same and the removed give ``before``."""
    return tuple(_joined(_lines(before, after)))


def _lines(before: str, after: str) -> Iterator[Piece]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for change, a, b, c, d in _steps(old, new):
        if change == "equal":
            yield Piece("same", "".join(old[a:b]))
        else:
            yield from _words("".join(old[a:b]), "".join(new[c:d]))


def _words(before: str, after: str) -> Iterator[Piece]:
    """Words are compared without the space after them, so that a new line after a word does not change the word."""
    old, new = _tokens(before), _tokens(after)
    for change, a, b, c, d in _steps([word for word, _ in old], [word for word, _ in new]):
        if change == "equal":
            for (word, space_before), (_, space_after) in zip(old[a:b], new[c:d], strict=True):
                yield from _word(word, space_before, space_after)
        else:
            yield Piece("removed", "".join(word + space for word, space in old[a:b]))
            yield Piece("added", "".join(word + space for word, space in new[c:d]))


def _word(word: str, space_before: str, space_after: str) -> Iterator[Piece]:
    if space_before == space_after:
        yield Piece("same", word + space_after)
    else:
        yield from (Piece("same", word), Piece("removed", space_before), Piece("added", space_after))


def _tokens(text: str) -> list[tuple[str, str]]:
    """Each word with the space after it; space at the start has no word."""
    return [(word, space) for word, space in re.findall(r"(\S*)(\s*)", text) if word or space]


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """What becomes what: the kind, and where it begins and ends in old and in new. Both ends are compared first."""
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - end, len(new) - end
    yield "equal", 0, start, 0, start
    middle_old, middle_new = old[start:old_end], new[start:new_end]
    if _pairs(middle_old, middle_new) > MOST_PAIRS:
        yield "replace", start, old_end, start, new_end
    else:
        for change, a, b, c, d in SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes():
            yield change, start + a, start + b, start + c, start + d
    yield "equal", old_end, len(old), new_end, len(new)


def _alike(first: Sequence[str], second: Sequence[str]) -> int:
    pairs = zip(first, second, strict=False)
    return next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counted = Counter(new)
    return sum(count * counted[part] for part, count in Counter(old).items())


def _joined(found: Iterator[Piece]) -> Iterator[Piece]:
    """Without empty pieces, and neighbours of a kind as one."""
    held: Piece | None = None
    for piece in found:
        if not piece.text:
            continue
        if held is not None and held.change == piece.change:
            held = Piece(held.change, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
