"""rules/schema.json: current, and in agreement with what the program accepts."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.support.agreements import RULES
from tracker.base.source import parse
from tracker.terms.schema import schema_text

AGREEMENTS = sorted((RULES / "agreements").glob("*.yaml"))


def test_the_copy_in_rules_is_current() -> None:
    assert (RULES / "schema.json").read_text(encoding="utf-8") == schema_text(), "run 'make schema'"


@pytest.mark.parametrize("path", AGREEMENTS, ids=lambda path: path.stem)
def test_the_agreements_fit_the_schema(path: Path) -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    value = parse(path.read_text(encoding="utf-8")).value
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(value)] == []


def test_short_forms_fit_the_schema_and_misspelt_keys_do_not() -> None:
    document = {
        "id": "contoh",
        "title": "Contoh",
        "signed": "2025-04-29",
        "parties": {"kesatu": {"name": "A"}, "kedua": {"name": "B"}},
        "term": {"length": "5 years", "from": "signed"},
        "rules": [
            {
                "id": "r",
                "clause": {"number": 8, "ayat": 2},
                "duty": {"by": "either", "to": "other", "act": "Memberitahukan"},
                "due": "30 days before term end",
            }
        ],
    }
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    assert list(validator.iter_errors(document)) == []
    assert list(validator.iter_errors(document | {"sgned": "2025-04-29"})) != []
