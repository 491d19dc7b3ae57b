"""docs/website.md and docs/deploy.md say what the code does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from ingest.settings import Settings
from ui.errors import STATUS

ROOT = Path(__file__).parent.parent
WEBSITE = (ROOT / "docs" / "website.md").read_text("utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text("utf-8")
API = (ROOT / "ui" / "api.py").read_text("utf-8")
WIDGET = (ROOT / "ui" / "static" / "widget.js").read_text("utf-8")


def test_every_attribute_is_documented() -> None:
    read = set(re.findall(r"\bdata\.([a-z]+)\b(?! ===? undefined)", WIDGET)) - {"type"}
    assert set(re.findall(r"^\| `data-([a-z]+)`", WEBSITE, re.MULTILINE)) == read


def test_every_method_is_documented() -> None:
    body = WIDGET.split("window.ChatWidget = {")[1].split("\n  };")[0]
    methods = set(re.findall(r"^    (\w+)[(,]", body, re.MULTILINE))
    assert set(re.findall(r"^\| `ChatWidget\.(\w+)\(", WEBSITE, re.MULTILINE)) == methods


def test_every_event_is_documented() -> None:
    sent = set(re.findall(r'emit\("(\w+)"', WIDGET)) | {"question", "answer", "error"}
    table = WEBSITE.split("| event | detail |")[1].split("##")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == sent


def test_every_refusal_is_documented() -> None:
    told = set(re.findall(r"`(\w+)`", WEBSITE.split("A refusal has")[1]))
    assert told >= set(STATUS)


def test_every_route_of_the_api_is_documented() -> None:
    routes = set(re.findall(r'@router\.\w+\("(/\w+)', API))
    assert set(re.findall(r"`\w+ /api/v1(/\w+)", WEBSITE)) == routes


def test_every_setting_named_exists() -> None:
    known = {f"ASSISTANT_{f.name.upper()}" for f in fields(Settings)}
    assert set(re.findall(r"ASSISTANT_[A-Z_]+", WEBSITE + DEPLOY)) <= known
