"""Structured logging: readable lines on a terminal, JSON for machines. No personal data."""

import logging
import sys
from typing import Any

import structlog


def configure(log_format: str) -> None:
    """Send log lines to standard error in the chosen format (`console` or `json`)."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries that log to the standard module: warnings only, and never their request URLs,
    # which carry the bot token.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


def get_logger(name: str) -> Any:
    """Give a logger that carries `name` as its source."""
    return structlog.get_logger(source=name)


def quiet() -> None:
    """Log only warnings and errors: for commands whose output is the point."""
    configure("console")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
