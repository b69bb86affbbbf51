"""A response model says what the record says: its fields, their types and their descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import pytest
from pydantic import ValidationError

from sinkqa.service.interfaces.deriving import model_of


class Peak(NamedTuple):
    """Where a hill is highest."""

    height: float


@dataclass(frozen=True, slots=True)
class Hill:
    """A hill.

    What only its makers need to know.
    """

    name: Annotated[str, "As on the map."]
    peaks: tuple[Peak, ...]
    tarn: Annotated[str | None, "Null where it is dry."] = None
    inner: int = 0


def test_a_model_has_the_fields_types_and_descriptions_of_its_record():
    model_of(Peak, "PeakOut")
    schema: dict[str, Any] = model_of(Hill, "HillOut", without={"inner"}, n_peaks=(int, ...)).model_json_schema()
    assert (schema["title"], schema["description"]) == ("HillOut", "A hill.")
    assert schema["properties"]["name"]["description"] == "As on the map."
    assert schema["properties"]["peaks"] == {
        "type": "array",
        "items": {"$ref": "#/$defs/PeakOut"},
        "title": "Peaks",
    }
    assert schema["properties"]["tarn"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert schema["required"] == ["name", "peaks", "tarn", "n_peaks"]


def test_a_field_that_is_not_sent_is_missed_although_the_record_has_a_default():
    model = model_of(Peak, "PeakOut")
    assert model.model_validate({"height": 3.0})
    with pytest.raises(ValidationError):
        model.model_validate({})


def test_a_record_within_that_has_no_model_is_named():
    with pytest.raises(LookupError, match="Fold has no model yet"):
        model_of(_holder(), "HolderOut")


def _holder() -> type:
    @dataclass
    class Fold:
        sheep: int

    return NamedTuple("Holder", [("fold", Fold)])
