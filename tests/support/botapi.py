"""A stand-in for the Telegram Bot API on this machine, as strict as the real one about messages."""

import html
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "123456:TEST-secret-Token_0123456789abcdef"
LIMIT = 4096
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote"}
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")
_BOT = {"id": 123456, "is_bot": True, "first_name": "Pelacak", "username": "pelacak_test_bot"}


@dataclass(frozen=True)
class Failure:
    """An answer that is not ok, as the Bot API words it."""

    code: int
    description: str
    parameters: dict[str, int] | None = None


FLOOD = Failure(429, "Too Many Requests: retry after 7", {"retry_after": 7})
BLOCKED = Failure(403, "Forbidden: bot was blocked by the user")
NO_CHAT = Failure(400, "Bad Request: chat not found")
MOVED = Failure(
    400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -100500}
)
KICKED = Failure(403, "Forbidden: bot was kicked from the group chat")
DEACTIVATED = Failure(403, "Forbidden: user is deactivated")
TOO_LONG = Failure(400, "Bad Request: message is too long")
BAD_TAGS = Failure(400, "Bad Request: can't parse entities: unexpected end tag")
BROKEN = Failure(500, "Internal Server Error")


@dataclass
class BotApi:
    """What tests see of the server, and how they tell it to fail."""

    base_url: str
    messages: list[dict[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    fail: dict[str, Failure] = field(default_factory=dict)
    """Method -> how it fails, every time."""
    hang: set[str] = field(default_factory=set)
    """Methods that do what they are asked and never say so."""
    raw: dict[str, str] = field(default_factory=dict)
    """Method -> a body to answer with, whatever it is."""
    raw_status: int = 200
    """The status that goes with `raw`."""
    fail_chats: dict[str, Failure] = field(default_factory=dict)
    """Chat id -> how a message to it fails, every time."""
    refuse_html: bool = False
    """Find fault with the tags of every message, even where there is none."""
    fail_plain: Failure | None = None
    """How a message without tags fails, every time."""

    def reset(self) -> None:
        """Behave well again, and forget."""
        for kept in (self.messages, self.calls, self.fail, self.hang, self.raw, self.fail_chats):
            kept.clear()
        self.raw_status, self.refuse_html, self.fail_plain = 200, False, None

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        method = request.path_params["method"]
        self.calls.append(method)
        if request.path_params["token"] != TOKEN:
            return _failed(Failure(401, "Unauthorized"))
        answer = self._outcome(method, await _parameters(request))
        if method in self.hang:
            await request.receive()  # comes back when the client has given up
        return answer

    def _outcome(self, method: str, parameters: dict[str, str]) -> Response:
        if method in self.fail:
            return _failed(self.fail[method])
        if method in self.raw:
            return Response(self.raw[method], self.raw_status, media_type="application/json")
        if method == "getMe":
            return JSONResponse({"ok": True, "result": _BOT})
        if method == "sendMessage":
            return self._send_message(parameters)
        return _failed(Failure(404, "Not Found"))

    def _send_message(self, parameters: dict[str, str]) -> Response:
        if parameters.get("chat_id") in self.fail_chats:
            return _failed(self.fail_chats[parameters["chat_id"]])
        if self.fail_plain is not None and "parse_mode" not in parameters:
            return _failed(self.fail_plain)
        fault = _fault(parameters)
        if self.refuse_html and "parse_mode" in parameters:
            fault = "can't parse entities: unsupported start tag"
        if fault is not None:
            return _failed(Failure(400, f"Bad Request: {fault}"))
        self.messages.append(parameters)
        chat = {"id": int(parameters["chat_id"]), "type": "private", "first_name": "Narahubung"}
        result = {"message_id": len(self.messages), "date": 1736470800, "chat": chat, "text": "..."}
        return JSONResponse({"ok": True, "result": result})


@contextmanager
def bot_api() -> Iterator[BotApi]:
    """Run the server on a free port, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    api = BotApi(f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = Starlette(routes=[Route("/bot{token}/{method}", api.answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield api
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


async def _parameters(request: Request) -> dict[str, str]:
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        given: dict[str, Any] = json.loads(body)
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    if kind.startswith("multipart/form-data"):
        form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=HTTP)
        return {
            str(part.get_param("name", header="content-disposition")): part.get_content().strip()
            for part in form.iter_parts()
        }
    return dict(parse_qsl(body.decode()))


def _failed(failure: Failure) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": failure.code, "description": failure.description}
    if failure.parameters:
        body["parameters"] = failure.parameters
    return JSONResponse(body, status_code=failure.code)


def _fault(parameters: dict[str, str]) -> str | None:
    """Say what the real server would refuse; None where it would take the message."""
    if not parameters.get("chat_id"):
        return "chat_id is empty"
    if not re.fullmatch(r"-?\d+", parameters["chat_id"]):
        return "chat not found"
    return message_fault(parameters.get("text", ""), parameters.get("parse_mode", ""))


def message_fault(text: str, parse_mode: str = "HTML") -> str | None:
    """Say what the real server would find wrong with a text."""
    if parse_mode == "HTML":
        fault = _html_fault(text)
        if fault is not None:
            return f"can't parse entities: {fault}"
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    if not text.strip():
        return "message text is empty"
    if len(text.strip().encode("utf-16-le")) // 2 > LIMIT:
        return "message is too long"
    return None


def _html_fault(text: str) -> str | None:
    if _ENTITY.search(text):
        return "unknown entity or a bare ampersand"
    checker = _Checker()
    checker.feed(text)
    checker.close()
    if checker.open:
        return f"can't find end tag of {checker.open[-1]}"
    return checker.fault


class _Checker(HTMLParser):
    """Finds unknown, unclosed and wrongly nested tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.fault: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS or (attrs and tag != "a"):
            self.fault = f"unsupported start tag {tag}"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.fault = f"unexpected end tag {tag}"

    def handle_data(self, data: str) -> None:
        if "<" in data or ">" in data:
            self.fault = "a bare < or >"
