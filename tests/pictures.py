"""The pictures of the web in docs/, taken anew from the demo: `make pictures`."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.support.agreements import ROOT
from tests.support.served import chromium

_ENTRANCE = re.compile(r"http://\S+/demo/\S+")
_WIDE, _PHONE = (1060, 900), (390, 844)
_BABEL = "/perjanjian/babel-bpjstk-2025"


class Picture(NamedTuple):
    """A page, and how much of it is shown."""

    name: str
    path: str
    size: tuple[int, int] = _WIDE


def pictures(year: int) -> tuple[Picture, ...]:
    """Name the pictures; the pages that show a year show the one of today."""
    fact = f"jenis-1=force-majeure-occurred&hari-1={year}-11-19"
    return (
        Picture("web-upcoming", "/"),
        Picture("web-phone", "/", _PHONE),
        Picture("web-calendar", f"/calendar?month={year}-12"),
        Picture("web-agreements", "/perjanjian"),
        Picture("web-agreement", _BABEL),
        Picture("web-log", f"{_BABEL}/peristiwa"),
        Picture("web-me", "/saya"),
        Picture("web-mail", "/outbox"),
        Picture("web-timeline", f"{_BABEL}/linimasa?tahun={year}"),
        Picture("web-what-if", f"/what-if?perjanjian=babel-bpjstk-2025&{fact}"),
        Picture("web-alerts", "/alerts"),
        Picture("web-compliance", "/compliance?tahun=2025&menurut=kind"),
        Picture("web-doctor", "/doctor"),
        Picture("web-settings", "/settings"),
    )


def take(page: Any, url: str, folder: Path, year: int) -> None:
    """Take all of them as somebody who sees everything."""
    for picture in pictures(year):
        page.set_viewport_size({"width": picture.size[0], "height": picture.size[1]})
        answer = page.goto(f"{url}{picture.path}")
        assert answer.status == 200, picture
        page.screenshot(path=folder / f"{picture.name}.png")
    page.set_viewport_size({"width": _WIDE[0], "height": _WIDE[1]})
    page.goto(f"{url}/")
    page.locator("a.title").first.click()
    page.screenshot(path=folder / "web-duty.png")
    page.goto(f"{url}{_BABEL}/catat/force-majeure-occurred")
    page.fill("input[name=hari]", f"{year}-11-19")
    page.locator("[name=party]").first.select_option(index=1)
    page.fill("[name=note]", "Banjir rob")
    page.locator("button[value=lihat]").click()
    page.locator("details.more summary").first.click()
    page.screenshot(path=folder / "web-preview.png")


def main() -> None:
    """Run the demo, enter it as an administrator, and take the pictures."""
    with TemporaryDirectory() as folder, chromium() as browser:
        command = [sys.executable, "-m", "tracker", "demo", "--serve", "--folder", folder]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603
            assert demo.stdout is not None
            link = next(found[0] for line in demo.stdout if (found := _ENTRANCE.search(line)))
            try:
                page = browser.new_page(locale="id-ID")
                page.goto(link)
                page.locator("button[name=sebagai]").first.click()
                page.wait_for_selector("nav")
                year = int(page.evaluate("new Date().getFullYear()"))
                take(page, link.partition("/demo/")[0], ROOT / "docs", year)
            finally:
                demo.terminate()


if __name__ == "__main__":
    main()
