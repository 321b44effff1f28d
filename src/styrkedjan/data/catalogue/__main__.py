"""``python -m styrkedjan.data.catalogue [folder]``: check the catalogue's files and say what is wrong."""

import sys
from pathlib import Path

from styrkedjan.data.catalogue import check_catalogue, load_catalogue


def main(arguments: list[str]) -> int:
    """Print every problem and answer 1, or print what the catalogue holds and answer 0."""
    folder = Path(arguments[0] if arguments else "catalogue").resolve()
    problems = check_catalogue(folder)
    if problems:
        print("\n".join(str(problem) for problem in problems))
        print(f"{len(problems)} fel i katalogen {folder}.")
        return 1
    framework = load_catalogue(folder).framework
    print(
        f"Katalogen är hel: utgåva {framework.id} med {len(framework.sub_goals)} delmål, "
        f"{len(framework.success_factors)} framgångsfaktorer och {len(framework.measures)} mått."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
