"""A pydantic error as one sentence: where, what is wrong, what was expected. Pure."""

from pydantic_core import ErrorDetails


def message(detail: ErrorDetails) -> str:
    """Say one validation error in words that help the person who wrote the file."""
    where = ".".join(str(step) for step in detail["loc"])
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
        case _:
            shown = "" if isinstance(given, dict | list) else f" (given: {given!r})"
            return f"{where}: {detail['msg'][0].lower()}{detail['msg'][1:]}{shown}"
