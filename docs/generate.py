"""Make the reference pages that follow from the code and the catalogue, so that they never say anything else.

``python docs/generate.py`` writes them. ``python docs/generate.py --check`` writes nothing: it says which pages are
stale and answers 1. Neither needs a database; Django is set up only to read the addresses.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import yaml

from styrkedjan.core.access import (
    STRONG_PERMISSIONS,
    Permission,
    Role,
    permissions_of,
)
from styrkedjan.core.catalogue import CONDITION_GROUPS, Catalogue, Measure
from styrkedjan.core.people import ROLE_PLACES, PlaceKind
from styrkedjan.core.privacy import PrivacyTable
from styrkedjan.core.statistics import Status
from styrkedjan.data.catalogue import load_catalogue, load_privacy
from styrkedjan.render.privacy import printed_privacy
from styrkedjan.render.words import Words

PROJECT = Path(__file__).resolve().parents[1]
CATALOGUE = PROJECT / "catalogue"
SIZES = "size_classes"
HEAD = "<!-- Made by docs/generate.py. Change the code or the catalogue and run `make docs`. -->\n\n"


def main(arguments: list[str]) -> int:
    """Write every page, or say which are stale."""
    options = _parser().parse_args(arguments)
    pages = {f"{name}.md": HEAD + make() for name, make in _pages().items()}
    stale = [name for name, text in pages.items() if _text(options.folder / name) != text]
    if options.check:
        for name in stale:
            print(f"{name} is stale: run `make docs`")
        return 1 if stale else 0
    for name in stale:
        (options.folder / name).write_text(pages[name], encoding="utf-8")
        print(f"wrote {name}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="make the generated reference pages")
    parser.add_argument("--check", action="store_true", help="write nothing, say which pages are stale")
    parser.add_argument("--folder", type=Path, default=PROJECT / "docs" / "reference", help="where the pages are")
    return parser


def _pages() -> dict[str, Callable[[], str]]:
    known = load_catalogue(CATALOGUE)
    return {
        "measures": lambda: measures(known),
        "marks": lambda: marks(known),
        "thresholds": lambda: thresholds(known),
        "permissions": lambda: permissions(known),
        "privacy": lambda: privacy(load_privacy(CATALOGUE), Words("sv", known.words["sv"])),
        "glossary": lambda: glossary(known),
        "commands": commands,
        "addresses": addresses,
        "asvs": asvs,
    }


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([_cell(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def measures(known: Catalogue) -> str:
    """Every measure of the framework edition, in the order of the official table."""
    framework = known.framework
    goals = {goal.id: goal for goal in framework.sub_goals}
    text = (
        f"# Measures (mått)\n\nThe {len(framework.measures)} measures of framework edition {framework.id}. "
        "*Floor* is the smallest difference from riket that is called a difference, and for a place with few pupils; "
        "*jump* is the change between two school years that the import report points out. What `source` and `period` "
        "mean is said on the page Indikatorer och definitioner.\n"
    )
    for group in dict.fromkeys(measure.group for measure in framework.measures):
        title = goals[group].short_name if group in goals else known.words["sv"][f"conditions.{group}"]
        kind = f"Delmål {group}" if group in goals else "Förutsättningar"
        assert group in goals or group in CONDITION_GROUPS, f"{group} is neither sub-goal nor condition"
        text += f"\n## {kind}: {title}\n\n"
        heads = ("id", "name", "unit", "decimals", "source", "period", "floor", "floor, few pupils", "jump", "breaks")
        text += _table(heads, (_measure(measure) for measure in framework.measures_of(group)))
    return text


def _measure(measure: Measure) -> Iterator[object]:
    yield f"`{measure.id}`"
    yield measure.name
    yield measure.unit
    yield measure.decimals
    yield measure.source + (f" ({measure.respondent})" if measure.respondent else "")
    yield measure.period
    for number in (measure.practical_floor, measure.practical_floor_small, measure.jump):
        yield "" if number is None else f"{number:g}"
    yield "; ".join(f"{each.first_school_year}: {each.note}" for each in measure.breaks)


def marks(known: Catalogue) -> str:
    """Every status with its number in the store, its sign in each source, and its words."""
    sources = list(known.sources.values())
    words = known.words["sv"]
    heads = (
        "status",
        "stored as",
        "number?",
        *(f"sign in {source.id}" for source in sources),
        "short word",
        "long word",
    )
    rows = []
    for status in Status:
        signs = (
            " ".join(f"`{sign}`" for sign, meaning in source.marks.meanings.items() if meaning is status)
            for source in sources
        )
        short, long = (words[f"mark.{status.name}.{length}"] for length in ("short", "long"))
        rows.append((status.name, int(status), "yes" if status.has_number else "no", *signs, short, long))
    return (
        "# Marks (tecken)\n\nA number has a status and never stands alone. A sign means what its source says it means; "
        "a sign that is not listed stops the import.\n\n"
        + _table(heads, rows)
        + "".join(f"\n## {source.name}, in the source's own words\n\n{_own_words(source)}" for source in sources)
    )


def _own_words(source) -> str:  # noqa: ANN001
    return _table(("status", "explanation"), source.mark_words.items())


def thresholds(known: Catalogue) -> str:
    """Every limit of the number gate with the reason for it."""
    rules = known.disclosure
    reasons = {name: why for name, why in rules.references.items() if name not in SIZES}
    rows = [(f"`{name}`", getattr(rules, name, "not used yet"), why) for name, why in reasons.items()]
    text = "# Thresholds\n\nFrom `catalogue/disclosure.yaml`. Limits not used yet wait for answers of our own.\n\n"
    text += _table(("limit", "value", "reason"), rows)
    text += f"\n## Size classes\n\n{rules.references[SIZES]}\n"
    for kind, classes in rules.size_classes.items():
        text += f"\n### {kind}\n\n"
        text += _table(("id", "name"), ((f"`{each.id}`", each.name) for each in classes))
    return text


def permissions(known: Catalogue) -> str:
    """Which role may do what."""
    words = known.words["sv"]
    rows = (
        (f"`{permission}`", words[f"permission.{permission}"], _strong(permission), *_allowed(permission))
        for permission in Permission
    )
    heads = ("permission", "in Swedish", "second factor", *(f"`{role}`" for role in Role))
    roles = ((f"`{role}`", words[f"role.{role}"], _where(role)) for role in Role)
    return (
        "# Permissions\n\nFrom `core/access/roles.py`. An empty cell is a no. A permission holds at the place of the "
        "role and under it; every role also has what `signed_in` has. *Second factor*: a link by e-mail is not enough, "
        "it takes a passkey, a one-time code or an e-legitimation.\n\n"
        + _table(heads, rows)
        + "\n## Roles\n\n"
        + _table(("role", "in Swedish", "given at"), roles)
    )


def _strong(permission: Permission) -> str:
    return "yes" if permission in STRONG_PERMISSIONS else ""


def _allowed(permission: Permission) -> Iterator[str]:
    return ("yes" if permission in permissions_of(role) else "" for role in Role)


WHERE = {
    PlaceKind.ORGANISER: "an organiser",
    PlaceKind.SCHOOL_UNIT: "a school unit",
    PlaceKind.AGENCY: "an agency",
    PlaceKind.NATION: "riket",
}


def _where(role: Role) -> str:
    """The places that a role can be given at, from the table that invitations are held to."""
    kinds = ROLE_PLACES.get(role, ())
    return " or ".join(text for kind, text in WHERE.items() if kind in kinds) or "nowhere: it needs no grant"


def privacy(tables: tuple[PrivacyTable, ...], words: Words) -> str:
    """Every column of the database: what it holds, how long and why."""
    text = (
        "# Privacy\n\nEvery column of the database, from `catalogue/privacy.yaml`. Words in Swedish, as in the file. "
        "`styrkedjan gallra` follows the same rules. *Stays* is why a column is left when a person is removed.\n"
    )
    for table in printed_privacy(tables, words):
        text += f"\n## {table.name}\n\n{table.about}. Sparas {table.kept}.\n\n"
        rows = ((f"`{c.name}`", c.privacy_class, c.kept, c.why, c.stays) for c in table.columns)
        text += _table(("column", "class", "kept", "why", "stays"), rows)
    return text


def glossary(known: Catalogue) -> str:
    """The nouns of the house: the English name in the code and the Swedish term on the screens."""
    rows = ((f"`{term.id}`", term.swedish, term.definition) for term in known.glossary)
    return "# Glossary\n\nOne English name per noun in the code, one Swedish term on the screens.\n\n" + _table(
        ("name in the code", "Swedish term", "meaning"), rows
    )


def commands() -> str:
    """What each command is for and what it takes. Made from the parser, not its help, whose form varies with Python."""
    from styrkedjan.site.cli import _parser as command_parser

    listed = next(each for each in command_parser()._actions if isinstance(each, argparse._SubParsersAction))
    summaries = {choice.dest: choice.help for choice in listed._choices_actions}
    text = "# Commands\n\nExit codes: 0 done, 2 refused with a reason in Swedish, 130 interrupted.\n"
    for name, parser in listed.choices.items():
        arguments = [each for each in parser._actions if each.dest != "help"]
        line = " ".join(["styrkedjan", name, *(_usage(each) for each in arguments)])
        text += f"\n## {name}\n\n{_sentence(summaries[name])}\n\n```sh\n{line}\n```\n"
        rows = [(f"`{_argument(each)}`", each.help or "", _default(each)) for each in arguments]
        text += "\n" + _table(("argument", "meaning", "otherwise"), rows) if rows else ""
    return text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _argument(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    if not action.option_strings:
        return str(value)
    return action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {value}"


def _usage(action: argparse.Action) -> str:
    is_free = bool(action.option_strings) or action.nargs in ("?", argparse.REMAINDER)
    return f"[{_argument(action)}]" if is_free else _argument(action)


def _default(action: argparse.Action) -> str:
    return str(action.default) if isinstance(action.default, int) and action.nargs != 0 else ""


def addresses() -> str:
    """Every address of the site with what its view says of itself."""
    surroundings = {"DATABASE_URL": "dbname=none", "STYRKEDJAN_SECRET_KEY": "none"}  # nothing connects or signs here
    os.environ.update(surroundings, DJANGO_SETTINGS_MODULE="styrkedjan.site.settings")
    import django

    django.setup()
    from styrkedjan.site.urls import urlpatterns

    rows = [(f"`/{route}`", f"`{name}`", says) for route, name, says in _routes(urlpatterns)]
    return (
        "# Addresses\n\nAddresses are Swedish and stable. The pages of a place take `?lasar=2024` for another school "
        "year than the latest.\n\n" + _table(("address", "name", "what is there"), rows)
    )


def asvs() -> str:
    """Each requirement of OWASP ASVS, with what shows that it is met or why it is not."""
    chapters = yaml.safe_load((PROJECT / "docs" / "asvs.yaml").read_text(encoding="utf-8"))["chapters"]
    rows = [row for chapter in chapters for row in chapter["requirements"]]
    counts = ", ".join(f"{answer}: {count}" for answer, count in Counter(row["answer"] for row in rows).items())
    text = (
        "# OWASP ASVS 5.0.0, levels 1 and 2\n\nThe requirements of the Application Security Verification Standard in "
        "our own words, from `docs/asvs.yaml`. *Yes* names the tests (under `tests/`) or files that show it; *no* and "
        f"*not applicable* say why. {len(rows)} requirements. {counts.capitalize()}.\n"
    )
    for chapter in chapters:
        text += f"\n## {chapter['id'].removeprefix('v5.0.0-')} {chapter['title']}\n\n"
        text += _table(
            ("id", "level", "requirement", "", "shown by, or why not"), map(_requirement, chapter["requirements"])
        )
    return text


def _requirement(row: dict) -> tuple[object, ...]:
    shown = ", ".join(f"`{each}`" for each in row.get("by", ())) or row.get("why", "")
    return row["id"], row["level"], row["text"], row["answer"], shown


def _routes(patterns: list, before: str = "") -> Iterator[tuple[str, str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route)
        else:
            says = (pattern.callback.__doc__ or "").strip().split("\n\n")[0]
            yield route, pattern.name or "", says


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
