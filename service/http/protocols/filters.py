"""Translates metadata conditions of other protocols into the engine's filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sinkqa.index.hit import Filters
from sinkqa.service.errors import InvalidFilter

_LISTS = {"doc_id": "doc_ids", "language": "languages", "jurisdiction": "jurisdictions", "type": "types"}
LISTED = (*_LISTS,)
"""The metadata that conditions can be on, besides the year."""
_SUPPORTED = f"eq or in on {', '.join(_LISTS)}; eq, gte, lte, gt or lt on year; and of these"
_BOUNDS = {"eq": (0, 0), "gte": (0, None), "gt": (1, None), "lte": (None, 0), "lt": (None, -1)}


TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
YEAR: dict[str, Any] = {"type": "integer", "minimum": -9998, "maximum": 9998}
FILTER: dict[str, Any] = {
    "anyOf": [
        {
            "type": "object",
            "properties": {"type": {"const": "eq"}, "key": {"enum": [*_LISTS]}, "value": TEXT},
            "required": ["type", "key", "value"],
        },
        {
            "type": "object",
            "properties": {
                "type": {"const": "in"},
                "key": {"enum": [*_LISTS]},
                "value": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 1000},
            },
            "required": ["type", "key", "value"],
        },
        {
            "type": "object",
            "properties": {"type": {"enum": [*_BOUNDS]}, "key": {"const": "year"}, "value": YEAR},
            "required": ["type", "key", "value"],
        },
        {
            "type": "object",
            "properties": {"type": {"const": "and"}, "filters": {"type": "array", "items": {"type": "object"}}},
            "required": ["type", "filters"],
        },
        {"type": "null"},
    ]
}
"""The OpenAPI description of an OpenAI filter: one comparison, or several joined by "and"."""


class Condition(NamedTuple):
    """A condition on metadata. ``operator`` is one of eq, in, gte, lte, gt and lt."""

    key: str
    operator: str
    value: object


def filters_of(conditions: Iterable[Condition]) -> Filters:
    """The filters that require every condition.

    Raises:
        InvalidFilter: the library cannot filter by a condition, or two conditions are on one list.
    """
    filters = Filters()
    for condition in conditions:
        filters = _year(filters, condition) if condition.key == "year" else _listed(filters, condition)
    return filters


def flattened(given: Mapping[str, Any]) -> Iterator[Condition]:
    """The conditions of a filter for OpenAI's vector stores: one comparison, or several joined by "and".

    Raises:
        InvalidFilter: the filter is neither.
    """
    if given.get("type") == "and" and isinstance(within := given.get("filters"), list):
        for each in within:
            if not isinstance(each, dict) or each.get("type") in ("and", "or"):
                raise _refused(each)
            yield from flattened(each)
    elif isinstance(key := given.get("key"), str) and isinstance(operator := given.get("type"), str):
        yield Condition(key, operator, given.get("value"))
    else:
        raise _refused(given)


def _listed(filters: Filters, condition: Condition) -> Filters:
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    fits = condition.operator == ("in" if isinstance(condition.value, list) else "eq")
    given = tuple(value.encode("utf-8", "replace").decode() for value in values if isinstance(value, str))
    field = _LISTS.get(condition.key)
    if field is None or not fits or not given or len(given) < len(values):
        raise _refused(condition)
    if getattr(filters, field):
        raise InvalidFilter(f"filter: expected one condition on {condition.key}, got several; join them with in")
    named: dict[str, Any] = {field: given}
    return replace(filters, **named)


def _year(filters: Filters, condition: Condition) -> Filters:
    try:
        year = int(str(condition.value))
        low, high = _BOUNDS[condition.operator]
    except (ValueError, KeyError) as error:
        raise _refused(condition) from error
    if abs(year) > 9999:
        raise _refused(condition)
    since = [each for each in (filters.year_from, None if low is None else year + low) if each is not None]
    until = [each for each in (filters.year_to, None if high is None else year + high) if each is not None]
    return replace(filters, year_from=max(since, default=None), year_to=min(until, default=None))


def _refused(got: object) -> InvalidFilter:
    said = str(tuple(got) if isinstance(got, Condition) else got)[:160].encode("utf-8", "replace").decode()
    return InvalidFilter(f"filter: expected {_SUPPORTED}, got {said!r}; leave it out or say it so")
