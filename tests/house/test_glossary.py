"""The glossary: one English name per noun, no Swedish in names, and docstrings that give the Swedish term."""

import ast
import re
from collections.abc import Iterator

import pytest

from styrkedjan.core.catalogue import GlossaryTerm
from styrkedjan.data.catalogue import load_catalogue
from tests.house.source import PROJECT, Source, obeyed, planted, sources

# A word that stands in no name, and the glossary's word for it.
WRONG_WORDS = {
    "huvudman": "organiser",
    "huvudmannen": "organiser",
    "provider": "organiser",
    "organizer": "organiser",
    "authority": "organiser",
    "rektor": "principal",
    "headteacher": "principal",
    "headmaster": "principal",
    "skolenhet": "school_unit",
    "skola": "school_unit",
    "enhet": "school_unit",
    "skolform": "school_form",
    "lasar": "school_year",
    "lasår": "school_year",
    "malsattning": "national_goal",
    "delmal": "sub_goal",
    "subgoal": "sub_goal",
    "subgoals": "sub_goal",
    "indikator": "indicator",
    "kpi": "measure",
    "metric": "measure",
    "metrics": "measure",
    "matt": "measure",
    "underlag": "briefing",
    "dossier": "briefing",
    "framgangsfaktor": "success_factor",
    "styrkedja": "governance_chain",
    "forutsattning": "operating_condition",
    "sjalvvardering": "self_assessment",
    "insats": "initiative",
    "uppfoljning": "follow_up",
    "utgava": "edition",
    "samtal": "table_talk",
    "likvardighet": "equity",
}
# Addresses and options are Swedish, and what carries their value has their name: (layer, name).
SWEDISH_OUTSIDE = {("site", "lasar"), ("pages", "lasar")}


def names_in(source: Source) -> Iterator[tuple[str, int]]:
    """Every name that the file gives to something, with its line."""
    yield source.name.removesuffix(".py").split("/")[-1], 1
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def words_of(name: str) -> list[str]:
    """``SchoolUnit`` and ``school_unit`` are both school, unit."""
    return re.sub(r"(?<=[a-zåäö0-9])(?=[A-ZÅÄÖ])", "_", name).lower().strip("_").split("_")


def wrong_names(found: list[Source]) -> Iterator[str]:
    for source in found:
        for name, line in sorted(set(names_in(source))):
            if (source.layer, name) in SWEDISH_OUTSIDE:
                continue
            if not name.isascii():
                yield f"{source.name}:{line} {name}: names are English, Swedish is for the screens."
            for word in set(words_of(name)) & WRONG_WORDS.keys():
                yield f"{source.name}:{line} {name}: the house says {WRONG_WORDS[word]} (catalogue/glossary.yaml)."


def untranslated(found: list[Source], glossary: tuple[GlossaryTerm, ...]) -> Iterator[str]:
    """A class of core that is a noun of the glossary gives the Swedish term in its docstring."""
    terms = {term.id.replace("_", ""): term.swedish for term in glossary if term.swedish != term.id}
    for source in found:
        for node in source.tree.body if source.layer == "core" else ():
            if not isinstance(node, ast.ClassDef) or node.name.lower() not in terms:
                continue
            term = terms[node.name.lower()]
            if term.casefold() not in (ast.get_docstring(node) or "").casefold():
                yield f"{source.name}:{node.lineno} {node.name}: give the Swedish term ({term}) in the docstring."


def test_names_are_the_glossarys():
    obeyed(wrong_names(sources()), "One English name per noun.")


def test_nouns_of_core_give_their_swedish_term():
    glossary = load_catalogue(PROJECT / "catalogue").glossary
    obeyed(untranslated(sources(), glossary), "A noun's class says what it is called in Swedish.")


@pytest.mark.parametrize(
    "text",
    [
        "huvudman_key = 1",
        "class Skolenhet: pass",
        "def delmal_of(x): pass",
        "def f(lasar): pass",
        "provider = 1",
        "self.kpi_value = 1",
        "läsår = 1",
        "for subgoal in goals: pass",
    ],
)
def test_a_name_beside_the_glossary_is_caught(text):
    assert list(wrong_names(planted(core__x=text + "\n")))


def test_a_file_beside_the_glossary_is_caught():
    assert list(wrong_names(planted(queries__underlag="")))


def test_names_that_only_look_wrong():
    assert not list(wrong_names(planted(core__x="matter = formatted = 1\n", site__y="options.lasar = 1\n")))


def test_a_noun_without_its_term_is_caught():
    glossary = (GlossaryTerm("sub_goal", "delmål", "En precisering."),)
    assert list(untranslated(planted(core__x='class SubGoal:\n    """A goal."""\n'), glossary))
    assert not list(untranslated(planted(core__x='class SubGoal:\n    """A goal (delmål)."""\n'), glossary))
