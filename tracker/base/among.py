"""A column's value among texts that are one parameter, however many they are.

`IN` with a parameter for each text is written, sent and read anew by SQLAlchemy, driver and server for
every number of them: for a hundred that costs more than finding the rows.
"""

import json
from typing import Any

from sqlalchemy import ARRAY, Boolean, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Texts(TypeDecorator[list[str]]):
    """Several texts as one value: an array, or JSON where there are none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - its signature
        """Stay a bare comparison: as a value (`... = 1`) no index would serve it on SQLite."""
        return self


@compiles(_Among, "postgresql")
def _any_of_array(element: Any, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY({texts})"


@compiles(_Among, "sqlite")
def _any_of_json(element: Any, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608 - made of what the compiler wrote


def among(column: Any, name: str) -> FunctionElement[bool]:
    """Tell whether a column of texts is one of a list of them, given when executed, by its name."""
    return _Among(column, bindparam(name, type_=_Texts()))
