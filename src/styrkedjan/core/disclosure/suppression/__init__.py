"""Which cells to hide beside the unsafe ones, so that no sum gives the unsafe ones away.

A pattern is safe when, for every unsafe cell, an attacker who knows all published cells, all relations and the bounds
of every hidden cell still finds it possible that the cell is ``upl`` larger, and ``lpl`` smaller, than it is. Among
the safe patterns we want the one whose hidden weight is the smallest.

    Table --blocks--> Block --quick--> a safe pattern --exact--> the best pattern, or a bound on how good it can be

Source: M. Fischetti, J.J. Salazar-González, "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47:7 (2001), 1008-1027.
"""

from styrkedjan.core.disclosure.suppression.pattern import Pattern
from styrkedjan.core.disclosure.suppression.solving import quick, suppress

__all__ = ["Pattern", "quick", "suppress"]
