"""The small values every part of the terms is made of: texts, names, places in the document."""

from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from tracker.terms.grammar import SLUG

Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$")]
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Days = Annotated[int, Field(ge=0, le=3650)]


class Frozen(BaseModel):
    """Base of all terms values: immutable, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


def or_short(schema: Any, handler: GetJsonSchemaHandler, short: dict[str, Any]) -> dict[str, Any]:
    """Give the JSON Schema of a model that may also be written in a short form."""
    return {"anyOf": [short, handler(schema)]}


class Words(Frozen):
    """One thing said in both languages; a plain string in the file is the Indonesian text."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Allow the short form in the schema too."""
        return or_short(schema, handler, {"type": "string"})

    id: Line
    en: Annotated[str, StringConstraints(strip_whitespace=True)] = ""

    @model_validator(mode="before")
    @classmethod
    def _from_plain_text(cls, value: Any) -> Any:
        return {"id": value} if isinstance(value, str) else value

    def in_language(self, language: str) -> str:
        """Give the text in `language`, or in Indonesian where no other was written."""
        return self.en if language == "en" and self.en else self.id


_OR_NUMBER = WithJsonSchema({"type": ["string", "integer", "null"]})


class Clause(Frozen):
    """Where something stands: numbers repeat and go missing, so position and heading help."""

    number: Annotated[
        str, Field(description="number as printed, e.g. '8'", coerce_numbers_to_str=True), _OR_NUMBER
    ]
    position: Annotated[int | None, Field(ge=1, description="n-th article of the text")] = None
    heading: str | None = None
    ayat: Annotated[str | None, Field(coerce_numbers_to_str=True), _OR_NUMBER] = None

    def same_article(self, other: "Clause") -> bool:
        """Tell whether what both say about the article agrees."""
        return (
            self.number == other.number
            and (None in (self.position, other.position) or self.position == other.position)
            and (None in (self.heading, other.heading) or self.heading == other.heading)
        )


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[
    tuple[Line, ...],
    BeforeValidator(_as_tuple),
    Field(min_length=1),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
