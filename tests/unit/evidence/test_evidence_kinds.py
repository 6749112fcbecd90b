"""What a file is, by what is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.files import EMAIL, JPEG, PDF, PNG, TEXT
from tracker.evidence import kinds
from tracker.evidence.kinds import SUFFIXES, media_type_of


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, kinds.PDF),
        (JPEG, kinds.JPEG),
        (PNG, kinds.PNG),
        (EMAIL, kinds.EMAIL),
        (EMAIL.replace(b"\r\n", b"\n"), kinds.EMAIL),
        (b"Received: from a\n\tby b\nDATE: x\nfrom: y\n\n", kinds.EMAIL),
        (TEXT, kinds.TEXT),
        (b"\xef\xbb\xbf" + TEXT, kinds.TEXT),
        (b"From: a\nno header\nDate: b\n\n", kinds.TEXT),
        (b"From: only a line", kinds.TEXT),
        (b"page\x0cpage\ttab\r\n", kinds.TEXT),
    ],
)
def test_what_is_taken(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n\t ",
        b"PK\x03\x04 a zip, or a Word file",
        b"\x7fELF\x02\x01",
        b"MZ\x90\x00",
        b"GIF89a\x01\x00",
        b"\xd0\xcf\x11\xe0 an old Word file",
        b" junk before %PDF-1.7\x00",
        b"#!/bin/sh\nrm -rf /\n",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\n <svg onload='x'>",
        b"<?xml version='1.0'?>",
        "salah sandi é".encode("latin-1"),
        b"nul \x00 inside",
        b"escape \x1b[2J",
        b"From: a\nDate: b\n\nnul \x00",
    ],
)
def test_what_is_not_taken(content: bytes) -> None:
    assert media_type_of(content) is None


@given(st.binary(max_size=200))
def test_anything_is_one_of_the_types_or_none(content: bytes) -> None:
    assert media_type_of(content) in {None, *SUFFIXES}
