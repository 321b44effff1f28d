"""Sharing: the kinds of working material, what they may hold, how versions differ and what a receipt vouches for."""

from styrkedjan.core.sharing.audience import RECEIVERS, Audience, audience
from styrkedjan.core.sharing.differences import Piece, differences, pieces
from styrkedjan.core.sharing.figures import COLUMNS, MOST_FIGURES, Figure, FigureTable, Problem, figures_in
from styrkedjan.core.sharing.kinds import KINDS, PARTS, KindRule, PaperKind, SavedMeanwhile
from styrkedjan.core.sharing.texts import LONGEST_TEXT, LONGEST_TITLE, clean, title
from styrkedjan.core.sharing.versions import Version, canonical, sha256_of

__all__ = [
    "COLUMNS",
    "KINDS",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "MOST_FIGURES",
    "PARTS",
    "RECEIVERS",
    "Audience",
    "Figure",
    "FigureTable",
    "KindRule",
    "PaperKind",
    "Piece",
    "Problem",
    "SavedMeanwhile",
    "Version",
    "audience",
    "canonical",
    "clean",
    "differences",
    "figures_in",
    "pieces",
    "sha256_of",
    "title",
]
