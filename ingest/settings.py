"""Every setting, read once from `ASSISTANT_*` environment variables into one frozen object."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.errors import SettingsError

PREFIX = "ASSISTANT_"
KEY = "ASSISTANT_LLM_API_KEY"
MOST_LLM_SECONDS = 25  # after 30 the web side gives an answer up


def _start_corpus() -> Path:
    """Return ./corpus if there is one, else the start corpus installed with the package."""
    here = Path("corpus")
    shipped = Path(__file__).parent / "start_corpus"
    return here if here.exists() or not shipped.exists() else shipped


@dataclass(frozen=True, slots=True)
class Settings:
    """One field for each ASSISTANT_* variable, in upper case: `corpus` is ASSISTANT_CORPUS."""

    # What is searched, and where the index lives.
    corpus: Path = Path("corpus")
    index: Path = Path(".index")
    # "" is the model that ships with the package; else a model2vec folder or hub name,
    # "sentence-transformers:NAME" or "openai:MODEL@BASE_URL".
    embedder: str = ""
    embedder_api_key: str = field(default="", repr=False)
    # The language model; without a base URL, answers are quotes.
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm_seconds: int = 20  # 1 to 25, for a whole answer of the model; after that, quotes
    # The web server.
    host: str = "127.0.0.1"
    port: int = 7860
    site_name: str = "Little Giants Assistant"
    contact_url: str = ""  # where "get in touch" leads: https://… or mailto:…
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    # Limits for one address, the model's daily ceilings for all, and answers at the same time.
    questions_per_minute: int = 20
    questions_per_day: int = 200
    model_calls_per_day: int = 1000
    model_tokens_per_day: int = 2_000_000
    concurrent_answers: int = 8
    # What is kept and shown: nothing about a question unless a log file is named.
    question_log: str = ""
    metrics: bool = False
    demo: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Return the settings; raise SettingsError naming an unknown or malformed variable."""
        given = os.environ if environment is None else environment
        known = {PREFIX + f.name.upper(): f for f in fields(cls)}
        values: dict[str, Any] = {"corpus": _start_corpus()}
        for name, value in given.items():
            if not name.startswith(PREFIX):
                continue
            if name not in known:
                raise SettingsError(_unknown(name, list(known)))
            setting = known[name].name
            values[setting] = _PARSERS[setting](name, value)
        return cls(**values)


def _unknown(name: str, known: list[str]) -> str:
    # The prefix, which all share, would make any name close to any other.
    bare = [other.removeprefix(PREFIX) for other in known]
    close = difflib.get_close_matches(name.removeprefix(PREFIX), bare, n=1)
    hint = f"did you mean {PREFIX}{close[0]}?" if close else f"known: {', '.join(sorted(known))}."
    return f"{name} is not a setting; {hint}"


def _text(_name: str, value: str) -> str:
    return value.strip()


def _path(name: str, value: str) -> Path:
    if not value.strip():
        raise SettingsError(f"{name} is empty; expected a folder.")
    return Path(value).expanduser()


def _port(name: str, value: str) -> int:
    if not value.strip().isdecimal() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name}={value!r} is not a port; expected 1 to 65535, such as 7860.")
    return int(value)


def _count(name: str, value: str) -> int:
    if not value.strip().isdecimal():
        raise SettingsError(f"{name}={value!r} is not a number; expected 0, 1, 2, …")
    return int(value)


def _places(name: str, value: str) -> int:
    if not value.strip().isdecimal() or int(value) < 1:
        raise SettingsError(f"{name}={value!r} is not a number from 1; expected 1, 2, 3, …")
    return int(value)


def _llm_seconds(name: str, value: str) -> int:
    if not value.strip().isdecimal() or not 1 <= int(value) <= MOST_LLM_SECONDS:
        raise SettingsError(
            f"{name}={value!r} is too short, too long or no number; expected whole seconds, "
            f"1 to {MOST_LLM_SECONDS}: a visitor's page does not wait longer."
        )
    return int(value)


def _switch(name: str, value: str) -> bool:
    known = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
    if value.strip().lower() not in known:
        raise SettingsError(f"{name}={value!r} is neither on nor off; expected 1 or 0.")
    return known[value.strip().lower()]


def _web_address(name: str, value: str) -> str:
    value = value.strip()
    if value and not value.startswith(("http://", "https://")):
        raise SettingsError(f"{name}={value!r} is no web address; expected https://… or http://…")
    return value.rstrip("/")


def _endpoint(name: str, value: str) -> str:
    """Return a base URL; the errors leave out its value, which may hold a key."""
    parts = urlsplit(value.strip())
    if value.strip() and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise SettingsError(f"{name} is no web address; expected https://…/v1 or http://…/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(
            f"{name}: leave out what follows ? and precedes @; a key goes into {KEY}."
        )
    address = value.strip().rstrip("/")
    if address.endswith("/chat/completions"):
        raise SettingsError(f"{name}: leave /chat/completions off; expected https://…/v1")
    return address


def _contact(name: str, value: str) -> str:
    value = value.strip()
    if value and not value.startswith(("http://", "https://", "mailto:")):
        raise SettingsError(f"{name}={value!r} can't be linked to; expected https://… or mailto:…")
    return value


def _origins(name: str, value: str) -> tuple[str, ...]:
    return tuple(_web_address(name, part) for part in value.split(",") if part.strip())


def _list(_name: str, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


_TEXTS = ("embedder", "embedder_api_key", "llm_model", "llm_api_key", "host", "site_name")
_COUNTS = (
    "questions_per_minute",
    "questions_per_day",
    "model_calls_per_day",
    "model_tokens_per_day",
)
_PARSERS: dict[str, Callable[[str, str], Any]] = {
    "corpus": _path,
    "index": _path,
    "port": _port,
    "llm_base_url": _endpoint,
    "llm_seconds": _llm_seconds,
    "concurrent_answers": _places,
    "contact_url": _contact,
    "allowed_origins": _origins,
    "trusted_proxies": _list,
    "question_log": _text,
    "metrics": _switch,
    "demo": _switch,
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_COUNTS, _count),
}
