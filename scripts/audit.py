"""Known faults in the packages that are locked, and licences that do not fit.

``python -m scripts.audit`` asks the register of faults through pip-audit, package by package, and needs the network.
It answers 0 only when every package has been looked up and nothing was found. One that could not be looked up has not
been audited, whatever the rest says: pip-audit by itself would call that a success.
"""

import json
import subprocess
import sys
from pathlib import Path

from scripts.licences import LOCKS
from scripts.licences import main as check_licences

PROJECT = Path(__file__).resolve().parents[1]
TOOL = Path(sys.executable).with_name("pip-audit")


def main() -> int:
    """Audit faults and licences, and say what was found of either."""
    licences = check_licences(["--quiet"])
    print("Licences: " + ("every package fits." if not licences else "see above."))
    found, complaint = look_up([PROJECT / name for name in LOCKS])
    faults, unknown = report(found)
    print("\n".join(faults))
    if complaint or unknown:
        print(f"NOT AUDITED: {complaint or f'{len(unknown)} of {len(found)} packages could not be looked up'}.")
        print("The register of faults could not be reached or does not know them. Run this where there is a network.")
        return 1
    print(f"Faults: {len(found)} packages looked up, {len(faults)} known faults.")
    return 1 if licences or faults else 0


def look_up(locks: list[Path]) -> tuple[list[dict], str]:
    """What the register says of every package, and a complaint when it could not be asked at all."""
    files = [argument for lock in locks for argument in ("-r", str(lock))]
    command = [str(TOOL), "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json", *files]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    try:
        return json.loads(done.stdout)["dependencies"], ""
    except (ValueError, KeyError):
        return [], (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]


def report(found: list[dict]) -> tuple[list[str], list[str]]:
    """A line for each fault, and the names of the packages that were not looked up."""
    faults = [
        f"FAULT {each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        for each in found
        for fault in each.get("vulns", ())
    ]
    return faults, [each["name"] for each in found if "skip_reason" in each]


if __name__ == "__main__":
    raise SystemExit(main())
