"""What the packages that are locked may be used under, and whether that fits a product under EUPL-1.2.

``python scripts/licences.py`` lists every package with its licence, and answers 1 when one is unknown or does not fit.
Source: EUPL 1.2, article 5 and its appendix of compatible licences. A library that is used as it is, beside the
product, may have a licence of its own; what is not allowed is one that would reach the product itself, as the GPL does.
"""

import argparse
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements-setup.txt", "requirements.txt", "requirements-dev.txt")
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT",
    "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
# What packages without a licence expression call their licences.
CALLED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Packages that say nothing that can be read: what stands in the licence file that comes with them.
READ_BY_HAND = {"axe-playwright-python": "MIT"}
# Classifiers are a list without a word between. For these the package says that one may choose.
CHOICE = {"pyphen"}
_CLASSIFIER = "License :: OSI Approved :: "


def main(arguments: list[str]) -> int:
    """List the licences, and say which do not fit."""
    parser = argparse.ArgumentParser(description="licences of the packages that are locked")
    parser.add_argument("locks", nargs="*", type=Path, default=[PROJECT / name for name in LOCKS])
    parser.add_argument("--quiet", action="store_true", help="only what does not fit")
    options = parser.parse_args(arguments)
    found = {name: licence_of(name) for name in sorted({name for lock in options.locks for name in locked(lock)})}
    wrong = {name: licence for name, licence in found.items() if not fits(licence)}
    for name, licence in found.items() if not options.quiet else ():
        print(f"{name:<28} {licence or '?'}")
    for name, licence in wrong.items():
        print(
            f"{name}: {licence or 'no licence that can be read'}; it does not fit, or nobody has looked.",
            file=sys.stderr,
        )
    return 1 if wrong else 0


def locked(lock: Path) -> Iterator[str]:
    """The names of the packages in a lock file."""
    for line in lock.read_text().splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9._-]*)(\[[^]]*\])?==", line):
            yield match[1]


def licence_of(name: str) -> str:
    """A package's licence as an SPDX expression; empty when it says nothing that is understood."""
    try:
        said = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return READ_BY_HAND.get(name, "")
    classifiers = [text.removeprefix(_CLASSIFIER) for text in said.get_all("Classifier", []) if _CLASSIFIER in text]
    return (
        said.get("License-Expression")
        or (" OR " if name in CHOICE else " AND ").join(CALLED.get(each, each) for each in classifiers)
        or _plain(said.get("License") or "")
        or READ_BY_HAND.get(name, "")
    )


def _plain(text: str) -> str:
    """A licence field that happens to hold an expression or a name that is known."""
    text = text.strip()
    return text if text in ALLOWED else {"PSFL": "PSF-2.0", "BSD": "BSD-3-Clause"}.get(text, "")


def fits(expression: str) -> bool:
    """Whether a licence expression lets the package stand beside a product under EUPL-1.2."""
    if "(" in expression:  # no need to weigh what belongs to what when all of it fits
        return set(re.split(r"[()\s]+(?:AND|OR)[()\s]+|[()]+", expression.strip())) - {""} <= ALLOWED
    choices = re.split(r"\s+OR\s+", expression.strip())
    return any(set(re.split(r"\s+AND\s+", choice)) <= ALLOWED for choice in choices)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
