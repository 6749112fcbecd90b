"""The API against its own document: whatever is sent, the answer is one that the document tells of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.browser import KEY
from tests.support.houses import Home, Homes
from tests.support.programs import BASE, token_of
from tests.support.town import town
from tracker.base.db import Database
from tracker.web.app import build_app

BOSS = "c16@example.org"
REAL = {"agreement": "utara-2026", "rule": "renewal-notice", "occurrence": "2026-12-18", "number": 1}
"""What there is: a path that is made up reaches nothing but a 404."""
CHECKS: list[Any] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.fixture
def home(postgres_url: str, tmp_path: Path) -> Iterator[Home]:
    """One on PostgreSQL: it refuses more texts than SQLite does."""
    db = Database(postgres_url, durable=False)
    homes = Homes(db, tmp_path)
    built = town(homes, secret_key=KEY, public_url=BASE, fallback_email=BOSS, api_per_minute=100_000)
    built.record("something-happened", "2026-11-20", agreement="utara-2026", party="kesatu")
    built.remind()
    yield built
    db.close()


@pytest.mark.postgres
def test_whatever_is_sent_is_answered_as_the_document_says(home: Home) -> None:
    app: Any = build_app(home.house)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    headers = {"Authorization": f"Bearer {token_of(home, BOSS)}"}
    statuses: dict[int, int] = {}
    with asgi.get_client(app) as client:
        found: Any
        for found in schema.get_all_operations():
            operation: Any = found.ok()
            names = [one for one in REAL if f"{{{one}}}" in operation.path]
            for mode in GenerationMode:
                for real in [{}, {name: REAL[name] for name in names}][: 1 + bool(names)]:
                    more = {"path_parameters": real} if real else {}

                    @settings(
                        max_examples=5,
                        derandomize=True,
                        database=None,
                        deadline=None,
                        phases=[Phase.generate],
                        suppress_health_check=list(HealthCheck),
                    )
                    @given(case=operation.as_strategy(generation_mode=mode, **more))
                    def answered(case: Any) -> None:
                        response = case.call(session=client, headers=headers, base_url=f"{BASE}/api/v1")
                        statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
                        case.validate_response(response, checks=CHECKS)

                    answered()
    assert {200, 404, 422} <= set(statuses), statuses
