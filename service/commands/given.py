"""Values of the command line: texts, paths and what is not given need no model of pydantic to be what they are.

Typer makes one for each parameter of a command, whose import takes as long as that of all commands.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from typer import Context
from typer.core import TyperArgument, TyperGroup, TyperOption


class Group(TyperGroup):
    """Commands that import pydantic only if a value must be parsed, such as a number or a choice."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for command in (self, *self.commands.values()):
            vars(command)["get_params"] = partial(_params, command)


def _params(command: Any, context: Context) -> list[Any]:
    """As ``get_params`` of the class, which adds that for help."""
    params: list[Any] = type(command).get_params(command, context)
    for param in params:
        vars(param)["process_value"] = partial(_processed, param)
    return params


def _processed(param: TyperArgument | TyperOption, context: Context, value: Any) -> Any:
    """As ``process_value`` of the class."""
    kind, is_one = param.type_descriptor.annotation, not (param.multiple or param.nargs == -1)
    if value is None and not param.required:
        given: Any = None if is_one else ()
    elif not is_one or not isinstance(value, str) or not value.isprintable():
        return type(param).process_value(param, context, value)
    elif kind is str:
        given = value
    elif kind is Path and _is_free(param) and (os.access(value, os.R_OK) or not os.path.lexists(value)):
        given = Path(value)
    else:
        return type(param).process_value(param, context, value)
    return param.callback(context, param, given) if param.callback else given


def _is_free(param: TyperArgument | TyperOption) -> bool:
    """Whether any path does that can be read or is not there."""
    asked = param.type_descriptor.parameter_info
    return asked.file_okay and asked.dir_okay and not (asked.exists or asked.writable or asked.resolve_path)
