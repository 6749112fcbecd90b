"""Stored evidence against the log: what was changed, and what is missing."""

from pathlib import Path

import pytest

from tests.integration.test_flow import ON_DATE
from tests.support.agreements import ID
from tests.support.files import PDF, TEXT
from tests.support.houses import Home, Homes, terms_file
from tracker.evidence.store import EvidenceStore
from tracker.evidence_check import Checked, Problem, checked

DUTY = {"rule": "duty", "occurrence": "2026-12-31"}


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


@pytest.fixture
def home(homes: Homes, store: EvidenceStore) -> Home:
    """A home with one proof, whose letter is stored."""
    home = homes.build(evidence_dir=store.folder)
    home.load(terms_file(ON_DATE))
    home.record("duty-fulfilled", "2026-11-20", **DUTY, evidence=put(store, PDF))
    home.record("handover", "2026-11-20", note="evidence")
    return home


def put(store: EvidenceStore, content: bytes) -> str:
    letter = store.folder.with_name("surat")
    letter.write_bytes(content)
    return store.put(store.look_at(letter)).digest


def path_of(store: EvidenceStore, content: bytes) -> Path:
    digest = put(store, content)
    (path,) = store.folder.glob(f"{digest[:2]}/{digest[2:]}.*")
    return path


def test_all_is_well(home: Home, store: EvidenceStore) -> None:
    put(store, TEXT)  # a file that no fact names is in nobody's way
    (store.folder / "catatan.txt").write_text("x")
    assert checked(home.db, store) == Checked(2, 1, ())


def test_what_was_changed_and_what_is_missing(home: Home, store: EvidenceStore) -> None:
    changed, gone = put(store, TEXT), put(store, PDF)
    path_of(store, TEXT).write_bytes(PDF)
    path_of(store, PDF).unlink()

    found = checked(home.db, store)

    assert found == Checked(1, 1, (Problem("changed", changed), Problem("missing", gone, ID, 1)))
    assert found.as_json()["problems"] == [
        {"what": "changed", "digest": changed},
        {"what": "missing", "digest": gone, "agreement": ID, "entry": 1},
    ]


def test_a_link_in_the_folder_is_no_stored_file(home: Home, store: EvidenceStore, tmp_path: Path) -> None:
    path = path_of(store, PDF)
    path.rename(tmp_path / "elsewhere.pdf")
    path.symlink_to(tmp_path / "elsewhere.pdf")
    assert [problem.what for problem in checked(home.db, store).problems] == ["changed"]


def test_a_withdrawn_proof_still_names_its_file(home: Home, store: EvidenceStore) -> None:
    home.record("fact-corrected", "2026-11-20", corrects="1", why="x", withdrawn="yes")
    path_of(store, PDF).unlink()
    assert [problem.what for problem in checked(home.db, store).problems] == ["missing"]


def test_no_folder_and_no_proof(homes: Homes, tmp_path: Path) -> None:
    assert checked(homes.db, EvidenceStore(tmp_path / "none")) == Checked(0, 0, ())
