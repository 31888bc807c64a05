"""The manifest of a bundle as a schema: a bundle comes from anywhere, and what is not described here is refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic

from dataops_core.errors import IntegrityError

FORMAT = "dataops-bundle/4"  # 3: without loader, card as HTML, and the parts of a split
OLD = "dataops-bundle/2"  # without the descriptions by other standards, too
_Sha = Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Md5 = Annotated[str, pydantic.StringConstraints(pattern=r"^[0-9a-f]{32}$")]
_FileName = Annotated[
    str, pydantic.StringConstraints(pattern=r"^(raw/|models/|tables/)?[A-Za-z0-9_-][A-Za-z0-9_.-]*$", max_length=120)
]
_ModelName = Annotated[str, pydantic.StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
_Features = Annotated[str, pydantic.StringConstraints(pattern=r"^X(-[0-9]{1,4})?$")]
_Size = Annotated[int, pydantic.Field(ge=0, le=1 << 40)]
_Text = Annotated[str, pydantic.StringConstraints(max_length=10_000)]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)


class Listed(_Strict):
    """A file of the bundle."""

    sha256: _Sha
    size: _Size


class Raw(_Strict):
    """The file as it was brought."""

    name: _Text
    md5: _Md5
    sha256: _Sha
    size: _Size


class Column(_Strict):
    """A column of the table."""

    name: str
    type: Literal["text", "integer", "decimal", "boolean", "datetime"]
    kind: _Text


class Data(_Strict):
    """The table."""

    rows: _Size
    content_hash: _Sha
    columns: list[Column]


class Model(pydantic.BaseModel):
    """A fitted model that ships with the version; what else is told of it is not relied on."""

    model_config = pydantic.ConfigDict(extra="allow", strict=True, frozen=True)
    name: _ModelName
    x: _Features
    sha256: _Sha
    size: _Size
    features: list[str]
    sensitive: list[str]


class Identifiers(_Strict):
    """A column with direct identifiers that nobody treated."""

    column: str
    type: _Text
    state: _Text
    cells: _Size
    inside: bool


class Privacy(_Strict):
    """What is said of personal data: what stayed and why, what was treated, and whether the raw file is left out."""

    unresolved: list[Identifiers]
    reason: str
    treated: dict[str, _Text]
    not_personal: dict[str, str]
    hidden: list[str]
    raw_left_out: bool


class RuleState(_Strict):
    """A rule, and how the version fares by it."""

    rule: dict[str, Any]
    says: _Text
    status: Literal["passed", "failed", "not checked"]
    severity: Literal["block", "warn"]
    rows: _Size
    failing: _Size


class Rules(_Strict):
    """The rules that the version was saved with; the reason where one that blocks failed."""

    today: Annotated[str, pydantic.StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
    passed: _Size
    failed: _Size
    not_checked: _Size
    blocking: _Size
    rules: list[RuleState]
    reason: _Text = ""
    left_out: dict[str, str] = {}


class Difference(_Strict):
    """How far a recipe's score is from that of doing nothing."""

    mean: float
    ci: list[float]
    verdict: _Text


class Compared(_Strict):
    """How one recipe did in a comparison; `stopped` and `failed` say why it was not judged to the end."""

    name: _Text
    score: float | None = None
    ci: list[float] = []
    difference: Difference | None = None
    fairness_gap: float | None = None
    rows_kept: int | None = None
    stopped: str = ""
    failed: str = ""


class HeldOut(_Strict):
    """The score on rows that had no part in the choice."""

    rows: _Size
    score: float


class Comparison(_Strict):
    """The comparison of recipes that the steps of the version were taken from."""

    target: _Text
    measure: _Text
    model: _Text
    rows: _Size
    of: _Size
    folds: _Size
    repeats: _Size
    seed: int
    verdict: _Text
    recommended: _Text
    taken: _Text
    held_out: HeldOut | None
    candidates: list[Compared]


class RanOn(_Strict):
    """The run on a cluster that the version is the result of."""

    cluster: _Text
    input: _Text
    output: _Text
    recipe: dict[str, Any]
    steps: list[dict[str, Any]]
    content_hash: _Sha


class Version(_Strict):
    """The manifest of the version."""

    format: Literal["dataops-version/1"]
    kind: Literal["raw", "derived", "synthetic"]
    dataset: _Text
    number: Annotated[int, pydantic.Field(ge=1)]
    parents: list[_Sha]
    message: str
    actor: _Text
    created: Annotated[str, pydantic.StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    audit_head: _Sha
    raw: Raw
    roles: dict[str, Any]
    data: Data
    recipe: dict[str, Any]
    steps: list[dict[str, Any]]
    packages: dict[str, _Text]
    privacy: Privacy | None = None
    models: list[Model] = []
    models_left_out: dict[str, str] = {}
    synthetic: dict[str, Any] = {}
    rules: Rules | None = None
    comparison: Comparison | None = None
    ran_on: RanOn | None = None


class Manifest(_Strict):
    """The manifest of the bundle: the version, and every file with its hash."""

    format: Literal["dataops-bundle/2", "dataops-bundle/3", "dataops-bundle/4"]
    version_id: _Sha
    version: Version
    files: dict[_FileName, Listed]


def validate(plain: Any, where: str) -> Manifest:
    """The manifest that a parsed JSON document describes; raises IntegrityError that names the first place that does
    not fit.
    """
    try:
        return Manifest.model_validate(plain)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])[:200] or "manifest.json"
        raise IntegrityError(
            f"This is not a bundle, or its manifest is damaged: {place}: {first['msg'][:200]}.",
            where,
            "Export the version again.",
        ) from None
