"""Settings from the environment."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import _PARSERS, Settings

BAD = {
    "unknown": ("ASSISTANT_INDX", "x", "did you mean ASSISTANT_INDEX"),
    "far off": ("ASSISTANT_XYZZY", "x", "known: ASSISTANT_ALLOWED_ORIGINS"),
    "port": ("ASSISTANT_PORT", "http", "not a port"),
    "port 0": ("ASSISTANT_PORT", "0", "not a port"),
    "port too high": ("ASSISTANT_PORT", "65536", "not a port"),
    "count": ("ASSISTANT_QUESTIONS_PER_DAY", "-1", "not a number"),
    "no place": ("ASSISTANT_CONCURRENT_ANSWERS", "0", "expected 1, 2"),
    "no time for the model": ("ASSISTANT_LLM_SECONDS", "0", "1 to 25"),
    "more time than a page waits": ("ASSISTANT_LLM_SECONDS", "26", "1 to 25"),
    "time in words": ("ASSISTANT_LLM_SECONDS", "ten", "1 to 25"),
    "switch": ("ASSISTANT_DEMO", "maybe", "neither on nor off"),
    "address": ("ASSISTANT_LLM_BASE_URL", "localhost:11434", "no web address"),
    "endpoint's page": (
        "ASSISTANT_LLM_BASE_URL",
        "https://a.org/v1/chat/completions",
        "leave /chat/completions off",
    ),
    "key in the address": ("ASSISTANT_LLM_BASE_URL", "https://x:y@a.org", "ASSISTANT_LLM_API_KEY"),
    "key as a parameter": ("ASSISTANT_LLM_BASE_URL", "https://a.org?key=y", "_LLM_API_KEY"),
    "contact": ("ASSISTANT_CONTACT_URL", "javascript:alert(1)", "can't be linked to"),
    "origin": ("ASSISTANT_ALLOWED_ORIGINS", "https://a.org,b.org", "no web address"),
    "empty folder": ("ASSISTANT_CORPUS", " ", "is empty"),
}


@pytest.mark.parametrize(("name", "value", "problem"), BAD.values(), ids=BAD.keys())
def test_a_bad_setting_is_named(name: str, value: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert name in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("ASSISTANT_PORT", " 80 ", "port", 80),
        ("ASSISTANT_DEMO", "ON", "demo", True),
        ("ASSISTANT_INDEX", "some/x", "index", Path("some/x")),
        (
            "ASSISTANT_LLM_BASE_URL",
            "http://localhost:1/v1/",
            "llm_base_url",
            "http://localhost:1/v1",
        ),
        ("ASSISTANT_CONTACT_URL", "mailto:a@b.org", "contact_url", "mailto:a@b.org"),
        (
            "ASSISTANT_ALLOWED_ORIGINS",
            "https://a.org, https://b.org/,",
            "allowed_origins",
            ("https://a.org", "https://b.org"),
        ),
        ("ASSISTANT_LLM_SECONDS", "25", "llm_seconds", 25),
        ("ASSISTANT_TRUSTED_PROXIES", "10.0.0.1", "trusted_proxies", ("10.0.0.1",)),
    ],
)
def test_a_setting_is_read(name: str, value: str, field: str, expected: object) -> None:
    assert getattr(Settings.from_environment({name: value, "HOME": "/"}), field) == expected


@pytest.mark.parametrize("address", ["https://x:canary@a.org/v1", "ftp://canary", "a.org?k=canary"])
def test_an_address_that_may_hold_a_key_is_not_repeated(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"ASSISTANT_LLM_BASE_URL": address})
    assert "canary" not in str(caught.value)


def test_keys_are_not_shown() -> None:
    shown = repr(Settings(llm_api_key="canary", embedder_api_key="canary"))
    assert "canary" not in shown
    assert "llm_model" in shown


def test_every_field_has_a_parser_and_only_fields_have() -> None:
    assert {field.name for field in fields(Settings)} == set(_PARSERS)


def test_secrets_of_others_are_left_alone() -> None:
    assert Settings.from_environment({"OTHER_KEY": "x"}) == Settings.from_environment({})
