"""Terms files -> agreements: every fault with its line, all in one run, and nothing raises."""
# ruff: noqa: E501 - tables, one line a case

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agreements import RULES, repository_terms
from tracker.base.faults import Severity
from tracker.terms.load import Loaded, digest_of, load, read_file, read_text, terms_paths

GOOD = """\
id: sample-2025
title: Perjanjian contoh
numbers: [1/PKS/2025]
timezone: Asia/Jakarta
signed: 2025-04-29
parties:
  kesatu:
    name: Dinas Satu
    contacts:
      - {position: Kepala Bidang, email: bidang@dinas.go.id}
  kedua: {name: Badan Dua, kind: social-security}
others:
  gubernur: {name: Gubernur}
term: {length: 5 years, from: signed, clause: {number: "6", ayat: 1}}
clauses:
  - {position: 1, number: "6", heading: Jangka Waktu}
  - {position: 2, number: "9", heading: Kerahasiaan}
  - {position: 3, number: "9", heading: Keadaan Memaksa}
  - {position: 4, number: "11", heading: Pelaporan}
rules:
  - id: renewal-notice
    clause: {number: "6", ayat: 2}
    duty: {by: either, to: other, act: Memberitahukan, form: [written]}
    due: 30 days before term end
    if_missed: lapse
  - id: force-majeure-notice
    clause: {number: "9", position: 3}
    duty: {by: affected, to: other, act: Memberitahukan, form: [written]}
    due: 14 calendar days since force-majeure-occurred
    if_missed: liability
  - id: force-majeure-review
    clause: {number: "9", position: 3}
    duty: {by: both, to: both, act: Meninjau, form: [meeting]}
    due: 16 calendar days after force-majeure-notice due
    if_missed: none stated
  - id: monitoring-report
    clause: {number: "11"}
    duty: {by: kesatu, to: [gubernur, kedua], act: Melapor, form: [report]}
    due: every semester
    if_missed: none stated
  - id: evaluation
    clause: {number: "11"}
    duty: {by: both, to: both, act: Evaluasi, form: [meeting]}
    due: undated
    question: Kapan evaluasi dilakukan?
    if_missed: none stated
findings:
  - id: report-date
    about: monitoring-report
    what: Hari jatuh tempo tidak disebut
    settled: Akhir semester
    by: Biro Hukum
    on: 2025-05-01
"""

LAPSE = "    if_missed: lapse"
PINS = "    pins:\n      - {{axis: {}, choice: {}, by: x, on: 2025-05-01, why: x}}"


def errors(text: str) -> list[str]:
    _, faults = read_text(text, "a.yaml")
    return [f"{fault.line}: {fault.message}" for fault in faults if fault.severity is Severity.ERROR]


def test_the_good_file_has_no_fault() -> None:
    file, faults = read_text(GOOD, "a.yaml")
    assert faults == []
    assert file is not None
    assert file.agreement.id == "sample-2025"
    assert [rule.id for rule in file.agreement.rules][:2] == ["renewal-notice", "force-majeure-notice"]
    assert file.digest == digest_of(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "line", "fragment"),
    [
        # what the text itself gets wrong
        ("title: P", "title: x\ntitle: P", 3, "'title' is given twice (first on line 2), expected once"),
        ("    if_missed: lapse", "    if_missed: lapse\n    due: every month", 26, "'due' is given twice"),
        ("title: P", "\ttitle: P", 2, "not readable as YAML"),
        ("title: P", "title: [", 3, "not readable as YAML"),
        # unknown and missing keys
        ("title: P", "titel: x\ntitle: P", 2, "titel: unknown key, expected one of the keys of the grammar"),
        ("    due: every semester", "    due: every semester\n    dues: x", 40, "rules.3.dues: unknown key"),
        ("title: Perjanjian contoh\n", "", 1, "title: is missing, expected a value"),
        ("by: either, to: other, act", "by: either, act", 23, "the rule has no addressee, expected 'duty: {by: ..., to: ...}'"),
        ("    duty: {by: either, to: other, act: Memberitahukan, form: [written]}\n", "", 21, "rules.0.duty: the rule has no addressee"),
        ("to: other, act", "to: [], act", 23, "rules.0.duty.to: "),
        # values
        ("signed: 2025-04-29", "signed: 29 April 2025", 5, "'29 April 2025' is not a date, expected YYYY-MM-DD"),
        ("signed: 2025-04-29", "signed: 2025-02-30", 5, "'2025-02-30' is not a date"),
        ("on: 2025-05-01", "on: besok", 53, "findings.0.on: 'besok' is not a date, expected YYYY-MM-DD"),
        ("Asia/Jakarta", "Asia/Djakarta", 4, "'Asia/Djakarta' is not a time zone, expected Asia/Jakarta, Asia/Makassar"),
        ("Asia/Jakarta", "Asia", 4, "'Asia' is not a time zone"),
        pytest.param("Asia/Jakarta", "x" * 300, 4, "is not a time zone", id="a very long zone"),
        ("id: sample-2025", "id: Sample 2025", 1, "id: 'Sample 2025' has the wrong form"),
        ("bidang@dinas.go.id", "bidang@dinas. go. id", 10, "has the wrong form"),
        ("due: every semester", "due: every week", 39, "'every week' is not a due line, expected"),
        ("due: every semester", "due: 30", 39, "is not a due line, expected"),
        ("due: every semester", "due: 5 days after", 39, "is not a due line, expected"),
        ("length: 5 years", "length: 5 tahun", 14, "'5 tahun' is not a period, expected a number and a unit"),
        ("length: 5 years", "length: 5 working days", 14, "a term of 5 working days cannot be counted, expected e.g. '5 years'"),
        ("length: 5 years", "length: 0 years", 14, "a term of 0 years cannot be counted"),
        ("length: 5 years", "length: 99999 years", 14, "expected"),
        ("from: signed,", "from: April,", 14, "'April' is not a start, expected signed, YYYY-MM-DD or YYYY-MM"),
        ("from: signed,", "from: 2025-13,", 14, "'2025-13' is not a start"),
        ("if_missed: lapse", "if_missed: hilang", 25, "rules.0.if_missed: "),
        # terms and pins
        ("from: signed,", "from: signed, to: 2030-04-28,", 14, "a term has either 'length' or 'to', expected exactly one"),
        ("length: 5 years, ", "", 14, "a term has either 'length' or 'to', expected exactly one"),
        ("length: 5 years, from: signed", "from: 2025-04-29, to: 2024-04-28", 14, "the term ends on 2024-04-28, before it begins"),
        ("length: 5 years, from: signed", "from: signed, to: 2024-04-28", 14, "2024-04-28"),
        (LAPSE, PINS.format("notice", "maybe"), 26, "'maybe' is not a choice of notice, expected one of plain, clear-days, counted"),
        (LAPSE, PINS.format("signed", "x"), 26, "the signing date is pinned under 'signed: {pin: ...}', not here"),
        (LAPSE, PINS.format("mood", "x"), 26, "rules.0.pins.0.axis: "),
        # what a rule must say
        ("    question: Kapan evaluasi dilakukan?\n", "", 41, "an undated duty is an open question, expected 'question: {id:, en:}'"),
        ("    due: every semester", "    due: every semester\n    trigger: handover", 36, "'trigger' opens an undated duty"),
        ("    if_missed: lapse", "    if_missed: lapse\n    basis: law", 21, "a statutory rule names its law"),
        # references between the parts
        ("- id: force-majeure-review", "- id: renewal-notice", 31, "id 'renewal-notice' is already used by rules.0, expected a new id"),
        ('number: "6", ayat: 2', 'number: "7", ayat: 2', 22, "unknown clause '7', expected one of the listed numbers: 6, 9, 11"),
        ('number: "6", ayat: 1', 'number: "7", ayat: 1', 14, "unknown clause '7'"),
        ('number: "9", position: 3', 'number: "9"', 27, "clause '9' stands 2 times in this agreement, expected its position too (one of 2, 3)"),
        ('number: "9", position: 3', 'number: "9", position: 4', 27, "unknown clause '9' at position 4"),
        ("by: either", "by: anybody", 23, "unknown duty holder 'anybody', expected one of either, both, affected, kesatu, kedua"),
        ("to: [gubernur, kedua]", "to: [bupati, kedua]", 38, "unknown addressee 'bupati', expected one of other, both, kesatu, kedua, gubernur"),
        ("after force-majeure-notice due", "after force-majeure-notify due", 34, "counts from the unknown rule 'force-majeure-notify', expected a rule id"),
        ("after force-majeure-notice due", "after force-majeure-review due", 34, "counts from itself through other rules"),
        ("after force-majeure-notice due", "after force-majeure-notice", 34, "'force-majeure-notice' is a rule, expected 'force-majeure-notice due' or"),
        ("about: monitoring-report", "about: [reports]", 49, "finding about the unknown 'reports', expected a rule id or one of"),
        (
            "      - {position: Kepala Bidang, email: bidang@dinas.go.id}",
            "      - {position: Kepala Bidang}\n      - {position: Kepala Bidang}",
            11,
            "contact 'kepala-bidang' is named twice in this party, expected a distinct id",
        ),
        ("  kedua: {name: Badan Dua, kind: social-security}\n", "", 6, "parties: "),
    ],
)  # fmt: skip
def test_one_fault(old: str, new: str, line: int, fragment: str) -> None:
    broken = GOOD.replace(old, new, 1)
    assert broken != GOOD
    found = errors(broken)
    assert any(shown.startswith(f"{line}: ") and fragment in shown for shown in found), found
    assert read_text(broken, "a.yaml")[0] is None


def test_a_cycle_is_a_fault_of_every_rule_in_it() -> None:
    broken = GOOD.replace(
        "14 calendar days since force-majeure-occurred", "3 days after force-majeure-review due"
    )
    assert errors(broken) == [
        "29: counts from itself through other rules, expected an end to the chain",
        "34: counts from itself through other rules, expected an end to the chain",
    ]


def test_all_faults_come_in_one_run() -> None:
    broken = GOOD
    for old, new in [
        ("numbers:", "nomor: x\nnumbers:"),
        ("by: either", "by: anybody"),
        ("due: 30 days before term end", "due: 30 days before the end"),
        ("- id: force-majeure-review", "- id: force-majeure-notice"),
        ("to: [gubernur, kedua]", "to: []"),
        ("    question: Kapan evaluasi dilakukan?\n", ""),
        ("on: 2025-05-01", "on: 2025-05-32"),
    ]:
        assert old in broken
        broken = broken.replace(old, new, 1)
    found = errors(broken)
    assert [int(shown.partition(":")[0]) for shown in found] == [3, 25, 32, 39, 42, 53]
    fragments = [
        "nomor: unknown key",
        "counts from 'the end'",
        "already used",
        "duty.to",
        "open question",
        "2025-05-32",
    ]
    assert all(fragment in shown for fragment, shown in zip(fragments, found, strict=True))


def test_a_bad_rule_does_not_hide_the_faults_of_the_others() -> None:
    broken = GOOD.replace("30 days before term end", "someday").replace(
        "to: [gubernur, kedua]", "to: [bupati]"
    )
    found = errors(broken)
    assert [shown.partition(":")[0] for shown in found] == ["24", "38"]
    assert "someday" in found[0]
    assert "unknown addressee 'bupati'" in found[1]


def test_a_chain_to_a_rule_with_a_fault_of_its_own_is_no_second_fault() -> None:
    broken = GOOD.replace("14 calendar days since force-majeure-occurred", "whenever")
    assert [shown.partition(":")[0] for shown in errors(broken)] == ["29"]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "is not an agreement, expected keys such as id, parties, rules"),
        ("# nothing\n", "is not an agreement"),
        ("- a\n- b\n", "is not an agreement"),
        ("just words\n", "is not an agreement"),
        ("42\n", "is not an agreement"),
        ("\tid: x\n", "not readable as YAML"),
        ("id: &a [*a]\n", ""),
    ],
)
def test_what_is_no_agreement_at_all(text: str, fragment: str) -> None:
    file, faults = read_text(text, "a.yaml")
    assert file is None
    assert faults[0].line == 1
    assert fragment in faults[0].message


def test_an_empty_mapping_misses_everything_at_once() -> None:
    found = errors("{}")
    assert [shown.partition(": is missing")[0] for shown in found] == [
        "1: id",
        "1: parties",
        "1: signed",
        "1: term",
        "1: title",
    ]


def test_gaps_are_warnings_and_the_file_still_loads() -> None:
    text = GOOD.replace("    if_missed: lapse\n", "").replace(", form: [report]", "")
    file, faults = read_text(text, "a.yaml")
    assert file is not None
    assert [(fault.line, fault.severity) for fault in faults] == [(21, "warning"), (35, "warning")]
    assert "'renewal-notice' does not say if_missed" in faults[0].message
    assert "'monitoring-report' does not say duty.form" in faults[1].message


def test_without_a_list_of_clauses_references_are_a_warning() -> None:
    text = re.sub(r"clauses:\n(  - .*\n){4}", "", GOOD)
    file, faults = read_text(text, "a.yaml")
    assert file is not None
    assert [fault.severity for fault in faults] == [Severity.WARNING]
    assert "clause references cannot be checked" in faults[0].message


def write(folder: Path, **texts: str | bytes) -> Loaded:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(terms_paths(folder))


def test_an_id_used_by_two_files_is_a_fault_of_the_later(tmp_path: Path) -> None:
    found = write(tmp_path, a=GOOD, b="# another\n" + GOOD, c=GOOD.replace("sample-2025", "other-2025"))
    assert [file.agreement.id for file in found.files] == ["sample-2025", "other-2025"]
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    assert [str(fault) for fault in found.faults] == [
        f"{second}:2: agreement id 'sample-2025' is already used in {first}, expected a new id"
    ]


def test_one_bad_file_never_stops_the_others(tmp_path: Path) -> None:
    found = write(
        tmp_path, a=b"id: \xff\xfe\n", b="\t", c=GOOD, d="", e=GOOD.replace("id: sample-2025", "id: X")
    )
    assert [file.agreement.id for file in found.files] == ["sample-2025"]
    assert [Path(fault.file).name for fault in found.faults] == ["a.yaml", "b.yaml", "d.yaml", "e.yaml"]
    assert found.faults[0].message == "cannot be read (not UTF-8 text), expected a YAML terms file"
    assert found.errors == found.faults


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    file, faults = read_file(tmp_path / "none.yaml")
    assert file is None
    assert "cannot be read (No such file or directory)" in faults[0].message


def test_where_terms_files_are_looked_for(tmp_path: Path) -> None:
    (tmp_path / "agreements" / "old").mkdir(parents=True)
    (tmp_path / "reminders.yaml").touch()
    (tmp_path / "agreements" / "b.yaml").touch()
    (tmp_path / "agreements" / "a.yml").touch()
    (tmp_path / "agreements" / "old" / "c.yaml").touch()
    names = [path.name for path in terms_paths(tmp_path)]
    assert sorted(names) == ["a.yml", "b.yaml", "c.yaml"]
    assert [path.name for path in terms_paths(tmp_path / "agreements" / "old")] == ["c.yaml"]
    assert terms_paths(tmp_path / "reminders.yaml") == [tmp_path / "reminders.yaml"]


def test_the_repositorys_own_files_load() -> None:
    found = load(terms_paths(RULES))
    assert found.errors == ()
    assert {file.agreement.id for file in found.files} == set(repository_terms())


LINES = GOOD.splitlines()
GARBAGE = st.one_of(
    st.text(alphabet="ab0:-[]{}&*!|>'\"#%@` ,", max_size=12),
    st.sampled_from(
        [
            "- ",
            "x: ",
            "  x: 1",
            "- {}",
            "[",
            "due: 30",
            "id:",
            "rules: 3",
            "term:",
            "null",
            "- - a",
            "? a",
            "<<: {a: b}",
        ]
    ),
)
PLACES = st.integers(0, len(LINES) - 1)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("delete"), PLACES, st.just("")),
        st.tuples(st.just("double"), PLACES, st.just("")),
        st.tuples(st.just("replace"), PLACES, GARBAGE),
        st.tuples(st.just("indent"), PLACES, st.just("")),
        st.tuples(st.just("value"), PLACES, GARBAGE),
        st.tuples(st.just("cut"), PLACES, st.just("")),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


def mutated(edits: list[tuple[str, int, str]]) -> str:
    lines = list(LINES)
    for kind, place, garbage in edits:
        at = place % len(lines)
        line = lines[at]
        changed = {
            "delete": [],
            "double": [line, line],
            "replace": [garbage],
            "indent": [f"  {line}"],
            "value": [f"{line.partition(':')[0]}: {garbage}"],
            "cut": [line[: len(line) // 2]],
        }[kind]
        lines[at : at + 1] = changed
        lines = lines or [""]
    return "\n".join(lines)


def checked(text: str) -> None:
    file, faults = read_text(text, "a.yaml")
    last = len(text.split("\n"))
    assert all(1 <= fault.line <= last for fault in faults)
    assert all(fault.message for fault in faults)
    assert (file is None) == any(fault.severity is Severity.ERROR for fault in faults)
    assert faults == sorted(set(faults))


@given(EDITS)
def test_a_mutated_file_never_raises(edits: list[tuple[str, int, str]]) -> None:
    checked(mutated(edits))


@given(st.text(alphabet="ab1 \n\t:-?,[]{}&*!|>'\"#%@`~", max_size=60))
def test_arbitrary_text_never_raises(text: str) -> None:
    checked(text)


JSON_LIKE = st.recursive(
    st.sampled_from(["x", "2025-01-01", "signed", "1", "true", "null", "''", "every month", "30 days"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["id", "by", "to", "name", "from", "due", "0"]), inner, max_size=3
        ).map(lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}")
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["id", "title", "numbers", "timezone", "signed", "parties", "others", "term", "clauses", "rules", "findings", "remind", "calendar", "parents"]
)  # fmt: skip


@given(st.dictionaries(KEYS, JSON_LIKE, min_size=1, max_size=4))
def test_values_of_any_shape_are_faults_or_fine(values: dict[str, str]) -> None:
    replaced = GOOD
    for key, value in values.items():
        section = re.search(rf"^{key}:.*\n(?:[ ].*\n)*", replaced, re.MULTILINE)
        before, after = (section.start(), section.end()) if section else (len(replaced), len(replaced))
        replaced = f"{replaced[:before]}{key}: {value}\n{replaced[after:]}"
    checked(replaced)
