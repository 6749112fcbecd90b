import pytest

from tracker.web.site.visit import own_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", "/"),
        ("/kewajiban/a/b/2026-12-01T09:00:kesatu", "/kewajiban/a/b/2026-12-01T09:00:kesatu"),
        ("/?cari=a+b&jenis=renewal", "/?cari=a+b&jenis=renewal"),
        ("", "/"),
        ("kewajiban", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("https://evil.example", "/"),
        ('/"><script>', "/"),
    ],
)
def test_only_paths_of_ours_are_gone_to(text: str, path: str) -> None:
    assert own_path(text) == path
