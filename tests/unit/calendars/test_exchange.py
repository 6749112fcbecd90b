"""Putting decree files in place: nothing is lost, and a failure leaves what was there."""

from pathlib import Path

import pytest

from tests.support.agreements import RULES
from tracker.base.errors import BadDecreeError
from tracker.calendars.exchange import calendar_name, place, put
from tracker.calendars.load import YearFile, read_files


def year_file(folder: Path, name: str = "2027.yaml") -> YearFile:
    path = folder / name
    path.write_text((RULES / "holidays" / "id" / "2027.yaml").read_text())
    ((file,), faults) = read_files([path])
    assert faults == []
    return file


def test_the_old_file_is_kept_beside_and_not_read(tmp_path: Path) -> None:
    held = year_file(tmp_path)
    new = f"# confirmed\n{held.text}"

    done = put(held.path, new)

    assert done.kept is not None
    assert (done.path.read_text(), done.kept.read_text(), done.changed) == (new, held.text, True)
    assert done.kept.name.startswith("2027.yaml.before-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2027.yaml", done.kept.name]
    assert [path.name for path in tmp_path.glob("*.yaml")] == ["2027.yaml"]  # what counts as a decree file


def test_the_same_text_is_not_written_again(tmp_path: Path) -> None:
    held = year_file(tmp_path)

    done = put(held.path, held.text)

    assert (done.kept, done.changed) == (None, False)
    assert [path.name for path in tmp_path.iterdir()] == ["2027.yaml"]


def test_a_new_year_has_nothing_to_keep(tmp_path: Path) -> None:
    assert put(tmp_path / "2031.yaml", "year: 2031\n").kept is None


def test_a_failure_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = year_file(tmp_path)

    def fail(_: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(BadDecreeError, match=r"cannot be written \(No space left on device\): make "):
            put(held.path, "year: 2027\n")

    assert held.path.read_text() == held.text
    assert [path.name for path in tmp_path.iterdir()] == ["2027.yaml"]


def test_a_year_stays_in_the_file_that_gives_it(tmp_path: Path) -> None:
    held = year_file(tmp_path, "skb-baru.yaml")

    assert place(tmp_path, held, [held]) == held.path
    assert place(tmp_path, held, []) == tmp_path / "2027.yaml"


def test_a_file_named_after_another_year_is_not_written_over(tmp_path: Path) -> None:
    held = year_file(tmp_path, "given.yaml")
    (tmp_path / "2027.yaml").write_text("year: 2028\n")

    with pytest.raises(BadDecreeError, match=r"2027\.yaml gives another year, expected 2027"):
        place(tmp_path, held, [])


@pytest.mark.parametrize(
    ("folder", "chosen", "known", "expected"),
    [
        ("id", None, {"id", "sg"}, "id"),
        ("anywhere", None, {"id"}, "id"),
        ("anywhere", "sg", {"id", "sg"}, "sg"),
        ("id", "sg", {"id", "sg"}, "sg"),
    ],
)
def test_which_calendar(folder: str, chosen: str | None, known: set[str], expected: str) -> None:
    assert calendar_name(Path(folder) / "2027.yaml", known, chosen) == expected


@pytest.mark.parametrize(("chosen", "says"), [(None, "anywhere/2027.yaml"), ("my", "--calendar my")])
def test_a_calendar_that_cannot_be_told(chosen: str | None, says: str) -> None:
    with pytest.raises(BadDecreeError, match=f"{says}: no such calendar, expected one of id, sg"):
        calendar_name(Path("anywhere/2027.yaml"), {"id", "sg"}, chosen)
