"""Makes the response models for OpenAPI from the records that are sent, so that the documentation cannot differ.

A field of a model has the type of the record's field, and the text in ``Annotated[type, text]`` as its description. The
first line of the record's docstring is the model's description. Every field is always sent, so no field has a default.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Collection
from dataclasses import fields
from functools import reduce
from operator import or_
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, create_model

_models: dict[type, type[BaseModel]] = {}


def sent_as(record: type, model: type[BaseModel]) -> None:
    """Registers a model written by hand as the model of a record."""
    _models[record] = model


def model_of(record: type, name: str, /, *, without: Collection[str] = (), **others: Any) -> type[BaseModel]:
    """Makes the model of a dataclass or named tuple. ``others``: further fields, as for pydantic's ``create_model``.

    The records in its fields must have their models already.

    Raises:
        LookupError: a record in its fields has no model.
    """
    hints = get_type_hints(record, include_extras=True)
    own = {each: _field(hints[each]) for each in _names(record) if each not in without}
    doc = (inspect.getdoc(record) or "").partition("\n")[0]
    model: type[BaseModel] = create_model(name, __doc__=doc, __module__=__name__, **(own | others))
    sent_as(record, model)
    return model


def _names(record: type) -> tuple[str, ...]:
    named: tuple[str, ...] | None = getattr(record, "_fields", None)
    return named or tuple(each.name for each in fields(record))


def _field(hint: Any) -> tuple[Any, Any]:
    """Type and description."""
    if get_origin(hint) is Annotated:
        kind, description = get_args(hint)
        return _as_sent(kind), Field(description=description)
    return _as_sent(hint), ...


def _as_sent(kind: Any) -> Any:
    """The type in JSON: records become models, and tuples become lists."""
    parts = get_args(kind)
    if get_origin(kind) is tuple:
        return list[_as_sent(parts[0])]  # type: ignore[misc]  # a type made at run time
    if get_origin(kind) in (Union, types.UnionType):
        return reduce(or_, map(_as_sent, parts))
    if isinstance(kind, type) and (hasattr(kind, "__dataclass_fields__") or hasattr(kind, "_fields")):
        if kind not in _models:
            raise LookupError(f"{kind.__name__} has no model yet: make it before the models of what holds it")
        return _models[kind]
    return kind
