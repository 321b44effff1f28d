"""`make bench`: speed and memory as ratios, each measured against its peer or its limit in this one run.

The official workbook is used where it lies beside the project, the invented nation elsewhere. Nothing here is a test
of seconds: a busy machine is slow at both sides of a ratio.
"""

import os
import shutil
from pathlib import Path

from tests.conftest import UFA, make_home


def main() -> None:
    home = make_home()
    os.environ["STYRKEDJAN_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    from styrkedjan.site.running import house
    from tests.benchmarks import access, answering, importing, nation, packs, pages, results, sign_in, suppression

    workbook = UFA if UFA.exists() else _invented(home)
    print(f"Workbook: {workbook.name} ({workbook.stat().st_size / 1e6:.1f} MB), {os.cpu_count()} cores\n")
    try:
        with house():
            importing.bench(workbook)
            pages.bench()
            packs.bench(home)
        sign_in.bench(home)
        access.bench(home)
        answering.bench(home)
        results.bench(home)
        suppression.bench()
        nation.bench()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _invented(home: Path) -> Path:
    from styrkedjan.data.invented_nation import invented_workbooks
    from tests.data.ufa_source import MEASURES, UFA_SOURCE

    name, content = sorted(invented_workbooks(UFA_SOURCE, MEASURES).items())[-1]
    path = home / name
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    main()
