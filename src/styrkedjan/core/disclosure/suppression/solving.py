"""The two doors: ``suppress`` for the best pattern that patience allows, ``quick`` for a safe pattern at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from styrkedjan.core.disclosure.cells import Table
from styrkedjan.core.disclosure.suppression.blocks import Block, divided
from styrkedjan.core.disclosure.suppression.exact import Search
from styrkedjan.core.disclosure.suppression.heuristic import Heuristic, Unprotectable, unprotectable
from styrkedjan.core.disclosure.suppression.pattern import Clock, Patience, Pattern
from styrkedjan.core.refused import WrongState

NAMED = 10  # cells that an error names before it says how many more there are
FOREVER = float("inf")


def suppress(table: Table, *, heuristic: bool = False, seconds: float = 60, clock: Clock | None = None) -> Pattern:
    """The lightest safe pattern, or when patience ends the lightest found, with a bound on how light one can be.

    In: with ``heuristic``, the fast pattern and a bound, without a search for the best. ``seconds`` are those of the
    clock, or without one those that the solver itself counts. Out: always a safe pattern.
    Raises: ``WrongState`` naming the unsafe cells that no pattern protects.
    """
    patience = Patience(seconds, clock)
    blocks = sorted(_protectable(table), key=lambda block: block.size)  # what the small do not use the large may
    founds = []
    for number, block in enumerate(blocks):
        share = patience.share(max(patience.left, 0.0) / (len(blocks) - number))
        with _naming(table, block):
            search = Search(block, share)
        founds.append(search.bounded() if heuristic else search.best())
    hidden = _hidden(table, blocks, [found.hidden for found in founds])
    weight, own = table.weight_of(hidden), table.weight_of(table.primaries)
    optimal = all(found.closed for found in founds)
    bound = weight if optimal else min(weight, own + sum(found.bound for found in founds))
    return Pattern(hidden, weight, optimal, bound)


def quick(table: Table) -> frozenset[int]:
    """A safe pattern by the heuristic alone.

    Raises: ``WrongState`` naming the unsafe cells that no pattern protects.
    """
    blocks = _protectable(table)
    patterns = []
    for block in blocks:
        with _naming(table, block):
            patterns.append(Heuristic(block, Patience(FOREVER)).pattern())
    return _hidden(table, blocks, patterns)


def _hidden(table: Table, blocks: Sequence[Block], patterns: Sequence[np.ndarray]) -> frozenset[int]:
    chosen = [block.cells[pattern] for block, pattern in zip(blocks, patterns, strict=True)]
    return table.primaries.union(*(table.columns.id[cells].tolist() for cells in chosen))


def _protectable(table: Table) -> tuple[Block, ...]:
    division = divided(table)
    if division.stuck.size:
        raise _unprotectable(table, division.stuck)
    return division.blocks


@contextmanager
def _naming(table: Table, block: Block) -> Iterator[None]:
    """Say of the first cell that could not be protected, and of the others like it, which they are in the table."""
    try:
        yield
    except Unprotectable:
        raise _unprotectable(table, block.cells[unprotectable(block)]) from None


def _unprotectable(table: Table, positions: np.ndarray) -> WrongState:
    ids = table.columns.id[positions].tolist()
    named = ", ".join(map(str, ids[:NAMED]))
    if len(ids) > NAMED:
        named += f" och {len(ids) - NAMED} till"
    return WrongState(
        f"{'Cellen' if len(ids) == 1 else 'Cellerna'} {named} går inte att skydda ens när allt som får döljas är dolt. "
        "Inget mönster har gjorts. Låt fler celler döljas (färre med status z), vidga gränserna för vad en angripare "
        "vet eller sänk skyddsnivåerna."
    )
