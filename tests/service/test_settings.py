"""Settings come from the environment and from options, and say what is wrong with them in one line."""

from __future__ import annotations

import os
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from sinkqa.service.errors import InvalidSetting
from sinkqa.service.settings import Settings, default_library


def test_the_default_library_is_in_the_user_data_folder():
    assert Settings.load().library == default_library()
    assert default_library().is_relative_to(os.environ["XDG_DATA_HOME"])


def test_the_environment_gives_settings_and_options_override_them(monkeypatch):
    monkeypatch.setenv("SINKQA_LIBRARY", "/somewhere/of mine")
    monkeypatch.setenv("SINKQA_K", "3")
    monkeypatch.setenv("SINKQA_NO_SUCH_THING", "1")
    monkeypatch.setenv("SINKQA_RERANKER", "")
    settings = Settings.load(k=5, library=None)
    assert (settings.library, settings.k) == (Path("/somewhere/of mine"), 5)
    assert Settings.load().k == 3
    assert Settings.load().reranker is None, "an empty variable is an unset one"


@pytest.mark.parametrize(
    ("name", "value"),
    [("k", "0"), ("k", "101"), ("k", "many"), ("workers", "0"), ("workers", "2.5"), ("lock_timeout_s", "-1"),
     ("lock_timeout_s", "nan")],
)  # fmt: skip
def test_a_value_out_of_range_is_named_with_its_variable_and_what_was_got(monkeypatch, name, value):
    monkeypatch.setenv(f"SINKQA_{name.upper()}", value)
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    message = caught.value.message
    assert f"SINKQA_{name.upper()}" in message and repr(value) in message and "\n" not in message
    assert message.endswith("correct or unset it")


def test_settings_do_not_change_once_loaded():
    with pytest.raises(FrozenInstanceError):
        Settings.load().k = 9
