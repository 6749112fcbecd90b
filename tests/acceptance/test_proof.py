"""From a file in hand to a page that can be filed, through the real command."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.support.agreements import RULES
from tests.support.databases import SQLITE, migrated_database
from tests.support.files import PDF, TEXT
from tests.support.process import Installation

AGREEMENT = "kemenko-pmk-kemnaker-2023"
RENEWAL = f"{AGREEMENT}/renewal-notice"
SERVED = ("event", "record", AGREEMENT, "notice-served", "--on", "2025-01-20")
ONE = ("-d", "rule=renewal-notice", "-d", "occurrence=term-1")
DIGEST = sha256(PDF).hexdigest()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    """A folder with one agreement, and a letter to prove it with."""
    with migrated_database(SQLITE, tmp_path) as url:
        place = Installation(tmp_path, {"database_url": url})
        place.ok("load", str(RULES / "agreements" / f"{AGREEMENT}.yaml"))
        (tmp_path / "surat.pdf").write_bytes(PDF)
        yield place


def stored(here: Installation) -> list[str]:
    folder = here.folder / "var" / "evidence"
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]


def printed(path: Path) -> str:
    return "".join("".join(sheet.extract_text() for sheet in PdfReader(path).pages).split())


def test_a_letter_is_stored_and_told(here: Installation) -> None:
    said = here.ok(*SERVED, *ONE, "-d", "letter=B-12/2025", "--evidence", "surat.pdf", "--by", "Biro Hukum")
    assert f"Stored surat.pdf as evidence {DIGEST}." in said
    assert stored(here) == [f"{DIGEST[:2]}/{DIGEST[2:]}.pdf"]
    (event,) = here.json("event", "list", AGREEMENT)
    assert event["details"]["evidence"] == DIGEST
    here.ok("event", "correct", AGREEMENT, "1", "--why", "salah ketik", "-d", "letter=B-21/2025")

    assert here.ok("proof", RENEWAL, "--pdf", "a.pdf", "--html", "a.html").splitlines() == ["a.html", "a.pdf"]
    here.ok("proof", f"{RENEWAL}/term-1", "--pdf", "en.pdf", "--html", "en.html", "--language", "en")

    page, sheet = (here.folder / "a.html").read_text("utf-8"), printed(here.folder / "a.pdf")
    for text in (DIGEST, "B-12/2025", "B-21/2025", "Koreksi atas entri 1", "dokumen PDF", "Biro Hukum"):
        assert text in page
        assert "".join(text.split()) in sheet
    english = printed(here.folder / "en.pdf")
    for text in ("RecordOfAnObligation", "CorrectionOfEntry1", "VerifiedIntact", "Page1Of"):
        assert text.lower() in english.lower()
    assert 'lang="en"' in (here.folder / "en.html").read_text("utf-8")
    assert not list(here.folder.glob("*.partial"))


def test_the_digest_on_the_page_is_the_log_s(here: Installation) -> None:
    here.ok(*SERVED, *ONE, "--evidence", "surat.pdf")
    with closing(sqlite3.connect(here.settings["database_url"].removeprefix("sqlite:///"))) as database:
        ((digest,),) = database.execute("SELECT log_digest FROM agreement").fetchall()
        here.ok("proof", RENEWAL, "--html", "a.html")
        page = (here.folder / "a.html").read_text("utf-8")
        assert digest in page
        assert "utuh: tidak ada entri" in page

        database.execute("UPDATE agreement SET log_digest = ?", ("0" * 64,))
        database.commit()
    here.ok("proof", RENEWAL, "--html", "a.html")
    assert "TIDAK UTUH" in (here.folder / "a.html").read_text("utf-8")


def test_a_correction_may_bring_the_file(here: Installation) -> None:
    here.ok(*SERVED, *ONE)
    here.ok("event", "correct", AGREEMENT, "1", "--why", "berkas menyusul", "--evidence", "surat.pdf")
    here.ok("proof", RENEWAL, "--html", "a.html")
    assert "dokumen PDF" in (here.folder / "a.html").read_text("utf-8")


def test_a_file_that_was_changed_is_told(here: Installation) -> None:
    here.ok(*SERVED, *ONE, "--evidence", "surat.pdf")
    (file,) = (here.folder / "var" / "evidence").rglob("*.pdf")
    file.write_bytes(TEXT)
    here.ok("proof", RENEWAL, "--html", "a.html")
    assert "tidak dapat ditunjukkan" in (here.folder / "a.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is empty"), (b"MZ\x90\x00", "none of the types"), (PDF + b"x" * 1024 * 1024, "larger than 1 MB")],
)
def test_a_file_that_is_refused_leaves_nothing(here: Installation, content: bytes, says: str) -> None:
    (here.folder / "surat.pdf").write_bytes(content)
    said = here.fails(1, *SERVED, *ONE, "--evidence", "surat.pdf", evidence_max_mb="1")
    assert says in said
    assert stored(here) == here.json("event", "list", AGREEMENT) == []


def test_a_fact_that_is_refused_by_its_words_stores_no_file(here: Installation) -> None:
    here.fails(2, *SERVED, *ONE, "-d", "sent_on=kemarin", "--evidence", "surat.pdf")
    assert stored(here) == []
    # A fact that the agreement refuses leaves the file: it is found again the next time.
    here.fails(1, *SERVED, "-d", "rule=renewal-notice", "-d", "occurrence=term-9", "--evidence", "surat.pdf")
    assert len(stored(here)) == 1
    here.ok(*SERVED, *ONE, "--evidence", "surat.pdf")
    assert len(stored(here)) == 1


@pytest.mark.parametrize("first", [True, False])
def test_a_digest_of_nothing_is_refused(here: Installation, *, first: bool) -> None:
    detail = ("-d", f"evidence={'0' * 64}")
    if first:
        said = here.fails(1, *SERVED, *ONE, *detail)
    else:
        here.ok(*SERVED, *ONE)
        said = here.fails(1, "event", "correct", AGREEMENT, "1", "--why", "x", *detail)
    assert "no such file is in the evidence folder; give the file itself with --evidence FILE" in said


@pytest.mark.parametrize(
    ("code", "arguments", "says"),
    [
        (2, (RENEWAL,), "expected --pdf FILE, --html FILE, or both"),
        (2, (RENEWAL, "--html", "a.html", "--language", "fr"), "expected id or en"),
        (1, ("no-such/duty", "--html", "a.html"), "No obligation 'no-such/duty'"),
        (1, (RENEWAL, "--html", "no-folder/a.html"), "The file cannot be written."),
        (1, (RENEWAL, "--pdf", "."), "The file cannot be written."),
    ],
)
def test_a_page_that_is_not_written(
    here: Installation, code: int, arguments: tuple[str, ...], says: str
) -> None:
    assert says in " ".join(here.fails(code, "proof", *arguments).split())
    assert not (here.folder / "a.html").exists()


def test_a_stored_file_is_written_to_a_new_one(here: Installation) -> None:
    here.ok(*SERVED, *ONE, "--evidence", "surat.pdf")
    (here.folder / "link.pdf").symlink_to(here.folder / "target.pdf")

    assert here.ok("evidence", "export", DIGEST, "salinan.pdf") == "salinan.pdf\n"
    assert (here.folder / "salinan.pdf").read_bytes() == (here.folder / "surat.pdf").read_bytes()
    for digest, file, says in (
        (DIGEST, "salinan.pdf", "exists already"),
        (DIGEST, "link.pdf", "exists already"),
        (DIGEST, "no-folder/a.pdf", "No such file or directory"),
        ("0" * 64, "a.pdf", "is not in"),
        ("../../surat", "a.pdf", "expected the SHA-256 of a stored file"),
    ):
        assert says in here.fails(1, "evidence", "export", digest, file)
    assert not (here.folder / "target.pdf").exists()
    assert not (here.folder / "a.pdf").exists()


def test_checking_the_stored_files(here: Installation) -> None:
    here.ok(*SERVED, *ONE, "--evidence", "surat.pdf")
    assert here.ok("evidence", "check") == "1 berkas, 1 fakta yang menyebutnya, 0 masalah.\n"
    (file,) = (here.folder / "var" / "evidence").rglob("*.pdf")
    file.write_bytes(TEXT)
    done = here.run("evidence", "check")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        1,
        f"{DIGEST}: isi berkas bukan lagi yang disimpan",
    )
    file.unlink()
    done = here.run("evidence", "check", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"] == [
        {"what": "missing", "digest": DIGEST, "agreement": AGREEMENT, "entry": 1}
    ]
