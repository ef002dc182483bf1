"""What a stranger's columns mean: which says the sector, which the capital, and what a tie's weight stands for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ecosim.errors import InputError, did_you_mean, printable, shown
from ecosim.scenario_file import Places, check_plain, read_scenario_with_places


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True)


class SectorMapping(_Part):
    """How an organisation's sector is read."""

    column: str | None = Field(None, description="column that says the sector; guessed where not given")
    values: dict[str, str] = Field({}, description="sector for each value of the column")
    names: dict[str, str] = Field({}, description="sector of single organisations, by name; goes before the column")
    default: str | None = Field(None, description="sector of values that are not listed, and of empty cells")
    like: dict[str, str] = Field(
        {},
        description="with sectors: as_given, which of ecosim's sectors each takes after; equal motives where not said",
    )


class ColumnMapping(_Part):
    """How a number of ecosim's is read: scale times the transformed cell."""

    column: str = Field(description="column of the table")
    scale: float | Literal["mean"] = Field(1.0, description="factor; 'mean' divides by the mean of what is recorded")
    transform: Literal["none", "log1p", "rank"] = Field(
        "none", description="log1p: log(1 + x); rank: from 0 (lowest) to 1 (highest), equals sharing their mean rank"
    )


class WeightMapping(_Part):
    """What a tie's weight means. Low and high are the ends of its scale, read off the table where not given."""

    column: str = Field(description="column of the table")
    means: Literal["strength", "distance"] = Field("strength", description="whether large weights are strong or far")
    low: float | None = Field(None, ge=0, alias="from", description="low end of the scale")
    high: float | None = Field(None, gt=0, alias="to", description="high end of the scale")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"from {self.low:g} lies above to {self.high:g}; allowed: from <= to")
        return self


class TieMapping(_Part):
    """Which columns name the two organisations of a tie, and which weighs it."""

    sheet: str | None = Field(None, description="sheet of a workbook; where not given, the one called ties")
    source: str | None = Field(None, description="column of the one organisation; guessed where not given")
    target: str | None = Field(None, description="column of the other; guessed where not given")
    weight: WeightMapping | None = Field(None, description="column of the weight")

    @field_validator("weight", mode="before")
    @classmethod
    def _column_alone(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value


class TableMapping(_Part):
    """What the columns of a user's organisations and ties mean. Everything may be left out and is then guessed."""

    sheet: str | None = Field(
        None, description="sheet of a workbook; where not given, the one called organisations, otherwise the first"
    )
    name: str | None = Field(None, description="column that names the organisation")
    sectors: Literal["known", "as_given"] = Field(
        "known",
        description="known: the scenario's sectors and no others; as_given: each value of the column is a sector, as it "
        "is or as sector.values calls it, and there are no others",
    )
    sector: SectorMapping = Field(SectorMapping(), description="how the sector is read")
    columns: dict[str, ColumnMapping] = Field({}, description="ecosim's word: column of the table")
    ties: TieMapping = Field(TieMapping(), description="how ties are read")
    missing: list[str] = Field([], description="texts that say 'not recorded', besides the empty cell, such as NA")
    directed: Literal["merge"] = Field(
        "merge", description="A→B and B→A become one relationship whose bond is the mean of what was reported"
    )

    @field_validator("sector", mode="before")
    @classmethod
    def _sector_column_alone(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value

    @field_validator("columns", mode="before")
    @classmethod
    def _columns_alone(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: {"column": item} if isinstance(item, str) else item for key, item in value.items()}


def read_mapping(path: str | Path) -> TableMapping:
    """Return the mapping that a YAML file describes.

    Raises:
        InputError: the file is not safe YAML, or says something else than a mapping may; all faults, with their lines.
    """
    data, places = read_scenario_with_places(path)
    return _validated(data, printable(path), places)


def mapping_of(data: Mapping[str, Any], where: str = "mapping") -> TableMapping:
    """Return the mapping that plain data describes, such as configuration or options; refuse what it may not say."""
    check_plain(dict(data), where)
    return _validated(dict(data), where, {})


def _validated(data: dict[str, Any], name: str, places: Places) -> TableMapping:
    try:
        return TableMapping.model_validate(data)
    except ValidationError as error:
        raise InputError([_told(fault, name, places) for fault in error.errors()]) from None


def _told(fault: Any, name: str, places: Places) -> str:
    keys = tuple(fault["loc"])
    known = next((keys[:length] for length in range(len(keys), 0, -1) if keys[:length] in places), None)
    where = name + (f", line {places[known][0]}" if known else "")
    key = ".".join(str(part) for part in keys if part not in ("float", "literal['mean']"))
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key {shown(key)}; {did_you_mean(keys[-1], _keys_beside(keys))}"
    if fault["type"] == "missing":
        return f"{where}: {key} is missing"
    value = fault["input"]
    found = str(value).lower() if isinstance(value, bool) or value is None else shown(value)
    allowed = _ALLOWED.get(fault["type"])
    said = fault["msg"].removeprefix("Value error, ").replace("Input should be ", "allowed: ")
    told = f"allowed: {allowed}" if allowed else said
    quote = "; quote it" if allowed == "text" and isinstance(value, bool | int | float) else ""
    return f"{where}: {key} is {found}; {told}{quote}"


_ALLOWED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
}
"""What is allowed where pydantic found another type; what it says of the rest is told as it says it."""


def _keys_beside(keys: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are valid where an unknown one was found."""
    parts: dict[object, type[_Part]] = {"sector": SectorMapping, "columns": ColumnMapping, "ties": TieMapping}
    part = TableMapping if len(keys) == 1 else WeightMapping if "weight" in keys[:-1] else parts[keys[0]]
    return [field.alias or name for name, field in part.model_fields.items()]
