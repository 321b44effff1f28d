"""A version of a working paper as it leaves the organiser: one text, byte for byte, and the hash on its receipt."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from styrkedjan.core.sharing.kinds import PaperKind
from styrkedjan.core.statistics import SchoolYear

FORMAT = "styrkedjan.working_paper.1"


@dataclass(frozen=True)
class Version:
    """The contents of a working paper (arbetsmaterial) at one time; never changed."""

    paper: str
    place: str
    kind: PaperKind
    school_year: SchoolYear
    number: int
    title: str
    contents: Mapping[str, object]
    written_at: datetime


def canonical(version: Version) -> bytes:
    """The version as JSON in UTF-8, the same bytes every time: sorted keys, two spaces, a new line at the end.

    Who wrote it does not leave with it: the receipt says who shared it.
    """
    content = {
        "format": FORMAT,
        "paper": version.paper,
        "place": version.place,
        "kind": str(version.kind),
        "school_year": str(version.school_year),
        "version": version.number,
        "title": version.title,
        "contents": version.contents,
        "written_at": version.written_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def sha256_of(version: Version) -> str:
    """The hash of ``canonical``: what the receipt vouches for, and what any tool for SHA-256 gives of the file."""
    return hashlib.sha256(canonical(version)).hexdigest()
