"""The evidence folder: files under the digest of what is in them, written whole or not at all.

A file lies at `ab/cdef....pdf`: its SHA-256, and an ending that says what it is. Names that people
give never become paths, and the same file twice is stored once. Nothing is ever deleted or changed.
"""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from tracker.base.errors import BadEvidenceError, EvidenceStoreError, UnknownThingError
from tracker.evidence.kinds import EXPECTED, SUFFIXES, media_type_of

MEGABYTE = 1024 * 1024
_FILE_MODE, _FOLDER_MODE = 0o640, 0o750
_DIGEST = re.compile(r"[0-9a-f]{64}")
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class Evidence(NamedTuple):
    """What is known of one file without its content."""

    digest: str
    media_type: str
    size: int


class Offered(NamedTuple):
    """A file that may be stored: it was read whole, is small enough, and of a type that is taken."""

    about: Evidence
    content: bytes


class EvidenceStore:
    """Files by their digests, under one folder."""

    def __init__(self, folder: Path, max_mb: int = 20) -> None:
        """Touch nothing yet; the folder is made with the first file."""
        self.folder = folder
        self.limit = max_mb * MEGABYTE

    def look_at(self, path: Path) -> Offered:
        """Read a file that somebody offers; BadEvidenceError says why it cannot be taken."""
        try:
            content = _content(path, self.limit)
        except _TooBigError:
            raise BadEvidenceError(
                f"{path} is larger than {self.limit // MEGABYTE} MB; scan it smaller, "
                "or raise TRACKER_EVIDENCE_MAX_MB."
            ) from None
        except _NotAFileError:
            raise BadEvidenceError(
                f"{path} is a link, a folder or a device, expected the file itself."
            ) from None
        except OSError as error:
            raise BadEvidenceError(f"{path} cannot be read: {error.strerror or error}.") from None
        return _offered(content, str(path))

    def look_into(self, content: bytes) -> Offered:
        """Take what came over the network; BadEvidenceError says why it cannot be taken."""
        if len(content) > self.limit:
            raise BadEvidenceError(f"The file is larger than {self.limit // MEGABYTE} MB.")
        return _offered(content, "The file")

    def put(self, offered: Offered) -> Evidence:
        """Store a file, once; a damaged copy of it is replaced."""
        about = offered.about
        path = self._path(about.digest, about.media_type)
        with suppress(UnknownThingError, EvidenceStoreError):
            if self._read(path, about.digest) == offered.content:
                return about
        with self._explained():
            self._write(path, offered.content)
        return about

    def holds(self, digest: str) -> bool:
        """Tell whether a file of that digest is stored; its content is not looked at."""
        return self._where(digest) is not None

    def digests(self) -> Iterator[str]:
        """Give the digests that stored files go by, in order; what else lies in the folder is left out."""
        for path in sorted(self.folder.glob("??/*")):
            digest = f"{path.parent.name}{path.stem}"
            if path.suffix in SUFFIXES.values() and _DIGEST.fullmatch(digest):
                yield digest

    def find(self, digest: str) -> Evidence:
        """Tell what a stored file is, after reading it whole; errors as for `read`."""
        content = self.read(digest)
        return Evidence(digest, media_type_of(content) or "application/octet-stream", len(content))

    def read(self, digest: str) -> bytes:
        """Give a stored file; EvidenceStoreError where it is no longer what was stored."""
        path = self._where(digest)
        if path is None:
            raise UnknownThingError(f"The evidence {digest} is not in {self.folder}.")
        return self._read(path, digest)

    def _read(self, path: Path, digest: str) -> bytes:
        try:
            # A lowered limit must not hide what was stored under a higher one.
            content = _content(path, None)
        except FileNotFoundError:
            raise UnknownThingError(f"The evidence {digest} is not in {self.folder}.") from None
        except (_NotAFileError, OSError) as error:
            why = getattr(error, "strerror", None) or "it is no regular file"
            raise EvidenceStoreError(f"{path} cannot be read: {why}.") from None
        if sha256(content).hexdigest() != digest:
            raise EvidenceStoreError(
                f"{path} is not what was stored: its content does not have that digest. Put the file of the "
                "last good backup in its place."
            )
        return content

    def _where(self, digest: str) -> Path | None:
        paths = (self._path(digest, media_type) for media_type in SUFFIXES)
        return next((path for path in paths if path.is_file()), None)

    def _path(self, digest: str, media_type: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise UnknownThingError(f"{digest!r} is no evidence, expected the SHA-256 of a stored file.")
        return self.folder / digest[:2] / f"{digest[2:]}{SUFFIXES[media_type]}"

    def _write(self, path: Path, content: bytes) -> None:
        for folder in (self.folder, path.parent):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(_FOLDER_MODE)
        unfinished = path.parent / f".{uuid4().hex}.unfinished"
        try:
            with os.fdopen(os.open(unfinished, _NEW, _FILE_MODE), "wb") as file:
                os.fchmod(file.fileno(), _FILE_MODE)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        for folder in (path.parent, self.folder):
            _sync_folder(folder)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise EvidenceStoreError(
                f"Nothing can be written into {self.folder}: {error.strerror or error}; make the folder "
                "writable or name another one in TRACKER_EVIDENCE_DIR."
            ) from None


def _offered(content: bytes, what: str) -> Offered:
    if not content:
        raise BadEvidenceError(f"{what} is empty, expected {EXPECTED}.")
    media_type = media_type_of(content)
    if media_type is None:
        raise BadEvidenceError(
            f"{what} is none of the types that are taken, expected {EXPECTED}; "
            "what is in the file counts, not its name."
        )
    return Offered(Evidence(sha256(content).hexdigest(), media_type, len(content)), content)


class _TooBigError(Exception):
    """The file is larger than the limit."""


class _NotAFileError(Exception):
    """It is no regular file."""


def _content(path: Path, limit: int | None) -> bytes:
    """Read a regular file; links are not followed, and a pipe does not make us wait."""
    if path.is_symlink():
        raise _NotAFileError
    handle = os.open(path, _READ)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _NotAFileError
    with os.fdopen(handle, "rb") as file:
        # One byte more than allowed: the size that a file states may be out of date.
        content = file.read() if limit is None else file.read(limit + 1)
    if limit is not None and len(content) > limit:
        raise _TooBigError
    return content


def _sync_folder(folder: Path) -> None:
    # Without this, a power cut may forget the new name of a file that is safely written.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
