"""The evidence folder: what goes in, what is refused, and what comes out again."""

import os
import stat
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.files import EMAIL, JPEG, PDF, PNG, TEXT
from tracker.base.errors import BadEvidenceError, EvidenceStoreError, UnknownThingError
from tracker.evidence import kinds
from tracker.evidence.store import MEGABYTE, Evidence, EvidenceStore

ABSENT = "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", max_mb=1)


def offered(folder: Path, content: bytes, name: str = "surat") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def put(store: EvidenceStore, folder: Path, content: bytes) -> Evidence:
    return store.put(store.look_at(offered(folder, content)))


def files(store: EvidenceStore) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, kinds.PDF),
        (JPEG, kinds.JPEG),
        (PNG, kinds.PNG),
        (EMAIL, kinds.EMAIL),
        (TEXT, kinds.TEXT),
        (PDF + b"x" * (MEGABYTE - len(PDF)), kinds.PDF),
    ],
)
def test_what_goes_in_comes_out(
    store: EvidenceStore, tmp_path: Path, content: bytes, media_type: str
) -> None:
    about = put(store, tmp_path, content)

    digest = sha256(content).hexdigest()
    assert about == Evidence(digest, media_type, len(content)) == store.find(digest)
    assert store.read(digest) == content
    assert store.holds(digest)
    assert files(store) == [store.folder / digest[:2] / f"{digest[2:]}{kinds.SUFFIXES[media_type]}"]


def test_nothing_can_be_run_and_strangers_see_nothing(store: EvidenceStore, tmp_path: Path) -> None:
    path = offered(tmp_path, PDF)
    path.chmod(0o777)
    before = os.umask(0)
    try:
        store.put(store.look_at(path))
    finally:
        os.umask(before)

    (file,) = files(store)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert stat.S_IMODE(file.parent.stat().st_mode) == stat.S_IMODE(store.folder.stat().st_mode) == 0o750


def test_the_same_file_twice_is_stored_once(store: EvidenceStore, tmp_path: Path) -> None:
    first = put(store, tmp_path, PDF)
    (file,) = files(store)
    before = file.stat()

    assert store.put(store.look_at(offered(tmp_path, PDF, "another name.jpg"))) == first
    assert files(store) == [file]
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_many_at_once_leave_one_whole_file(store: EvidenceStore, tmp_path: Path) -> None:
    one = store.look_at(offered(tmp_path, PDF * 1000))
    threads = [threading.Thread(target=store.put, args=(one,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(files(store)) == 1
    assert store.read(one.about.digest) == PDF * 1000


@pytest.mark.parametrize("name", ["..", "-rf", "a b;c.pdf", "%2e%2e", "nama\nbaris.pdf", "ü" * 100, ".pdf"])
def test_a_name_never_becomes_a_path(store: EvidenceStore, tmp_path: Path, name: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = offered(inner, PDF, f"{name}." if name == ".." else name)

    about = store.put(store.look_at(path))

    assert [file.name for file in files(store)] == [f"{about.digest[2:]}.pdf"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (PDF + b"x" * MEGABYTE, "is larger than 1 MB"),
        (b"MZ\x90\x00", "none of the types that are taken"),
        (b"<html>", "none of the types that are taken"),
    ],
)
def test_a_file_that_is_refused(store: EvidenceStore, tmp_path: Path, content: bytes, says: str) -> None:
    path = offered(tmp_path, content, "surat.pdf")
    with pytest.raises(BadEvidenceError, match=says) as caught:
        store.look_at(path)
    assert str(path) in str(caught.value)
    assert not store.folder.exists()


def test_what_is_no_regular_file(store: EvidenceStore, tmp_path: Path) -> None:
    real = offered(tmp_path, PDF)
    (tmp_path / "link").symlink_to(real)
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "dangling", "pipe"):
        with pytest.raises(BadEvidenceError, match="expected the file itself"):
            store.look_at(tmp_path / name)
    for path, says in ((tmp_path, "expected the file itself"), (tmp_path / "nothing", "No such file")):
        with pytest.raises(BadEvidenceError, match=says):
            store.look_at(path)
    with pytest.raises(BadEvidenceError, match="expected the file itself"):
        store.look_at(Path("/dev/null"))


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "/" * 64])
def test_a_digest_that_is_none(store: EvidenceStore, digest: str) -> None:
    with pytest.raises(UnknownThingError, match="expected the SHA-256"):
        store.read(digest)


def test_a_file_that_is_not_there(store: EvidenceStore) -> None:
    assert not store.holds(ABSENT)
    with pytest.raises(UnknownThingError, match="is not in"):
        store.find(ABSENT)


def test_a_file_that_was_changed_is_found_out_and_can_be_given_again(
    store: EvidenceStore, tmp_path: Path
) -> None:
    about = put(store, tmp_path, PDF)
    (file,) = files(store)
    file.write_bytes(PDF.replace(b"1.7", b"1.6"))

    with pytest.raises(EvidenceStoreError, match="not what was stored"):
        store.read(about.digest)
    put(store, tmp_path, PDF)
    assert store.read(about.digest) == PDF


def test_a_link_in_the_folder_is_not_followed(store: EvidenceStore, tmp_path: Path) -> None:
    about = put(store, tmp_path, PDF)
    (file,) = files(store)
    file.unlink()
    file.symlink_to(tmp_path / "surat")

    with pytest.raises(EvidenceStoreError, match="no regular file"):
        store.read(about.digest)
    put(store, tmp_path, PDF)
    assert not file.is_symlink()


def test_a_lower_limit_hides_nothing(store: EvidenceStore, tmp_path: Path) -> None:
    large = EvidenceStore(store.folder, max_mb=3)
    about = large.put(large.look_at(offered(tmp_path, PDF + b"x" * 2 * MEGABYTE)))
    assert store.find(about.digest) == about


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file is in the way")
    store = EvidenceStore(tmp_path / "evidence")
    with pytest.raises(EvidenceStoreError, match="TRACKER_EVIDENCE_DIR"):
        put(store, tmp_path, PDF)


def test_a_write_that_fails_leaves_nothing(
    store: EvidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        del handle
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EvidenceStoreError, match="No space left"):
        put(store, tmp_path, PDF)
    assert files(store) == []
