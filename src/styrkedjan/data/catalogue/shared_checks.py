"""Checks of what stands beside the editions: sources, words, size classes, glossary, workshop scripts."""

from collections.abc import Iterator
from string import Formatter

from styrkedjan.core.access import Agency, Event, Permission, Role
from styrkedjan.core.catalogue import ChainLevel, PeriodMeaning, Unit, Wording
from styrkedjan.core.places import OrganiserType
from styrkedjan.core.statistics import Status
from styrkedjan.data.catalogue.framework_checks import unique
from styrkedjan.data.catalogue.measure_checks import measures_of
from styrkedjan.data.catalogue.problems import Problem, known, show
from styrkedjan.data.catalogue.reading import Document
from styrkedjan.data.catalogue.shelf import LANGUAGES, Shelf

STEP_KINDS = ("information", "own_reflection", "table_talk", "check_out", "reassembly", "break")


def source_problems(shelf: Shelf) -> Iterator[Problem]:
    """Each source's labels lead to measures of the newest edition, and each measure has labels."""
    document = shelf.documents["sources.yaml"]
    measures = {measure["id"]: measure["official_label"] for _, _, measure in measures_of(shelf, shelf.newest)}
    forms = shelf.edition(shelf.newest, "edition.yaml").value["school_forms"]
    for source, entry in document.value.items():
        if entry["school_form"] not in forms:
            expected = known("en skolform i edition.yaml", entry["school_form"], set(forms))
            yield document.problem((source, "school_form"), expected, show(entry["school_form"]))
        yield from _mark_problems(document, source)
        yield from _label_problems(document, source, measures)
    labelled = {measure for entry in document.value.values() for measure in entry["labels"]}
    for file, key, measure in measures_of(shelf, shelf.newest):
        if measure["id"] not in labelled:
            yield file.problem(
                (*key, "id"), "ett mått med namn under labels i sources.yaml", f"{show(measure['id'])} utan namn"
            )


def _mark_problems(document: Document, source: str) -> Iterator[Problem]:
    entry = document.value[source]
    statuses = set(entry["marks"].values())
    for status in sorted(statuses ^ set(entry["mark_words"])):
        expected = f"en förklaring till {status}" if status in statuses else "en status som något tecken har"
        found = "ingen" if status in statuses else show(status)
        yield document.problem((source, "mark_words", status), expected, found)


def _label_problems(document: Document, source: str, measures: dict[str, str]) -> Iterator[Problem]:
    entry = document.value[source]
    printed: dict[str, str] = {}
    for measure, labels in entry["labels"].items():
        here = (source, "labels", measure)
        if measure not in measures:
            yield document.problem(here, known("ett mått i den senaste utgåvan", measure, set(measures)), show(measure))
        elif labels[0] != measures[measure]:
            yield document.problem((*here, 0), f"måttets official_label {show(measures[measure])}", show(labels[0]))
        for number, label in enumerate(labels):
            if label in printed:
                found = f"{show(label)}, som redan leder till {printed[label]}"
                yield document.problem((*here, number), "ett namn som leder till ett enda mått", found)
            printed.setdefault(label, measure)
    for measure in entry["absent"]:
        if measure not in entry["labels"]:
            yield document.problem(
                (source, "absent", measure), known("ett mått i labels", measure, set(entry["labels"])), show(measure)
            )


def size_class_problems(shelf: Shelf) -> Iterator[Problem]:
    """Size classes start at 0, follow each other without gap or overlap, and the last has no end."""
    document = shelf.documents["disclosure.yaml"]
    for kind in ("independent", "school_unit"):
        classes = document.value["size_classes"][kind]
        key = ("size_classes", kind)
        yield from unique(document, (((*key, number), "id", one["id"]) for number, one in enumerate(classes)))
        start: int | None = 0
        for number, one in enumerate(classes):
            if one["from_pupils"] != start:
                expected = "0" if start == 0 else f"där klassen före slutar, {show(start)}"
                yield document.problem((*key, number, "from_pupils"), expected, show(one["from_pupils"]))
            start = one["below_pupils"]
            if start is not None and start <= one["from_pupils"]:
                yield document.problem((*key, number, "below_pupils"), f"mer än {one['from_pupils']}", show(start))
        if start is not None:
            yield document.problem((*key, len(classes) - 1, "below_pupils"), "null i den sista klassen", show(start))


def glossary_problems(shelf: Shelf) -> Iterator[Problem]:
    """One English name and one Swedish term per noun."""
    document = shelf.documents["glossary.yaml"]
    for name in ("id", "swedish"):
        yield from unique(document, (((number,), name, term[name]) for number, term in enumerate(document.value)))


def workshop_problems(shelf: Shelf) -> Iterator[Problem]:
    """A script's id is its file's name, its factor exists and its steps are unique."""
    factors = {one["id"] for one in shelf.edition(shelf.newest, "success_factors.yaml").value["success_factors"]}
    for name, document in shelf.workshops():
        stem = name.removeprefix("workshops/").removesuffix(".yaml")
        if document.value["id"] != stem:
            yield document.problem(("id",), f"filens namn ”{stem}”", show(document.value["id"]))
        factor = document.value["success_factor"]
        if factor not in factors:
            yield document.problem(
                ("success_factor",), known("en faktor i den senaste utgåvan", factor, factors), show(factor)
            )
        yield from unique(document, ((key, "id", step["id"]) for key, step in document.items("steps")))


def words_problems(shelf: Shelf) -> Iterator[Problem]:
    """Every language has the same keys with the same placeholders, and the keys that the code builds are there."""
    documents = {language: shelf.documents[f"words.{language}.yaml"] for language in LANGUAGES}
    main, *others = documents.values()
    for key in sorted(_keys_that_code_builds(shelf) - set(main.value)):
        yield main.problem((key,), "nyckeln, som koden slår upp", "ingen sådan nyckel")
    for document in documents.values():
        yield from _placeholder_problems(document)
    for other in others:
        for one, two in ((main, other), (other, main)):
            for key in one.value:
                if key not in two.value:
                    yield two.problem((key,), f"samma nycklar som {one.file}", "ingen sådan nyckel")
        for key in main.value:
            ours, theirs = _placeholders(main.value[key]), _placeholders(other.value.get(key, main.value[key]))
            if None not in (ours, theirs) and ours != theirs:
                yield other.problem((key,), f"platshållarna i {main.file}: {_listed(ours)}", _listed(theirs))


def _placeholder_problems(document: Document) -> Iterator[Problem]:
    for key, text in document.value.items():
        if _placeholders(text) is None:
            yield document.problem((key,), "namngivna platshållare som {year}", show(text))


def _placeholders(text: str) -> frozenset[str] | None:
    """The names inside braces; None when the braces do not pair or a placeholder has no name."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return None
    return frozenset(names) if all(name.isidentifier() for name in names) else None


def _listed(names: frozenset[str] | None) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names or ())) or "inga"


def _keys_that_code_builds(shelf: Shelf) -> set[str]:
    """Keys made of a value's own name, such as ``mark.HIDDEN.short``."""
    measures = [measure for _, _, measure in measures_of(shelf, shelf.newest)]
    names = {
        "agency": list(Agency),
        "event": list(Event),
        "level": list(ChainLevel),
        "organiser_type": list(OrganiserType),
        "period": list(PeriodMeaning),
        "permission": list(Permission),
        "respondent": [measure["respondent"] for measure in measures if measure["respondent"]],
        "role": list(Role),
        "school_form": list(shelf.edition(shelf.newest, "edition.yaml").value["school_forms"]),
        "source": [measure["source"] for measure in measures],
        "step": list(STEP_KINDS),
        "unit": list(Unit),
        "wording": list(Wording),
    }
    keys = {f"{group}.{name}" for group, members in names.items() for name in members}
    return keys | {f"mark.{status.name}.{length}" for status in Status for length in ("short", "long")}
