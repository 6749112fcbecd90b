"""What the real Bot API refuses besides texts: buttons, menus, files."""

import json
import re
from collections.abc import Mapping
from typing import Any

_ROW_AT_MOST = 8
_BUTTONS_AT_MOST = 100
_DATA_AT_MOST = 64
_LABEL_AT_MOST = 128
_TOAST_AT_MOST = 200
_CAPTION_AT_MOST = 1024
_KINDS = {"callback_data", "url"}


def markup_fault(markup: str | None) -> str | None:
    """Say what is wrong with the buttons under a message; None where all is well."""
    if markup is None:
        return None
    try:
        rows = json.loads(markup)["inline_keyboard"]
    except (ValueError, KeyError, TypeError):
        return "can't parse reply keyboard markup JSON object"
    if sum(map(len, rows)) > _BUTTONS_AT_MOST or any(len(row) > _ROW_AT_MOST for row in rows):
        return "reply markup is too long"
    if not rows or not all(rows):
        return "inline keyboard expected"
    return next((fault for row in rows for button in row if (fault := _button_fault(button))), None)


def _button_fault(button: Mapping[str, Any]) -> str | None:
    if not str(button.get("text", "")).strip():
        return 'can\'t parse inline keyboard button: Field "text" must be of type String'
    if len(button["text"]) > _LABEL_AT_MOST:
        return "BUTTON_TEXT_INVALID"
    if len(_KINDS & set(button)) != 1 or set(button) - _KINDS - {"text"}:
        return "text buttons are unallowed in the inline keyboard"
    if not 1 <= len(button.get("callback_data", "x").encode()) <= _DATA_AT_MOST:
        return "BUTTON_DATA_INVALID"
    return None


def toast_fault(text: str | None) -> str | None:
    """Say what is wrong with the answer to a press."""
    return "MESSAGE_TOO_LONG" if text is not None and len(text) > _TOAST_AT_MOST else None


def commands_fault(commands: str | None) -> str | None:
    """Say what is wrong with a menu."""
    found = json.loads(commands or "null")
    if not isinstance(found, list) or not 1 <= len(found) <= 100:
        return "can't parse commands"
    for one in found:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", one.get("command", "")):
            return "BOT_COMMAND_INVALID"
        if not 1 <= len(one.get("description", "")) <= 256:
            return "BOT_COMMAND_DESCRIPTION_INVALID"
    return None


def caption_fault(caption: str | None) -> str | None:
    """Say what is wrong with the words under a file."""
    return "message caption is too long" if caption is not None and len(caption) > _CAPTION_AT_MOST else None
