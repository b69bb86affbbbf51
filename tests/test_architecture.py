"""Four folders, one direction: imports run left, nothing goes round in circles, functions fit a screen."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGES = ["ingest", "index", "service", "eval"]
MODULES = sorted(path for stage in STAGES for path in (ROOT / stage).rglob("*.py"))
ADAPTERS = {
    "service.cli",
    "service.commands.terminal",
    "service.commands.holdings",
    "service.commands.edit",
    "service.commands.options",
    "service.commands.serve",
    "service.commands.fetch",
    "service.commands.key",
    "service.commands.memo",
}
MAX_FUNCTION, MAX_FILE = 60, 400


def name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name(path) for path in MODULES}


def imports(path):
    """Modules of ours that `path` imports anywhere in it, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in NAMES else node.module


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_run_left(path):
    allowed = STAGES[: STAGES.index(name(path).split(".")[0]) + 1]
    for target in imports(path):
        stage = target.split(".")[0]
        assert stage not in STAGES or stage in allowed, f"{name(path)} imports {target}, which stands to its right"


def test_no_module_imports_itself_in_a_circle():
    graph = {name(path): {target for target in imports(path) if target in NAMES} - {name(path)} for path in MODULES}
    list(TopologicalSorter(graph).static_order())  # raises CycleError with the circle


def test_only_adapters_import_adapters():
    for path in MODULES:
        if name(path) not in ADAPTERS and not name(path).startswith("eval"):
            assert not ADAPTERS & set(imports(path)), f"{name(path)} imports an adapter"


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


OWN_DATABASES = {"service.hosting.job_store", "service.hosting.quotas"}
"""Modules that keep a database beside the library's."""
_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE FROM|CREATE|ALTER|DROP|PRAGMA|BEGIN|COMMIT|ROLLBACK)\b")


def test_sql_stands_in_the_store_alone():
    for path in MODULES:
        if name(path).startswith(("index.store.", "index.search.postgres.backend")) or name(path) in OWN_DATABASES:
            continue
        texts = (node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if is_text(node))
        assert not [text for text in texts if _SQL.match(text)], f"{name(path)} speaks SQL"


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
