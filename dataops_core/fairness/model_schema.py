"""What a fitted way to decide has to be, as a schema: such a file comes from anywhere, and it decides about people."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import pydantic

ModelJson = dict[str, Any]  # the document, as it lies in a file
Share = Annotated[float, pydantic.Field(ge=0, le=1)]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Part(_Strict):
    """One way in which a group's scores are cut, and the share of people that it is used for."""

    share: Share
    when: Literal["above", "below", "always", "never"]
    threshold: float | None

    @pydantic.model_validator(mode="after")
    def _has_threshold(self) -> Part:
        if (self.threshold is None) == (self.when in ("above", "below")):
            raise ValueError("a threshold belongs to above and below, and to nothing else")
        return self


class Rule(_Strict):
    """How the scores of one group become decisions."""

    parts: Annotated[list[Part], pydantic.Field(min_length=1)]
    fixed_share: Share
    fixed: Share

    @pydantic.model_validator(mode="after")
    def _adds_up(self) -> Rule:
        if not math.isclose(sum(part.share for part in self.parts), 1, abs_tol=1e-6):
            raise ValueError("the shares of the parts do not add up to 1")
        return self


class Features(_Strict):
    """The columns that it decides by."""

    numbers: list[str]
    categories: list[str]


class LearnedFrom(_Strict):
    """The table that it learned from."""

    rows: Annotated[int, pydantic.Field(ge=1)]
    of: Annotated[int, pydantic.Field(ge=1)]
    content_hash: Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Model(_Strict):
    """A fitted way to decide."""

    format: Literal["dataops-model/1"]
    method: Literal["baseline", "exponentiated_gradient", "grid_search", "thresholds"]
    title: str
    needs: str
    at_prediction: bool
    constraint: Literal["demographic_parity", "equalized_odds"]
    model: Literal["linear", "trees"]
    target: str
    favorable: str
    sensitive: Annotated[list[str], pydantic.Field(min_length=1)]
    cuts: dict[str, list[float]]
    features: Features
    left_out_features: Any
    members: Annotated[list[tuple[Share, str]], pydantic.Field(min_length=1, max_length=1000)]
    rules: dict[str, Rule] | None
    learned_from: LearnedFrom
    judged: ModelJson
    seed: int
    versions: dict[str, str]

    @pydantic.field_validator("members", mode="before")
    @classmethod
    def _pairs(cls, members: Any) -> Any:
        return (
            [tuple(member) if isinstance(member, list) else member for member in members]
            if isinstance(members, list)
            else members
        )

    @pydantic.model_validator(mode="after")
    def _fits_together(self) -> Model:
        if not math.isclose(sum(weight for weight, _ in self.members), 1, abs_tol=1e-6):
            raise ValueError("the weights of the members do not add up to 1")
        if (self.rules is not None) != (self.method == "thresholds"):
            raise ValueError("rules by group belong to the method thresholds, and to no other")
        if not self.features.numbers and not self.features.categories:
            raise ValueError("it decides by no column")
        return self


def problem_of(plain: Any) -> str:
    """What in a parsed JSON document does not fit the schema: the first place and why; empty where all does."""
    try:
        Model.model_validate(plain)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])[:200] or 'the whole file'}: {first['msg'][:200]}"
    return ""
