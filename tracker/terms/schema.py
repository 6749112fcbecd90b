"""The JSON Schema of terms files, generated from the models (rules/schema.json holds a copy)."""

import json

from tracker.terms.model import Agreement


def schema_text() -> str:
    """Give the schema as the text of rules/schema.json."""
    schema = Agreement.model_json_schema(by_alias=True)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Terms of one cooperation agreement",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
