"""The number gate: the only way from raw numbers to anything that can be shown, and the proof that it holds."""

from styrkedjan.core.disclosure.statistics import CellKey, Distribution, ReleasedTable, ReleasedValue, release

__all__ = ["CellKey", "Distribution", "ReleasedTable", "ReleasedValue", "release"]
