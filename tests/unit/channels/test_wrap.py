"""Texts broken into lines, beside the standard library doing it."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.channels.wrap import TEXT_WIDTH, flatten, paragraph, wrapped

WORDS = st.lists(
    st.sampled_from(["a", "ab-c", "é" * 9, "x" * 30, *("y" * n for n in range(54, 75))]), max_size=30
)
INDENTS = [("", ""), ("- ", "  "), ("Jika terlewat : ", " " * 16), ("", "  "), ("  ", "    "), ("dua: ", "")]


@pytest.mark.parametrize(("first", "rest"), INDENTS)
@given(words=WORDS)
def test_lines_are_broken_as_the_library_breaks_them(words: list[str], first: str, rest: str) -> None:
    text = " ".join(words)

    expected = textwrap.fill(
        text,
        TEXT_WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

    assert wrapped(text, first, rest) == expected


@given(st.text())
def test_any_text_is_flattened_before(text: str) -> None:
    assert " ".join(wrapped(text).split("\n")) == flatten(text)


def test_an_entity_of_html_stays_whole() -> None:
    shown = paragraph('"satu" & <dua> ' * 20)

    assert set(shown.replace("\n", " ").split(" ")) == {"&#34;satu&#34;", "&amp;", "&lt;dua&gt;"}
    assert max(map(len, shown.split("\n"))) <= TEXT_WIDTH
