"""Where state lives: one folder, ``var/`` beside the project unless ``STYRKEDJAN_HOME`` says otherwise."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
PROJECT = PACKAGE.parents[1]


def home() -> Path:
    """The folder of all state: database, statistics store, landed files. Not created here."""
    chosen = os.environ.get("STYRKEDJAN_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()
    return base / "var"


def catalogue_folder() -> Path:
    """The folder of the catalogue; ``STYRKEDJAN_CATALOGUE`` points at another one."""
    return Path(os.environ.get("STYRKEDJAN_CATALOGUE") or PROJECT / "catalogue").resolve()
