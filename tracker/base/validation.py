"""A pydantic error as one sentence: where, what is wrong, what was expected. Pure."""

from pydantic_core import ErrorDetails

_SHAPES = {
    "tuple_type": "is not a list, expected [a, b] or lines that begin with '-'",
    "model_type": "is not a group of keys, expected 'key: value' lines",
    "dict_type": "is not a group of keys, expected 'key: value' lines",
    "too_short": "has too few entries, expected more",
    "string_too_short": "is empty, expected a text",
}


def message(detail: ErrorDetails) -> str:
    """Say one validation error in words that help the person who wrote the file."""
    where = ".".join(str(step) for step in detail["loc"]) or "the file"
    given = detail["input"]
    match detail["type"]:
        case "missing":
            if detail["loc"][-1] in ("duty", "to"):
                return f"{where}: the rule has no addressee, expected 'duty: {{by: ..., to: ...}}'"
            return f"{where}: is missing, expected a value"
        case "extra_forbidden":
            return f"{where}: unknown key, expected one of the keys of the grammar (rules/README.md)"
        case "value_error":
            return f"{where}: {detail['msg'].removeprefix('Value error, ')}"
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return f"{where}: {given!r} is not a date, expected YYYY-MM-DD"
        case "string_pattern_mismatch":
            pattern = detail.get("ctx", {}).get("pattern", "")
            return f"{where}: {given!r} has the wrong form, expected the pattern {pattern}"
        case "enum" | "literal_error":
            return f"{where}: {given!r} is unknown, expected one of {detail['ctx']['expected']}"
        case kind if kind in _SHAPES:
            return f"{where}: {_SHAPES[kind]}"
        case _:
            shown = "" if isinstance(given, dict | list) else f" (given: {given!r})"
            return f"{where}: {detail['msg'][0].lower()}{detail['msg'][1:]}{shown}"
