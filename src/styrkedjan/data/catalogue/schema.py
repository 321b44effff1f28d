"""The schema of each kind of catalogue file, and its complaints in Swedish."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from styrkedjan.data.catalogue.problems import Problem, known, show
from styrkedjan.data.catalogue.reading import LOADER, Document, Key

SCHEMAS = Path(__file__).parents[1] / "catalogue_schemas"

TYPE_NAMES = {
    "string": "text",
    "integer": "ett heltal",
    "number": "ett tal",
    "boolean": "true eller false",
    "array": "en lista",
    "object": "nycklar med värden",
    "null": "null",
}

Complaint = tuple[Key, str, str]


def schema_problems(document: Document, schema: str) -> list[Problem]:
    """What in a document breaks its schema, by line. ``schema`` is the schema's file name without ending."""
    complaints = (
        complaint for error in _validator(schema).iter_errors(document.value) for complaint in _translated(error)
    )
    return sorted(document.problem(*complaint) for complaint in dict.fromkeys(complaints))


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(_schemas()[f"{schema}.yaml"], registry=_registry())


@cache
def _schemas() -> dict[str, dict[str, Any]]:
    return {
        path.name: yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - a safe loader
        for path in sorted(SCHEMAS.glob("*.yaml"))
    }


@cache
def _registry() -> Registry:
    return Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in _schemas().items())


def _translated(error: ValidationError) -> Iterator[Complaint]:
    """One complaint of the validator as key, what was expected and what was found."""
    key: Key = tuple(error.absolute_path)
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield key, f"nyckeln {name}", "ingen sådan nyckel"
    elif error.validator == "additionalProperties":
        names = error.schema.get("properties", {})
        for name in error.instance:
            if name not in names:
                yield (*key, name), known(f"en av nycklarna {', '.join(names)}", name, set(names)), "en okänd nyckel"
    elif "propertyNames" in error.absolute_schema_path:
        yield (*key, error.instance), _expected(error), f"nyckeln {show(error.instance)}"
    else:
        yield key, _expected(error), _found(error)


def _found(error: ValidationError) -> str:
    counted = {"minItems": "en tom lista", "minProperties": "ingenting", "uniqueItems": "samma värde flera gånger"}
    return counted.get(str(error.validator)) or show(error.instance)


EXPECTED = {
    "enum": lambda value: "något av " + ", ".join("null" if one is None else str(one) for one in value),
    "type": lambda value: " eller ".join(TYPE_NAMES[one] for one in ([value] if isinstance(value, str) else value)),
    "minimum": lambda value: f"minst {value}",
    "maximum": lambda value: f"högst {value}",
    "exclusiveMinimum": lambda value: f"mer än {value}",
    "minItems": lambda value: f"minst {value} i listan",
    "minProperties": lambda value: f"minst {value} nyckel",
    "minLength": lambda _: "en text som inte är tom",
    "uniqueItems": lambda _: "varje värde en gång",
}


def _expected(error: ValidationError) -> str:
    if error.validator == "pattern":
        return error.schema["expected"]
    return EXPECTED[str(error.validator)](error.validator_value)
