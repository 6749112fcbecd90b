"""A stand-in for the Telegram Bot API on this machine, as strict as the real one about messages."""

import asyncio
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

from tests.support.botapi_rules import caption_fault, commands_fault, markup_fault, toast_fault

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
    came_at: list[float] = field(default_factory=list)
    """When each message was taken."""
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
    no_topic: set[tuple[str, str]] = field(default_factory=set)
    """Chats with topics that are not there any more."""
    refuse_html: bool = False
    """Find fault with the tags of every message, even where there is none."""
    fail_plain: Failure | None = None
    """How a message without tags fails, every time."""
    delay: float = 0
    """Seconds that a message takes, as over a real network."""
    away: float = 0
    """How many seconds the server is away, there and back: every answer comes so much later."""
    fail_once: list[tuple[str, Failure]] = field(default_factory=list)
    """Methods with how they fail next, once."""
    screens: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    """Chat and message id -> what is shown there now."""
    presses: dict[str, dict[str, str] | None] = field(default_factory=dict)
    """Presses that were made -> how they were answered; None: not yet."""
    files: list[dict[str, str]] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    """What people have sent, by file id."""
    menus: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    webhook: dict[str, str] = field(default_factory=dict)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _confirmed: int = 0
    _numbers: int = 0
    _came: threading.Condition = field(default_factory=threading.Condition)

    def push(self, **update: Any) -> int:
        """Let something happen in Telegram; gives the number of the update."""
        with self._came:
            self._numbers += 1
            self._updates.append({"update_id": self._numbers, **update})
            self._came.notify_all()
            return self._numbers

    def push_all(self, updates: list[dict[str, Any]]) -> int:
        """Let much happen at one instant; gives the number of the last update."""
        with self._came:
            for update in updates:
                self._numbers += 1
                self._updates.append({"update_id": self._numbers, **update})
            self._came.notify_all()
            return self._numbers

    def push_again(self, number: int, update: dict[str, Any]) -> None:
        """Give an update once more that was confirmed already."""
        with self._came:
            self._confirmed = min(self._confirmed, number - 1)
            self._updates.insert(0, {"update_id": number, **update})
            self._came.notify_all()

    def wait_confirmed(self, number: int, seconds: float = 20) -> None:
        """Wait until the bot asks only for what comes after an update."""
        with self._came:
            done = self._came.wait_for(lambda: self._confirmed >= number, seconds)
        assert done, f"update {number} was not taken; the last one was {self._confirmed}"

    def wait_shown(self, chat: int, number: int, text: str, seconds: float = 20) -> None:
        """Wait until a message says something."""
        with self._came:
            place = (str(chat), number)
            done = self._came.wait_for(lambda: text in self.screens[place]["text"], seconds)
        assert done, f"{text!r} is not in {self.screens[place]['text']!r}"

    async def _get_updates(self, parameters: dict[str, str]) -> Response:
        offset, limit = int(parameters.get("offset", "0")), int(parameters.get("limit", "100"))
        span = float(parameters.get("timeout", "0"))
        if self.webhook:
            return _failed(Failure(409, "Conflict: can't use getUpdates method while webhook is active"))
        if not 1 <= limit <= 100:
            return _failed(Failure(400, "Bad Request: limit is out of range"))
        wanted = set(json.loads(parameters.get("allowed_updates", "[]")))
        found = await asyncio.to_thread(self._wait, offset, span, wanted)
        return JSONResponse({"ok": True, "result": found[:limit]})

    def _wait(self, offset: int, span: float, wanted: set[str]) -> list[dict[str, Any]]:
        with self._came:
            if offset:
                self._confirmed = max(self._confirmed, offset - 1)
                self._updates = [each for each in self._updates if each["update_id"] >= offset]
                self._came.notify_all()
            if wanted:  # nothing else is kept for the bot
                self._updates = [each for each in self._updates if wanted & set(each)]
            self._came.wait_for(lambda: self._waiting(wanted) or self._closing, span)
            return self._waiting(wanted)

    _closing: bool = False

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._came:
            self._closing = True
            self._came.notify_all()

    def _waiting(self, wanted: set[str]) -> list[dict[str, Any]]:
        return [each for each in self._updates if not wanted or wanted & set(each)]

    def reset(self) -> None:
        """Behave well again, and forget."""
        for kept in (self.messages, self.calls, self.fail, self.hang, self.raw, self.fail_chats):
            kept.clear()
        for more in (
            self.fail_once,
            self.screens,
            self.presses,
            self.files,
            self.menus,
            self.webhook,
            self.no_topic,
        ):
            more.clear()
        self.raw_status, self.refuse_html, self.fail_plain, self.delay = 200, False, None, 0

    async def answer(self, request: Request) -> Response:
        """Answer one call, from as far as the server is away."""
        if not self.away:
            return await self._answer(request)
        await asyncio.sleep(self.away / 2)
        answer = await self._answer(request)
        await asyncio.sleep(self.away / 2)
        return answer

    async def _answer(self, request: Request) -> Response:
        method = request.path_params["method"]
        self.calls.append(method)
        if request.path_params["token"] != TOKEN:
            return _failed(Failure(401, "Unauthorized"))
        parameters = await _parameters(request)
        for place, (failing, failure) in enumerate(self.fail_once):
            if failing == method:
                del self.fail_once[place]
                return _failed(failure)
        if self.delay and method == "sendMessage":
            await asyncio.sleep(self.delay)
        if method == "getUpdates" and method not in self.fail:
            return await self._get_updates(parameters)
        answer = self._outcome(method, parameters)
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
        answers = {
            "editMessageText": self._edit,
            "answerCallbackQuery": self._answer_press,
            "sendDocument": self._send_document,
            "setMyCommands": self._set_menu,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getFile": self._get_file,
        }
        return answers[method](parameters) if method in answers else _failed(Failure(404, "Not Found"))

    def _edit(self, parameters: dict[str, str]) -> Response:
        chat, number = parameters.get("chat_id", ""), int(parameters.get("message_id", "0"))
        if (chat, number) not in self.screens:
            return _refused("message to edit not found")
        fault = _fault(parameters) or markup_fault(parameters.get("reply_markup"))
        if fault is not None:
            return _refused(fault)
        before = self.screens[chat, number]
        if all(before.get(name) == parameters.get(name) for name in ("text", "reply_markup")):
            return _refused("message is not modified: specified new message content is the same")
        with self._came:
            self.screens[chat, number] = parameters
            self._came.notify_all()
        return JSONResponse({"ok": True, "result": _message_of(chat, number)})

    def _answer_press(self, parameters: dict[str, str]) -> Response:
        press = parameters.get("callback_query_id", "")
        if press not in self.presses or self.presses[press] is not None:
            return _refused("query is too old and response timeout expired or query ID is invalid")
        fault = toast_fault(parameters.get("text"))
        if fault is not None:
            return _refused(fault)
        self.presses[press] = parameters
        return JSONResponse({"ok": True, "result": True})

    def _send_document(self, parameters: dict[str, str]) -> Response:
        if parameters.get("chat_id") in self.fail_chats:
            return _failed(self.fail_chats[parameters["chat_id"]])
        if not re.fullmatch(r"-?\d+", parameters.get("chat_id", "")):
            return _refused("chat not found")
        if not parameters.get("document"):
            return _refused("there is no document in the request")
        fault = caption_fault(parameters.get("caption")) or markup_fault(parameters.get("reply_markup"))
        if fault is not None:
            return _refused(fault)
        self.files.append(parameters)
        return JSONResponse(
            {"ok": True, "result": _message_of(parameters["chat_id"], 10_000 + len(self.files))}
        )

    def _set_menu(self, parameters: dict[str, str]) -> Response:
        fault = commands_fault(parameters.get("commands"))
        if fault is not None:
            return _refused(fault)
        self.menus[parameters.get("language_code", "")] = json.loads(parameters["commands"])
        return JSONResponse({"ok": True, "result": True})

    def _set_webhook(self, parameters: dict[str, str]) -> Response:
        if not parameters.get("url", "").startswith("https://"):
            return _refused("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", parameters.get("secret_token", "x")):
            return _refused("secret token contains unallowed characters")
        self.webhook = parameters
        return JSONResponse({"ok": True, "result": True})

    def _get_file(self, parameters: dict[str, str]) -> Response:
        name = parameters.get("file_id", "")
        if name not in self.uploads:
            return _refused("invalid file_id")
        if len(self.uploads[name]) > 20 * 1024 * 1024:
            return _refused("file is too big")
        found = {"file_id": name, "file_unique_id": name, "file_path": f"photos/{name}"}
        return JSONResponse({"ok": True, "result": found})

    async def give_file(self, request: Request) -> Response:
        """Give a file that somebody has sent."""
        if request.path_params["token"] != TOKEN:
            return _failed(Failure(401, "Unauthorized"))
        return Response(self.uploads[request.path_params["path"].removeprefix("photos/")])

    def _delete_webhook(self, parameters: dict[str, str]) -> Response:
        del parameters
        self.webhook = {}
        return JSONResponse({"ok": True, "result": True})

    def _send_message(self, parameters: dict[str, str]) -> Response:
        if parameters.get("chat_id") in self.fail_chats:
            return _failed(self.fail_chats[parameters["chat_id"]])
        if self.fail_plain is not None and "parse_mode" not in parameters:
            return _failed(self.fail_plain)
        fault = _fault(parameters)
        if self.refuse_html and "parse_mode" in parameters:
            fault = "can't parse entities: unsupported start tag"
        topic = parameters.get("message_thread_id")
        if topic is not None and (not topic.isdecimal() or (parameters["chat_id"], topic) in self.no_topic):
            fault = "message thread not found"
        fault = fault or markup_fault(parameters.get("reply_markup"))
        if fault is not None:
            return _refused(fault)
        self.messages.append(parameters)
        self.came_at.append(time.perf_counter())
        self.screens[parameters["chat_id"], len(self.messages)] = parameters
        return JSONResponse({"ok": True, "result": _message_of(parameters["chat_id"], len(self.messages))})


@contextmanager
def bot_api() -> Iterator[BotApi]:
    """Run the server on a free port, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else every answer takes 40 ms
    api = BotApi(f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = Starlette(
        routes=[
            Route("/file/bot{token}/{path:path}", api.give_file),
            Route("/bot{token}/{method}", api.answer, methods=["GET", "POST"]),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield api
    finally:
        api.close()
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


def _message_of(chat: str, number: int) -> dict[str, Any]:
    about = {"id": int(chat), "type": "private", "first_name": "Narahubung"}
    return {"message_id": number, "date": 1736470800, "chat": about, "text": "..."}


def _refused(fault: str) -> JSONResponse:
    return _failed(Failure(400, f"Bad Request: {fault}"))


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
