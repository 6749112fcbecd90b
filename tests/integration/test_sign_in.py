"""Signing in: a link by mail, once, in one browser; and nobody learns who has an account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from tests.support.browser import KEY, shown
from tests.support.houses import Home, Homes
from tests.support.town import town
from tests.support.visitor import Visitor, links_for
from tracker import signing_in
from tracker.accounts import accounts, sessions
from tracker.accounts.accounts import Account
from tracker.accounts.book import What, note
from tracker.accounts.sessions import IDLE, LASTS, LINK_LASTS
from tracker.accounts.tables import SessionRow, SignInLinkRow, SignInRow
from tracker.cli import user
from tracker.outbox.content import ListContent, read_content
from tracker.outbox.tables import AlertRow
from tracker.people.rights import Office
from tracker.signing_in import ASKED_AT_MOST, SIGN_IN

MANAGER, OFFICER, FORMER, UNSURE = (f"c{chat}@example.org" for chat in (15, 11, 13, 17))


@pytest.fixture
def home(homes: Homes) -> Home:
    return town(homes, secret_key=KEY, public_url="https://tracker.test")


@pytest.fixture
def visitor(home: Home) -> Visitor:
    return Visitor(home)


def book(home: Home) -> list[tuple[str, str]]:
    return [(row.what, row.address) for row in home.rows(SignInRow)]


def test_signing_in_and_out(visitor: Visitor) -> None:
    assert visitor.get("/").headers["location"] == "/masuk?ke=%2F"
    assert visitor.sign_in(MANAGER).headers["location"] == "/"
    assert "Akan datang" in shown(visitor.get("/"))
    kept = visitor.cookies
    assert visitor.send("/keluar", page="/").headers["location"] == "/masuk?tercatat=keluar"
    visitor.cookies = kept
    assert visitor.get("/").status_code == 303
    assert book(visitor.home) == [("asked", MANAGER), ("in", MANAGER), ("out", MANAGER)]


def test_the_cookies_are_for_this_host_and_no_script(visitor: Visitor) -> None:
    link = visitor.link(MANAGER)
    cookies = visitor.send(link).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-tracker-session="))
    assert {part.strip().lower() for part in session.split(";")[1:]} == {
        "httponly",
        "secure",
        "samesite=lax",
        "path=/",
        f"max-age={int(LASTS.total_seconds())}",
    }


def test_without_https_the_cookies_still_work(homes: Homes) -> None:
    home = town(homes, secret_key=KEY, public_url="http://tracker.test")
    visitor = Visitor(home, base="http://tracker.test")
    assert visitor.sign_in(MANAGER).status_code == 303
    assert visitor.get("/").status_code == 200


def test_looking_at_the_link_uses_nothing_up(visitor: Visitor) -> None:
    link = visitor.link(MANAGER)
    for method in ("GET", "HEAD", "GET"):
        assert visitor.ask(method, link).status_code == 200
    assert visitor.send(link).status_code == 303


def test_a_link_opens_once(visitor: Visitor) -> None:
    link = visitor.link(MANAGER)
    page = visitor.get(link)
    assert visitor.send(link).status_code == 303
    again = visitor.send(link, page="/masuk")
    assert page.status_code == 200
    assert again.status_code == 410
    assert "tidak berlaku" in shown(again)
    assert len(visitor.home.rows(SessionRow)) == 1


def test_a_link_opens_for_fifteen_minutes(visitor: Visitor) -> None:
    link = visitor.link(MANAGER)
    visitor.home.clock.advance(LINK_LASTS - timedelta(seconds=1))
    assert visitor.get(link).status_code == 200
    visitor.home.clock.advance(timedelta(seconds=1))
    assert visitor.get(link).status_code == 410
    assert visitor.send(link, page="/masuk").status_code == 410
    assert visitor.home.rows(SessionRow) == []


def test_a_link_opens_only_in_the_browser_that_asked(visitor: Visitor) -> None:
    link = visitor.link(MANAGER)
    other = Visitor(visitor.home, visitor.app)
    assert other.get(link).status_code == 410
    other.get("/masuk")
    assert other.send(link, page="/masuk").status_code == 410
    assert other.get("/").status_code == 303
    assert visitor.send(link).status_code == 303


def test_nobody_learns_whether_an_address_is_known(visitor: Visitor) -> None:
    pages = set()
    for address in (MANAGER, OFFICER, FORMER, UNSURE, "nobody@example.org"):
        answer = visitor.send("/masuk", {"surel": address})
        pages.add((answer.status_code, answer.text.replace(address, "X")))
        known = address in (MANAGER, OFFICER)
        assert len(links_for(visitor.home, address)) == known
        assert book(visitor.home)[-1] == (("asked", address) if known else ("unknown", ""))
    assert len(pages) == 1


def test_the_mail_is_for_one_person_and_stands_alone(visitor: Visitor) -> None:
    visitor.link(OFFICER.upper())
    (row,) = visitor.home.rows(AlertRow, contact=SIGN_IN)
    assert (row.channel, row.address, row.groupable, row.obligation_key) == ("email", OFFICER, False, None)
    content = read_content(row.content)
    assert isinstance(content, ListContent)
    assert content.recipient == "Kepala Bidang (Dinas Utara)"
    assert any(content.link in sentence for sentence in content.lead)
    (link,) = visitor.home.rows(SignInLinkRow)
    assert link.digest not in row.content


def test_links_for_one_address_are_few(visitor: Visitor) -> None:
    answers = [visitor.send("/masuk", {"surel": MANAGER}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert len(links_for(visitor.home, MANAGER)) == 3
    visitor.home.clock.advance(LINK_LASTS)
    visitor.send("/masuk", {"surel": MANAGER})
    assert len(links_for(visitor.home, MANAGER)) == 4


def test_a_flood_is_turned_away(visitor: Visitor) -> None:
    with visitor.home.db.write() as connection:
        for _ in range(ASKED_AT_MOST):
            connection.exec_driver_sql(
                "INSERT INTO sign_in (at, what, address) VALUES ('2026-11-23 02:59:59.000000', 'unknown', '')"
            )
    assert visitor.send("/masuk", {"surel": MANAGER}).status_code == 429
    visitor.home.clock.advance(timedelta(minutes=1))
    assert visitor.send("/masuk", {"surel": MANAGER}).status_code == 200


def test_what_is_no_address_is_said_to_be_none(visitor: Visitor) -> None:
    for typed in ("", "nobody", "a b@c.example", "x@y", f"{'x' * 250}@example.org"):
        answer = visitor.send("/masuk", {"surel": typed})
        assert (answer.status_code, "bukan alamat surel" in shown(answer)) == (422, True), typed


def test_a_session_ends_by_itself(visitor: Visitor) -> None:
    visitor.sign_in(MANAGER)
    visitor.home.clock.advance(IDLE - timedelta(minutes=1))
    assert visitor.get("/").status_code == 200
    visitor.home.clock.advance(IDLE - timedelta(minutes=1))
    assert visitor.get("/").status_code == 200
    visitor.home.clock.advance(IDLE)
    assert visitor.get("/").status_code == 303


def test_who_has_lost_the_post_has_lost_the_session(visitor: Visitor) -> None:
    visitor.sign_in(OFFICER)
    assert visitor.get("/").status_code == 200
    visitor.home.record(
        "contact-appointed",
        "2026-11-23",
        agreement="utara-2026",
        party="kesatu",
        position="Kepala Bidang",
        name="Baru",
        email="baru@example.org",
        replaces="c11",
    )
    assert visitor.get("/").status_code == 303


def test_an_account_sees_everything_until_it_is_removed(visitor: Visitor) -> None:
    home = visitor.home
    with home.db.write() as connection:
        accounts.put(connection, Account("bos@example.org", Office.ADMIN, "Bos"), "tester", home.clock.now())
    visitor.sign_in("bos@example.org")
    assert "Lapor Rahasia tiga" in shown(visitor.get("/"))
    (row,) = home.rows(AlertRow, contact=SIGN_IN)
    assert read_content(row.content).recipient == "Bos"
    with home.db.write() as connection:
        assert accounts.remove(connection, "BOS@example.org", home.clock.now())
    assert visitor.get("/").status_code == 303


def test_a_form_of_another_site_is_refused(visitor: Visitor) -> None:
    visitor.get("/masuk")
    assert visitor.post("/masuk", {"surel": MANAGER}).status_code == 200  # asks again, sends nothing
    assert visitor.post("/masuk", {"surel": MANAGER, "tanda": "x" * 64}).status_code == 200
    foreign = visitor.ask("POST", "/masuk", data={"surel": MANAGER}, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert links_for(visitor.home, MANAGER) == []


def test_signing_out_needs_the_form(visitor: Visitor) -> None:
    visitor.sign_in(MANAGER)
    visitor.post("/keluar", {"tanda": "wrong"})
    assert visitor.get("/").status_code == 200


def test_where_one_goes_after_signing_in_is_ours(visitor: Visitor) -> None:
    for wanted, to in (
        ("/?jenis=renewal", "/?jenis=renewal"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
    ):
        visitor.send("/masuk", {"surel": MANAGER, "ke": wanted})
        visitor.home.clock.advance(timedelta(seconds=1))
        link = links_for(visitor.home, MANAGER)[-1].removeprefix("https://tracker.test")
        assert visitor.send(link).headers["location"] == to, wanted


def test_the_language_is_chosen_once(visitor: Visitor) -> None:
    assert 'lang="id"' in visitor.get("/masuk").text
    visitor.send("/bahasa", {"bahasa": "en"}, page="/masuk")
    page = visitor.get("/masuk")
    assert '<html lang="en"' in page.text
    assert "Send the link" in shown(page)
    visitor.sign_in(MANAGER)
    assert "Upcoming" in shown(visitor.get("/"))


def test_somebody_is_signed_out_by_command(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.sign_in(MANAGER)
    monkeypatch.setattr(user, "current", lambda: visitor.home.house)
    assert CliRunner().invoke(user.app, ["sign-out", MANAGER.upper()]).exit_code == 0
    assert visitor.get("/").status_code == 303


def test_accounts_by_command(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    home = homes.build()
    monkeypatch.setattr(user, "current", lambda: home.house)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(user.app, list(arguments))
        assert result.exception is None
        return str(result.stdout)

    assert run("add", "Boss@example.org", "--name", "Bu Boss") == "boss@example.org  admin\n"
    run("add", "boss@example.org", "--role", "auditor", "--name", "Bu Boss")
    assert run("list") == "boss@example.org  auditor  Bu Boss\n"
    run("remove", "BOSS@example.org")
    assert run("list") == ""
    with home.db.write() as connection:
        note(connection, What.IN, home.clock.now(), "boss@example.org")
    assert run("log") == "2026-11-23 03:00:00Z  in       boss@example.org\n"
    with pytest.raises(AssertionError):
        run("remove", "boss@example.org")
    with pytest.raises(AssertionError):
        run("add", "nobody")


def test_two_presses_at_once_open_one_session(home: Home) -> None:
    context, now = home.house.context, home.clock.now()
    with home.db.write() as connection:
        secret = sessions.make_link(connection, MANAGER, "b" * 43, now)

    def enter(_: int) -> object:
        return signing_in.enter(home.db, context, secret, "b" * 43, now)

    with ThreadPoolExecutor(4) as threads:
        opened = [one for one in threads.map(enter, range(4)) if one is not None]
    assert len(opened) == len(home.rows(SessionRow)) == 1
