"""Keys are shown once, kept as hashes, and whatever is wrong with one or with their file opens nothing."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sinkqa.service.cli import app
from sinkqa.service.errors import InvalidKey, KeyNotFound, KeysUnreadable
from sinkqa.service.hosting import keys as keys_module
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import Keys, keys_of, scrubbed
from sinkqa.service.hosting.scopes import SCOPES
from sinkqa.service.settings import Settings


@pytest.fixture
def keys(tmp_path):
    return Keys(tmp_path / "library" / "keys.json")


def test_a_key_is_found_by_its_secret_and_by_nothing_near_it(keys):
    key, secret = keys.create("desk", scope="write", collections=["b", "a", "b"])
    assert (key.scope, key.collections, key.state) == ("write", ("a", "b"), "valid")
    assert Keys(keys.path).find(secret) == key
    swapped = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for wrong in ("", "sinkqa_", secret[:-1], secret + "x", swapped, secret.upper(), f" {secret}", key.id, key.sha256):
        assert keys.find(wrong) is None
    other, _ = keys.create("other")
    assert keys.find(secret.replace(key.id, other.id)) is None


@given(st.text())
def test_no_text_at_all_passes_for_a_key(tmp_path_factory, text):
    keys = Keys(tmp_path_factory.getbasetemp() / "any.json")
    if not keys.exist():
        keys.create("only")
    assert keys.find(text) is None
    assert keys.find(f"sinkqa_{keys.stored()[0].id}_{text}") is None


def test_the_file_holds_no_secret_and_is_for_its_owner_alone(keys):
    key, secret = keys.create("desk")
    stored = keys.path.read_text()
    assert secret not in stored and secret.rpartition("_")[2] not in stored and secret[16:] not in stored
    assert hashlib.sha256(secret.encode()).hexdigest() == key.sha256
    assert {path.stat().st_mode & 0o777 for path in keys.path.parent.iterdir()} == {0o600}
    assert "sha256" not in key.public()


def test_each_scope_includes_those_before_it():
    for scope in SCOPES:
        key = keys_module.Key("1", "x", scope, None, "0" * 64, "2026-01-01T00:00:00+00:00")
        assert [key.allows(other) for other in SCOPES] == [
            SCOPES.index(other) <= SCOPES.index(scope) for other in SCOPES
        ]


def test_a_revoked_key_opens_nothing_in_a_process_that_had_seen_it(keys):
    key, secret = keys.create("desk")
    serving = Keys(keys.path)
    assert serving.find(secret)
    revoked = keys.revoke("desk")
    assert serving.find(secret) is None
    assert keys.revoke(key.id) == revoked
    serving.used(key)
    assert serving.find(secret) is None and keys.stored()[0].state == "revoked"


def test_an_expired_key_opens_nothing(keys, monkeypatch):
    _, secret = keys.create("desk", days=2)
    for days, opens in ((1, True), (2, False), (400, False)):
        then = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
        monkeypatch.setattr(keys_module, "_now", lambda then=then: then)
        assert bool(keys.find(secret)) is opens


def test_use_is_noted_to_the_minute(keys, monkeypatch):
    key, secret = keys.create("desk")
    keys.used(key)
    used = keys.find(secret).last_used
    before = keys.path.stat().st_mtime_ns
    keys.used(key)
    assert used and keys.path.stat().st_mtime_ns == before
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=2)
    monkeypatch.setattr(keys_module, "_now", lambda: later)
    keys.used(key)
    assert keys.find(secret).last_used == later.isoformat()


@pytest.mark.parametrize("label", ["", "  ", "x" * 81, "two\nlines", "bell\x07", "\x1b[31m", "\u202eback"])
def test_labels_that_could_forge_a_line_are_refused(keys, label):
    with pytest.raises(InvalidKey, match="label"):
        keys.create(label)
    assert not keys.exist()


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_days_that_mean_nothing_are_refused(keys, days):
    with pytest.raises(InvalidKey, match="days"):
        keys.create("desk", days=days)


def test_a_name_that_no_key_has_or_that_several_have_revokes_nothing(keys):
    keys.create("twin")
    keys.create("twin")
    for name in ("twin", "nobody", ""):
        with pytest.raises(KeyNotFound):
            keys.revoke(name)
    assert [key.state for key in keys.stored()] == ["valid", "valid"]


def damaged():
    good = {
        "id": "00000000", "label": "x", "scope": "read", "collections": None, "sha256": "0" * 64,
        "created": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    changes = ({"scope": "root"}, {"sha256": "0"}, {"expires": "soon"}, {"expires": "2026-01-01"}, {"more": 1},
               {"collections": "all"}, {"collections": [1]}, {"id": None})  # fmt: skip
    yield from (json.dumps({"format": 1, "keys": [good | change]}) for change in changes)
    yield from ("", "{", "[]", "{}", "null", '{"format": 2, "keys": []}', '{"format": 1}', '{"format": 1, "keys": [0]}')


@pytest.mark.parametrize("content", [*damaged()])
def test_a_damaged_file_opens_nothing_and_is_not_written_over(keys, content):
    _, secret = keys.create("desk")
    keys.path.write_text(content)
    for act in (keys.stored, lambda: keys.find(secret), lambda: keys.create("new"), lambda: keys.revoke("desk")):
        with pytest.raises(KeysUnreadable, match=r"keys\.json"):
            act()
    assert keys.path.read_text() == content and keys.exist()


def test_a_file_that_others_may_write_to_opens_nothing(keys):
    _, secret = keys.create("desk")
    keys.path.chmod(0o620)
    with pytest.raises(KeysUnreadable, match="chmod 600"):
        keys.find(secret)
    keys.path.chmod(0o600)
    assert keys.find(secret)


def make_some(path, who):
    for number in range(8):
        Keys(path).create(f"{who}-{number}")


def test_keys_made_by_several_processes_at_once_are_all_kept(keys):
    context = multiprocessing.get_context("spawn")
    makers = [context.Process(target=make_some, args=(keys.path, who)) for who in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len({key.label for key in keys.stored()}) == 24
    assert sorted(path.name for path in keys.path.parent.iterdir()) == ["keys.json", "keys.json.lock"]


def test_secrets_are_removed_from_text(keys):
    key, secret = keys.create("desk")
    told = scrubbed(f"Bearer {secret}, again {secret}!")
    assert secret[16:] not in told and told.count(f"sinkqa_{key.id}_[removed]") == 2
    assert scrubbed("sinkqa_library_documents 3") == "sinkqa_library_documents 3"


def command(*arguments):
    result = CliRunner().invoke(app, ["key", *arguments], catch_exceptions=True)
    return result


def test_the_commands_make_list_and_end_keys(tmp_path):
    library = ["--library", str(tmp_path)]
    made = command("create", "the desk", "--scope", "admin", "-c", "default", "--days", "9", *library)
    assert made.exit_code == 0 and "shown this once" in made.stderr
    secret = made.stdout.strip()
    assert Keys(tmp_path / "keys.json").find(secret).scope == "admin"
    listed = command("list", "--json", *library)
    assert secret[16:] not in listed.output
    assert [(key["label"], key["state"]) for key in json.loads(listed.stdout)["keys"]] == [("the desk", "valid")]
    assert "revoked" in command("revoke", "the desk", *library).stdout
    shown = command("list", *library).stdout
    assert "revoked · admin · default" in shown and secret not in shown
    assert Keys(tmp_path / "keys.json").find(secret) is None


def test_the_commands_refuse_what_means_nothing(tmp_path):
    library = ["--library", str(tmp_path)]
    assert command("create", "x", "--scope", "root", *library).exit_code == 2
    assert command("create", "x", "--days", "0", *library).exit_code == 2
    assert type(command("create", "x", "-c", "../up", *library).exception).__name__ == "InvalidCollection"
    assert type(command("revoke", "x", *library).exception).__name__ == "KeyNotFound"
    assert not (tmp_path / "keys.json").exists()


@pytest.fixture
def keyed(starter, tmp_path):
    """A library that has a key."""
    library = shutil.copytree(starter, tmp_path / "library")
    keys = Keys(library / "keys.json")
    keys.create("desk")
    return library, keys


def remove(path):
    path.unlink()


def dangle(path):
    path.unlink()
    path.symlink_to("nowhere.json")


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


def replace_by_pipe(path):
    path.unlink()
    os.mkfifo(path)


def empty(path):
    path.write_text("")


def open_to_others(path):
    path.chmod(0o666)


LOST = [remove, dangle, replace_by_folder, replace_by_pipe, empty, open_to_others]


@pytest.mark.parametrize("lose", LOST)
def test_a_file_that_is_gone_or_odd_opens_nothing_and_the_remedy_is_safe(keyed, lose):
    library, keys = keyed
    lose(keys.path)
    for seen in (keys, Keys(keys.path)):
        assert seen.exist()
        for act in (seen.stored, lambda seen=seen: seen.find("x"), lambda seen=seen: seen.create("new")):
            with pytest.raises(KeysUnreadable) as raised:
                act()
            assert "delete" not in raised.value.message
            assert "sinkqa key reset" in raised.value.message or "chmod 600" in raised.value.message
    told = command("list", "--library", str(library))
    assert told.exit_code == 1 and isinstance(told.exception, KeysUnreadable)


def test_a_library_of_before_the_note_gets_it_when_it_is_opened(starter, tmp_path):
    elsewhere = Keys(tmp_path / "keys.json")
    elsewhere.create("desk")
    library = shutil.copytree(starter, tmp_path / "library")
    shutil.copy(elsewhere.path, library)
    keys = Keys(library / "keys.json")
    Collections(Settings(library=library)).engine()
    keys.path.unlink()
    assert keys.exist() and Keys(keys.path).exist()


def test_a_library_that_never_had_keys_is_open(starter, tmp_path):
    library = shutil.copytree(starter, tmp_path / "library")
    Collections(Settings(library=library)).engine()
    assert not Keys(library / "keys.json").exist()


@pytest.mark.parametrize("lose", LOST)
def test_a_reset_ends_all_keys_and_opens_only_what_it_is_told_to(keyed, lose):
    library, keys = keyed
    lose(keys.path)
    refused = CliRunner().invoke(app, ["key", "reset", "--library", str(library)], input="n\n")
    assert refused.exit_code == 1 and "End all keys" in refused.stderr and keys.exist()
    assert command("reset", "--yes", "--library", str(library)).exit_code == 0
    assert keys.exist() and keys.stored() == []
    _, secret = keys.create("new")
    assert keys.find(secret) and (lose is remove or [*library.glob("keys.json.2*")])
    keys.path.unlink()
    assert Keys(keys.path).exist()
    opened = CliRunner().invoke(app, ["key", "reset", "--open", "--library", str(library)], input="y\n")
    assert opened.exit_code == 0 and "everyone on this machine" in opened.output.lower()
    assert not keys.exist() and not Keys(keys.path).exist()


@pytest.mark.parametrize("collection", ["default", "peat"])
def test_a_database_keeps_the_note_for_every_machine(database, tmp_path, collection):
    here, elsewhere = (Settings(library=tmp_path / name, store=database()) for name in ("here", "elsewhere"))
    elsewhere = replace(elsewhere, store=here.store)
    Collections(here).engine(collection, create=True)
    assert not keys_of(elsewhere).exist()
    keys_of(here).create("desk")
    keys_of(here).path.unlink()
    for settings in (here, elsewhere):
        assert keys_of(settings).exist()
        with pytest.raises(KeysUnreadable):
            keys_of(settings).find("x")
    keys_of(elsewhere).reset(to_open=True)
    assert not keys_of(here).exist()
