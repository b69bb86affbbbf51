"""Four folders, one direction: imports run left, nothing goes round in circles, functions fit a screen."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGES = ["ingest", "index", "service", "eval"]
MODULES = sorted(path for stage in STAGES for path in (ROOT / stage).rglob("*.py"))
ADAPTERS = ("service.cli", "service.commands", "service.http", "service.mcp")
"""Modules and rooms that translate for others: nobody but adapters imports them."""
MAX_FUNCTION, MAX_FILE, MAX_ROOM, MAX_DEPTH = 60, 400, 12, 3


def name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name(path) for path in MODULES}


def imports(path):
    """Modules of ours that `path` imports anywhere in it, also inside functions; without the package's own name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            wholes = [f"{node.module}.{alias.name}".removeprefix("sinkqa.") for alias in node.names]
            targets = [whole if whole in NAMES else node.module for whole in wholes]
        else:
            continue
        yield from (target.removeprefix("sinkqa.") for target in targets)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_run_left(path):
    allowed = STAGES[: STAGES.index(name(path).split(".")[0]) + 1]
    for target in imports(path):
        stage = target.split(".")[0]
        assert stage not in STAGES or stage in allowed, f"{name(path)} imports {target}, which stands to its right"


def test_no_module_imports_itself_in_a_circle():
    graph = {name(path): {target for target in imports(path) if target in NAMES} - {name(path)} for path in MODULES}
    list(TopologicalSorter(graph).static_order())  # raises CycleError with the circle


def is_adapter(module):
    return any(module == each or module.startswith(f"{each}.") for each in ADAPTERS)


def test_only_adapters_import_adapters():
    for path in MODULES:
        if not is_adapter(name(path)) and not name(path).startswith("eval"):
            assert not [target for target in imports(path) if is_adapter(target)], f"{name(path)} imports an adapter"


def test_every_import_names_the_package():
    """The stages are importable by their bare names in a checkout, and nowhere else."""
    bare = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(STAGES)})\b", re.MULTILINE)
    for path in [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "deploy").glob("*.py")]:
        assert not bare.search(path.read_text(encoding="utf-8")), f"{path}: write sinkqa.ingest and so on"


ROOMS = sorted({path.parent for path in MODULES})


def test_rooms_hold_a_dozen_files_and_lie_three_folders_down_at_most():
    for room in ROOMS:
        files = [path for path in room.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= MAX_ROOM, f"{room} holds {len(files)} files"
        assert len(room.relative_to(ROOT).parts) - 1 <= MAX_DEPTH, room


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_imports_between_the_rooms_of_a_room_go_one_way(room):
    """Each file and each folder of a room is one place; from place to place, nothing goes round in circles."""
    prefix = name(room) + "."
    graph = {}
    for path in MODULES:
        if name(path).startswith(prefix):
            place = name(path).removeprefix(prefix).split(".")[0]
            targets = {each.removeprefix(prefix).split(".")[0] for each in imports(path) if each.startswith(prefix)}
            graph.setdefault(place, set()).update(targets - {place})
    list(TopologicalSorter(graph).static_order())


def test_functions_fit_a_screen_and_files_a_sitting():
    too_long = []
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > MAX_FILE:
            too_long.append(f"{name(path)}: {lines} lines")
        too_long.extend(
            f"{name(path)}.{node.name}: {node.end_lineno - node.lineno + 1} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= MAX_FUNCTION
        )
    assert not too_long


def test_only_settings_read_our_part_of_the_environment():
    for path in MODULES:
        if name(path) not in {"service.settings", "service.commands.options"}:
            assert "SINKQA_" not in path.read_text(encoding="utf-8"), f"{name(path)} names a setting's variable"


@pytest.mark.parametrize("stage", STAGES)
def test_no_class_name_stands_twice_within_a_stage(stage):
    """A leading underscore makes no other name: who reads ``Line`` must not ask which one."""
    places = {}
    for path in MODULES:
        if name(path).split(".")[0] == stage:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    places.setdefault(node.name.lstrip("_"), []).append(f"{name(path)}:{node.lineno}")
    assert not {each: found for each, found in places.items() if len(found) > 1}


OWN_DATABASES = {"service.hosting.job_store", "service.hosting.quotas"}
"""Modules that keep a database beside the library's."""
_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE FROM|CREATE|ALTER|DROP|PRAGMA|BEGIN|COMMIT|ROLLBACK)\b")


def test_sql_stands_in_the_store_alone():
    for path in MODULES:
        if name(path).startswith(("index.store.", "index.search.postgres.")) or name(path) in OWN_DATABASES:
            continue
        texts = (node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if is_text(node))
        assert not [text for text in texts if _SQL.match(text)], f"{name(path)} speaks SQL"


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
