"""Whose words a text is, and at which level of the governance chain it stands."""

from enum import StrEnum


class Wording(StrEnum):
    """Whose words a text is: the agency's own, or ours until the official text is loaded."""

    OFFICIAL = "official"
    OURS = "ours"


class ChainLevel(StrEnum):
    """A level of the governance chain (nivå i styrkedjan)."""

    ORGANISER = "organiser"
    PRINCIPAL = "principal"
    TEACHING = "teaching"
