"""The ledger of alerts, compliance, the doctor's page, the printed semester, settings; who may see them."""

import asyncio
import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text, update
from sqlmodel import col

from tests.integration.test_flow import wib
from tests.integration.test_races import at_once
from tests.integration.test_site_rights import AUDITOR, BOSS, NOBODY, PEOPLE, signed_in
from tests.support.botapi import BotApi
from tests.support.browser import KEY, shown
from tests.support.houses import Home, Homes, Recorder
from tests.support.phone import settings_of
from tests.support.statements import statements
from tests.support.town import town
from tests.support.visitor import Visitor
from tracker import flow, resending
from tracker.accounts import accounts
from tracker.accounts.accounts import Account
from tracker.base.db import Database
from tracker.bootstrap import build_cycle
from tracker.doctor.kept import keep
from tracker.doctor.service import examine
from tracker.outbox.delivery import Accepted, Delivery, Failure, SendError
from tracker.outbox.dispatch import inline
from tracker.outbox.tables import AlertRow
from tracker.people.rights import Office
from tracker.people.tables import LinkCodeRow
from tracker.reminders.recipients import EMAIL, TELEGRAM
from tracker.resending import Resent
from tracker.seen.fates import Fate
from tracker.seen.ledger import AlertWish, Ledger, Place
from tracker.seen.sight import Sight
from tracker.terms.tables import AgreementRow
from tracker.web.app import build_app

NORTH, SOUTH = "utara-2026", "lain-2026"
DUTY = f"{NORTH}/renewal-notice/2026-12-18"
PAGES = ("/alerts?masa=semua", "/compliance", "/settings", "/unduh/kepatuhan.csv")
LEDGER = "/unduh/pemberitahuan.csv?masa=semua"
PRINTED = "/reports/semester.pdf?year=2026&half=2"
OVERSEERS = ("manager", "other manager", "fallback", "admin", "auditor")
SECOND_PARTY = "officer of two"


@dataclass
class Post(Recorder):
    """Takes everything but what goes to some addresses."""

    unknown: set[str] = field(default_factory=set)

    async def send(self, delivery: Delivery) -> Accepted:
        """Keep it, or refuse it as a server does."""
        if delivery.address in self.unknown:
            raise SendError("550 5.1.1 <c11@example.org>: User unknown", Failure.ADDRESS)
        return await super().send(delivery)


def run_until(home: Home, day: str, unknown: set[str] | None = None) -> Post:
    mail = Post(EMAIL, unknown=unknown or set())
    cycle = build_cycle(home.house, {EMAIL: mail, TELEGRAM: Recorder(TELEGRAM)}, inline)
    last = wib(f"{day}T10:00")

    async def run() -> None:
        while (due := flow.next_wake(home.db)) is not None and due <= last:
            home.clock.move_to(max(due, home.clock.now()))
            await cycle.run()
        home.clock.move_to(last)

    asyncio.run(run())
    return mail


@pytest.fixture
def home(homes: Homes) -> Home:
    built = town(homes, secret_key=KEY, public_url="https://tracker.test", fallback_email=PEOPLE["fallback"])
    with built.db.write() as connection:
        for address, office in ((AUDITOR, Office.AUDITOR), (BOSS, Office.ADMIN)):
            accounts.put(connection, Account(address, office, address), "tester", built.clock.now())
    return built


def alerts_to(home: Home, address: str) -> list[Any]:
    query = select(AlertRow).where(col(AlertRow.address) == address, ~col(AlertRow.key).startswith("group/"))
    with home.db.read() as connection:
        return list(connection.execute(query.order_by(col(AlertRow.created_at), col(AlertRow.key))))


def again(visitor: Visitor, key: str, mark: str | None = None) -> Any:
    found = re.search(r'name="tanda" value="(\w+)"', visitor.get("/saya").text)
    fields = {"tanda": mark if mark is not None else found[1] if found else "", "kunci": key, "ke": "/alerts"}
    return visitor.post("/alerts/lagi", fields)


def test_the_ledger_shows_what_failed_and_why_and_pages_without_gaps(home: Home) -> None:
    run_until(home, "2026-12-21", unknown={"c11@example.org"})
    app = build_app(home.house)
    admin = signed_in(home, "admin", app)
    with statements(home.db) as asked:
        assert admin.get("/alerts?masa=semua").status_code == 200
    assert len([one for one in asked if one.startswith(("SELECT", "WITH"))]) <= 10
    refused = shown(admin.get("/alerts?masa=semua&keadaan=refused"))
    assert "alamat itu tidak dikenal server penerima" in refused
    assert "550 5.1.1" in refused
    assert "percobaan" in refused
    seen, path = [], "/alerts?masa=semua"
    for _ in range(20):
        page = admin.get(path)
        seen += re.findall(r'<time datetime="([^"]+)"', page.text)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
    total = [row for row in home.rows(AlertRow) if not row.key.startswith("group/")]
    assert len(seen) == len(total) > 25
    assert seen == sorted(seen, reverse=True)
    table = list(csv.reader(io.StringIO(admin.get("/unduh/pemberitahuan.csv?masa=semua").text)))
    assert len(table) == len(total) + 1
    assert admin.get("/unduh/pemberitahuan.xlsx?masa=semua").content.startswith(b"PK")


def test_the_ledger_is_filtered_in_the_address(home: Home) -> None:
    run_until(home, "2026-12-21")
    admin = signed_in(home, "admin", build_app(home.house))

    def found(query: str) -> list[str]:
        return [
            line[0] for line in csv.reader(io.StringIO(admin.get(f"/unduh/pemberitahuan.csv{query}").text))
        ][1:]

    everything = found("?masa=semua")
    assert found(f"?masa=semua&perjanjian={NORTH}") != everything
    parts = [found(f"?masa=semua&unit={unit}") for unit in ("utara", "selatan")]
    about = [found(f"?masa=semua&perjanjian={name}") for name in (NORTH, SOUTH)]
    assert [len(one) for one in parts] == [len(one) for one in about]
    channels = [found(f"?masa=semua&saluran={name}") for name in (EMAIL, TELEGRAM)]
    assert sum(map(len, channels)) == len(everything)
    assert all(channels)
    states = ("refused", "retrying", "waiting", "accepted", "withdrawn")
    assert sum(len(found(f"?masa=semua&keadaan={state}")) for state in states) == len(everything)
    assert len(found("?masa=semua&cari=babel")) == len(about[0])
    assert len(found("?masa=semua&cari=C11@example.org")) == len(alerts_to(home, "c11@example.org")) > 0
    assert found("?masa=semua&cari=tidakada") == []
    assert found("?masa=semua&unit=x&saluran=x&keadaan=x&sesudah=x") == everything
    home.clock.move_to(wib("2028-01-03T10:00"))
    late = signed_in(home, "admin", build_app(home.house))
    assert "Tidak ada pemberitahuan" in shown(late.get("/alerts"))
    assert "Tidak ada pemberitahuan" not in shown(late.get("/alerts?masa=semua"))


def test_everybody_sees_what_they_may_of_every_page(home: Home) -> None:
    run_until(home, "2026-12-21", unknown={"c11@example.org"})
    app = build_app(home.house)
    for who in PEOPLE:
        visitor = signed_in(home, who, app)
        found = {path: visitor.get(path) for path in (*PAGES, LEDGER, PRINTED)}
        statuses = {answer.status_code for answer in found.values()}
        assert statuses == {303 if who in NOBODY else 200}, who
        if who in NOBODY:
            continue
        assert visitor.get("/doctor").status_code == (200 if who in OVERSEERS else 404), who
        ledger = found[LEDGER].text
        everything = "".join(found[path].text for path in PAGES)
        for name, hidden in (
            ("Babel", who == "other manager"),
            ("Kutai", who not in ("other manager", *OVERSEERS[2:])),
        ):
            assert (name not in ledger) is hidden, (who, name)
            assert not (hidden and name in everything), (who, name)
        # What the other side's people were told, and where, is theirs.
        assert ("c11@example.org" in ledger) is (
            who in ("officer of one", "manager", "fallback", "admin", "auditor")
        )
        assert ("c12@example.org" in ledger) is (
            who in (SECOND_PARTY, "manager", "fallback", "admin", "auditor")
        )
        pdf = PdfReader(io.BytesIO(found[PRINTED].content))
        printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
        assert ("Rahasia satu" in printed) is (who != "other manager"), who
        assert ("Rahasia tiga" in printed) is (who in OVERSEERS[1:]), who


def test_sending_again(home: Home) -> None:
    run_until(home, "2026-12-14", unknown={"c11@example.org"})
    app = build_app(home.house)
    admin = signed_in(home, "admin", app)
    key = next(row.key for row in alerts_to(home, "c11@example.org") if row.state == "refused")
    told = next(
        row for row in alerts_to(home, "c12@example.org") if row.state == "accepted" and row.obligation_key
    )
    before = len(home.rows(AlertRow))
    for who in PEOPLE:
        answer = again(signed_in(home, who, app), told.key)
        if who in NOBODY:
            assert answer.headers["location"] == "/masuk", who
        elif who in ("manager", "fallback", "admin"):
            continue
        else:
            assert answer.status_code == (404 if who == "other manager" else 403), who
    # The first who may has it sent; the others are told that it is under way.
    assert len(home.rows(AlertRow)) == before + 1
    assert again(admin, told.key).status_code == 409
    assert again(admin, told.key, mark="0" * 64).status_code == 403
    assert again(admin, "utara-2026/x/y").status_code == 404
    done = again(admin, key)  # by the way that still works
    assert done.headers["location"] == "/alerts?tercatat=dikirim-lagi"
    assert "dikirim lagi" in shown(admin.get(done.headers["location"]))
    assert [row.channel for row in alerts_to(home, "11") if "/again/" in row.key] == [TELEGRAM]
    sent = run_until(home, "2026-12-14")
    (repeated,) = [one for one in sent.sent if "/again/" in one.alert_key]
    assert repeated.address == "c12@example.org"
    assert any("Dikirim lagi atas permintaan" in note for note in repeated.content.notes)
    assert again(admin, told.key).status_code == 409  # once a day
    home.record(
        "obligation-waived",
        "2026-12-14",
        agreement=NORTH,
        rule="report-two",
        occurrence="2026-12-21",
        why="x",
    )
    waived = next(row.key for row in alerts_to(home, "c12@example.org") if "report-two" in row.key)
    assert again(admin, waived).status_code == 409


def test_sending_again_tells_no_day_that_has_moved_and_nobody_who_serves_no_more(home: Home) -> None:
    run_until(home, "2026-12-14")
    (first, *_) = [row for row in alerts_to(home, "c12@example.org") if "report-two" in row.key]
    day = {"rule": "report-two", "occurrence": "2026-12-21"}
    home.record(
        "contact-appointed",
        "2026-12-14",
        agreement=NORTH,
        party="kedua",
        name="Baru",
        email="baru@example.org",
    )
    with home.db.write() as connection:
        said = resending.resend(connection, home.house.context, first.key, "x", home.clock.now())
    home.record(
        "obligation-overridden", "2026-12-14", agreement=NORTH, **day, act_by="2026-12-22", why="Kata Biro"
    )
    with home.db.write() as connection:
        moved = resending.resend(connection, home.house.context, first.key, "x", home.clock.now())
        unknown = resending.resend(connection, home.house.context, "nirwana", "x", home.clock.now())
    assert (said, moved, unknown) == (Resent.NOBODY, Resent.MOVED, Resent.UNKNOWN)


def test_two_who_press_at_once_have_it_sent_once(home: Home, database_url: str) -> None:
    run_until(home, "2026-12-14")
    told = next(row for row in alerts_to(home, "c12@example.org") if "report-two" in row.key)
    other = Database(database_url)

    def press(db: Database) -> Resent:
        with db.write() as connection:
            return resending.resend(connection, home.house.context, told.key, "x", home.clock.now())

    said = at_once(lambda: press(home.db), lambda: press(other))
    other.close()
    assert sorted(said) == [Resent.QUEUED, Resent.WAITING]
    assert len([row for row in home.rows(AlertRow) if "/again/" in row.key]) == 1


def count_of(visitor: Visitor, query: str) -> Mapping[str, list[int]]:
    found = list(
        csv.reader(io.StringIO(visitor.get(f"/unduh/kepatuhan.csv{query}").content.decode("utf-8-sig")))
    )
    return {line[0]: [int(one) if one else -1 for one in line[1:]] for line in found[1:]}


def test_compliance_counts_by_what_was_done_when(home: Home) -> None:
    run_until(home, "2026-12-23")
    # Done in time, though recorded after the day; done late; still open.
    home.record(
        "notice-served", "2026-12-17", agreement=NORTH, rule="renewal-notice", occurrence="2026-12-18"
    )
    home.record("duty-fulfilled", "2026-12-23", agreement=NORTH, rule="report-two", occurrence="2026-12-21")
    visitor = signed_in(home, "admin", build_app(home.house))
    semester = "?tahun=2026&bagian=s2"
    #   in time, late, missed, overdue, ahead, not needed, all, percent
    north, south = [1, 1, 0, 0, 0, 0, 2, 50], [0, 0, 0, 1, 0, 0, 1, 0]
    assert count_of(visitor, semester) == {
        "Cabang Utara": north,
        "Cabang Selatan": south,
        "Semua": [1, 1, 0, 1, 0, 0, 3, 33],
    }
    by_kind = count_of(visitor, f"{semester}&menurut=kind")
    assert by_kind["Perpanjangan"] == [1, 0, 0, 0, 0, 0, 1, 100]
    assert by_kind["Laporan"] == [0, 1, 0, 1, 0, 0, 2, 0]
    by_party = count_of(visitor, f"{semester}&menurut=party")
    assert by_party["Dinas Utara"] == [1, 0, 0, 0, 0, 0, 1, 100]
    assert by_party["Badan Utara"] == [0, 1, 0, 0, 0, 0, 1, 0]
    assert set(count_of(visitor, f"{semester}&menurut=month")) == {"Desember", "Semua"}
    assert count_of(visitor, f"{semester}&menurut=month&unit=utara")["Desember"] == north
    assert count_of(visitor, f"{semester}&menurut=month&jenis=renewal")["Desember"][6] == 1
    assert count_of(visitor, "?tahun=2026&bagian=q3") == {"Semua": [0, 0, 0, 0, 0, 0, 0, -1]}
    with statements(home.db) as asked:
        page = visitor.get(f"/compliance{semester}")
    assert len([one for one in asked if one.startswith(("SELECT", "WITH"))]) <= 10
    assert page.text.count('<rect class="bar-') == 6 + 3
    assert "33%" in shown(page)
    assert 'href="/reports/semester.pdf?year=2026&amp;half=2"' in page.text
    manager = signed_in(home, "manager", build_app(home.house))
    assert count_of(manager, f"{semester}&menurut=kind")["Semua"] == north
    pdf = PdfReader(io.BytesIO(visitor.get("/reports/semester.pdf?year=2026&half=2").content))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for said in (
        "Kewajiban semester 2 tahun 2026",
        "33% tepat waktu",
        "Halaman 1 dari",
        "Lapor Rahasia satu",
        "tepat waktu",
    ):
        assert said in printed
    one = PdfReader(io.BytesIO(visitor.get("/reports/semester.pdf?year=2026&half=2&unit=selatan").content))
    assert "Rahasia satu" not in " ".join(page.extract_text() for page in one.pages)


def test_what_was_stored_before_learns_by_whom_it_is_owed(home: Home) -> None:
    before = home.snapshot()["ObligationRow"]
    with home.db.write() as connection:
        connection.execute(text("UPDATE obligation SET holder = NULL"))
        of_north = col(AgreementRow.id) == NORTH
        connection.execute(update(AgreementRow).where(of_north).values(wake_at=home.clock.now()))
    assert flow.roll_due(home.db, home.house.context, home.clock.now()) == 1
    after = {row.key: row for row in home.snapshot()["ObligationRow"]}
    for row in before:
        assert after[row.key].holder == (row.holder if row.agreement_id == NORTH else None)
        assert after[row.key].wake_at == row.wake_at


def test_the_doctor_tells_each_what_concerns_them(home: Home) -> None:
    run_until(home, "2026-12-14", unknown={"c11@example.org"})
    app = build_app(home.house)
    admin, manager, other = (signed_in(home, who, app) for who in ("admin", "manager", "other manager"))
    assert "belum diperiksa" in shown(admin.get("/doctor"))
    with home.db.write() as connection:
        connection.execute(text("UPDATE obligation SET wake_at = NULL WHERE agreement_id = 'lain-2026'"))
    keep(home.db, examine(home.db, home.house.context, home.clock.now()), home.clock.now())
    for visitor, sees in ((admin, (True, True)), (manager, (True, False)), (other, (False, True))):
        page = shown(visitor.get("/doctor"))
        assert ("c11@example.org: tidak berfungsi" in page, "lain-2026/report-three" in page) == sees
    found = re.search(r'name="tanda" value="(\w+)"', manager.get("/doctor").text)
    assert found is not None
    home.clock.move_to(wib("2026-12-14T11:00"))
    auditor = signed_in(home, "auditor", app)
    assert 'action="/doctor"' not in auditor.get("/doctor").text
    own = re.search(r'name="tanda" value="(\w+)"', auditor.get("/doctor").text)
    assert auditor.post("/doctor", {"tanda": own[1] if own else ""}).status_code == 403
    assert manager.post("/doctor", {"tanda": found[1]}).headers["location"] == "/doctor?tercatat=diperiksa"
    page = shown(admin.get("/doctor"))
    assert "11.00" in page
    assert "ditetapkan SKB" in page


def test_settings_tell_how_one_is_told_and_take_back_what_was_stopped(home: Home) -> None:
    run_until(home, "2026-12-14", unknown={"c11@example.org"})
    app = build_app(home.house)
    manager = signed_in(home, "manager", app)
    page = shown(manager.get("/settings"))
    for said in (
        "c11@example.org",
        "alamat itu tidak dikenal",
        "Kepala (Cabang Utara)",
        "semua jalan sekaligus",
        "8 jam kantor",
    ):
        assert said in page, said
    for who in ("manager", "admin", "officer of one"):
        visitor = signed_in(home, who, app)
        for path in ("/settings", "/alerts?masa=semua&cari=rahasia", "/doctor", "/compliance"):
            with statements(home.db) as asked:
                visitor.get(path)
            assert len([one for one in asked if one.startswith(("SELECT", "WITH"))]) <= 10, (who, path)
    with home.db.write() as connection:
        from tracker.outbox.unsubscribed import unsubscribe

        unsubscribe(connection, PEOPLE["manager"], EMAIL, "summary", home.clock.now())
    assert "Terima lagi" in shown(manager.get("/settings"))
    fields = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', manager.get("/settings").text)
    )
    assert manager.post("/settings/ringkasan", fields).headers["location"] == "/settings?tercatat=ringkasan"
    assert "Terima lagi" not in shown(manager.get("/settings"))
    assert manager.post("/settings/ringkasan", {**fields, "ringkasan": "x"}).status_code == 404
    assert manager.post("/settings/telegram", fields).status_code == 404  # no bot is set up here


def test_a_telegram_is_linked_from_the_settings(homes: Homes, api: BotApi) -> None:
    home = town(homes, secret_key=KEY, public_url="https://tracker.test", **settings_of(api))
    app = build_app(home.house)
    officer, stranger = signed_in(home, "officer of one", app), signed_in(home, "unconfirmed officer", app)
    page = officer.send("/settings/telegram", page="/settings")
    link = re.search(r'href="(https://t\.me/[^"]+)"', page.text)
    assert link is not None
    assert len(home.rows(LinkCodeRow, address=PEOPLE["officer of one"])) == 1
    assert link[1].rpartition("=")[2] not in officer.get("/settings").text
    assert stranger.send("/settings/telegram", page="/settings").status_code == 303
    assert len(home.rows(LinkCodeRow)) == 1


def test_new_pages_hold_no_script_and_escape_what_others_wrote(home: Home) -> None:
    run_until(home, "2026-12-14", unknown={"c11@example.org"})
    with home.db.write() as connection:
        connection.execute(
            text("UPDATE attempt SET answer = '<script>alert(1)</script>' WHERE outcome <> 'accepted'")
        )
        connection.execute(text("UPDATE doubtful_address SET answer = '<script>alert(1)</script>'"))
    admin = signed_in(home, "admin", build_app(home.house))
    for path in ("/alerts?masa=semua&keadaan=refused", "/compliance", "/doctor", "/settings"):
        page = admin.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! src)", page), path
    assert "&lt;script&gt;" in admin.get("/alerts?masa=semua&keadaan=refused").text
    assert "&lt;script&gt;" in admin.get("/settings").text


def test_an_index_gives_the_ledger_in_order(home: Home) -> None:
    run_until(home, "2026-11-30", unknown={"c11@example.org"})
    place = Place(home.clock.now(), "x")
    with home.db.write() as connection:
        sight = Sight(connection, home.house.context, accounts.identity(connection, BOSS), home.clock.now())
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
        for wish, index in (
            (AlertWish(), "ix_alert_created_at_key"),
            (AlertWish(days=90), "ix_alert_created_at_key"),
            (AlertWish(fate=Fate.REFUSED), "ix_alert_refused"),
        ):
            query = Ledger(sight, wish)._ordered(place).limit(26)
            said = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
            explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {said}"))
            # SQLite takes either of the two for what failed: without figures both cost it the same.
            expected = index if connection.dialect.name == "postgresql" else "ix_alert_"
            assert expected in plan, (wish, plan)
