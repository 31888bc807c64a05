"""The frame of the script that reproduces a comparison."""

TEMPLATE = '''#!/usr/bin/env python3
"""The scoreboard of a comparison of recipes, made again. Made by dataops-core {version}.

    python scoreboard.py TABLE [--json]        reads the table, runs the same folds, prints the same scores

It needs Python 3.11, pandas, scikit-learn and what the steps import, nothing else.
"""

from __future__ import annotations

{imports}

# How the file is read; None: found out from the file itself.
READ: dict[str, Any] | None = {read}
SEED, RECIPE_SEED = {seed}, {recipe_seed}
ASKED: dict[str, Any] = {settings}
# Type and kind of the columns after the shared steps.
COLUMNS: dict[str, Any] = {columns}


def shared_steps() -> list[dict[str, Any]]:
    """The steps that are done once, on all rows."""
    return {shared}


def candidates() -> dict[str, tuple[int, list[dict[str, Any]]]]:
    """How many folds each recipe was tried in, and its steps."""
    return {{
{candidates}    }}


def given(names: list[str], context: dict[str, Any]) -> dict[str, Any]:
    """What a step is given beside its settings."""
    return {{name: context[name] for name in names}}


def fit(steps: list[dict[str, Any]], df: pd.DataFrame) -> tuple[list[dict[str, Any]], dict[str, Any], pd.DataFrame]:
    """Let each step learn from the rows and change them."""
    context: dict[str, Any] = {{"seed": RECIPE_SEED, "split": None, "weighed": None}}
    fitted, marks, weights = [], [], []
    for step in steps:
        settings = dict(step["settings"])
        try:
            if step["learner"]:
                split = context["split"]
                rows = df if split is None else df[(df[split] == "train").to_numpy(dtype=bool, na_value=False)]
                learned = step["learner"](rows, **settings, **given(step["learner_asks"], context))
                settings["learned"] = json.loads(json.dumps(learned))
            settings |= given(step["asks"], context)
            df = tidy(step["function"](df, **settings))
        except Skip:
            continue
        fitted.append({{**step, "settings": settings}})
        marks += step["marks"]
        context["split"] = step["split"] or (context["split"] and step["names"].get(context["split"], context["split"]))
        weights = [step["names"].get(name, name) for name in weights] + ([step["weight"]] if step["weight"] else [])
        context["weighed"] = weights[-1] if weights else None
    return fitted, {{**context, "marks": marks, "weights": weights}}, df


def apply(fitted: list[dict[str, Any]], df: pd.DataFrame) -> pd.DataFrame:
    """The rows after steps that have learned; rows that a step would drop stay as they are."""
    rows = df.index
    for step in fitted:
        if step["adds_rows"]:
            continue
        try:
            after = tidy(step["function"](df, **step["settings"]))
        except Skip:
            continue
        gone = df.index.difference(after.index)
        after = after.loc[after.index.intersection(df.index)]
        if len(gone):
            kept = df.loc[gone].reindex(columns=after.columns)
            kept = kept.astype({{name: kind for name, kind in after.dtypes.items() if kept[name].dtype != kind}})
            after = tidy(pd.concat([after, kept])).loc[df.index]
        df = after
    return df.loc[rows]


def columns_after(steps: list[dict[str, Any]], after: pd.DataFrame) -> list[Column]:
    """Type and kind of the columns after some steps."""
    known = {{name: tuple(about) for name, about in COLUMNS.items()}}
    for step in steps:
        known = {{step["names"].get(name, name): about for name, about in known.items()}}
        for name, kind in step["kinds"].items():
            known[name] = (type_of(after[name]) if name in after.columns else "", kind)
    made = []
    for name in after.columns:
        storage = type_of(after[name])
        if name in known and known[name][0] == storage:
            kind = known[name][1]
        else:
            cells = after[name].dropna()
            length = float(cells.str.len().mean()) if storage == "text" and len(cells) else 0.0
            kind = guess_kind(name, storage, len(after), int(cells.nunique()), length)
        made.append(Column(name, storage, kind))
    return made


def labels(column: pd.Series) -> np.ndarray:
    """The target as codes of classes, or as numbers."""
    if ASKED["task"] == "number":
        return column.to_numpy(dtype="float64", na_value=np.nan)
    place = {{name: code for code, name in enumerate(ASKED["classes"])}}
    return np.array([-1 if text is None else place.get(text, -1) for text in cell_texts(column, time=True)])


def one_fold(
    steps: list[dict[str, Any]], learn: pd.DataFrame, judge: pd.DataFrame, truth: np.ndarray, rare: int
) -> tuple[dict[str, float], np.ndarray]:
    """The scores of one recipe in one fold, and what is predicted of the judged rows."""
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.pipeline import Pipeline

    fitted, context, after = fit(steps, learn)
    answers = labels(after[ASKED["target"]])
    good = ~np.isnan(answers) if ASKED["task"] == "number" else answers >= 0
    after, answers = after[good], answers[good]
    apart = {{ASKED["target"], *ASKED["leave_out"], *context["marks"], *context["weights"], context["split"]}}
    chosen = features(columns_after(steps, after), after, sorted((apart - {{None}}) & set(after.columns)))
    if chosen.names:
        model = estimator(chosen, ASKED["task"], ASKED["model"])
    else:
        guess = DummyClassifier(strategy="prior") if ASKED["task"] == "classes" else DummyRegressor()
        model = Pipeline([("model", guess)])
    weights = after[context["weighed"]].to_numpy(dtype="float64") if context["weighed"] else None
    model.fit(plain(after, chosen), answers, **({{}} if weights is None else {{"model__sample_weight": weights}}))
    cells = plain(apply(fitted, judge), chosen)
    if ASKED["task"] == "number":
        predicted = np.asarray(model.predict(cells), dtype="float64")
        return {{key: of(predicted, truth) for key, of in SCORES.items()}}, predicted
    chances = np.zeros((len(judge), len(ASKED["classes"])))
    chances[:, model.classes_] = model.predict_proba(cells)
    decided = chances.argmax(axis=1)
    return {{key: of(chances, decided, truth, rare) for key, of in SCORES.items()}}, decided


def compare(df: pd.DataFrame) -> dict[str, Any]:
    """The scores of every recipe."""
    _, context, df = fit(shared_steps(), df)
    df = df[df[ASKED["target"]].notna().to_numpy()]
    split = ASKED["split"] or context["split"]
    df = df if split is None else df[df[split].to_numpy() == "train"]
    truth = labels(df[ASKED["target"]])
    codes = truth if ASKED["task"] == "classes" else None
    kept = sampled(len(df), ASKED["sample"], codes, SEED)
    df, truth = df.iloc[kept], truth[kept]
    time = None
    if ASKED["time"] is not None:
        time = df[ASKED["time"]].to_numpy()
        time = np.asarray(time.astype("int64") if time.dtype.kind == "M" else time, dtype="float64")
    plan = plan_folds(
        len(df),
        truth if ASKED["task"] == "classes" else None,
        groups=None if ASKED["groups"] is None else pd.factorize(df[ASKED["groups"]], use_na_sentinel=False)[0],
        time=time,
        folds=ASKED["folds"],
        repeats=ASKED["repeats"],
        seed=SEED,
    )
    rare = int(np.bincount(truth, minlength=len(ASKED["classes"])).argmin()) if codes is not None else 0
    found: dict[str, Any] = {{}}
    decided: dict[str, np.ndarray] = {{}}
    first = [fold for fold in plan.rounds if fold.repeat == 0]
    places = np.concatenate([fold.judge for fold in first])
    for name, (rounds, steps) in candidates().items():
        results = [
            one_fold(steps, df.iloc[fold.learn], df.iloc[fold.judge], truth[fold.judge], rare)
            for fold in plan.rounds[:rounds]
        ]
        decided[name] = np.concatenate([each[1] for each in results[: len(first)]])
        found[name] = {{"folds": {{key: [each[0][key] for each in results] for key in results[0][0]}}}}
        found[name]["means"] = {{
            key: interval(values, plan.folds, 1, plan.test_share) for key, values in found[name]["folds"].items()
        }}
        if ASKED["good"] is not None:
            good = ASKED["good"]
            found[name]["gaps"] = {{}}
            for column in ASKED["sensitive"]:
                names = np.array([group_name(key) for key in group_keys(df, [column])], dtype=object)[places]
                nothing = next(iter(decided.values()))
                gap = group_gap(
                    column, names, decided[name] == good, nothing == good, truth[places] == good, SEED % 2**31
                )
                found[name]["gaps"][column] = None if gap is None else gap.gap
    return found


def main() -> None:
    """Read, compare, print."""
    if len(sys.argv) < 2:
        sys.exit("Usage: python scoreboard.py TABLE [--json]")
    data, _name = unpack(Path(sys.argv[1]).read_bytes(), sys.argv[1])
    df, _options, _problems = {reader}(data, READ)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = compare(tidy(df))
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for name, each in found.items():
        print(name)
        for key, mean in each["means"].items():
            print(f"  {{key:20}} {{mean['mean']:.6f}}  ({{mean['low']:.6f}} to {{mean['high']:.6f}})")


# ---- The steps, the reader and the model, as they are in the workbench ----


{pieces}


SCORES = {scores}


if __name__ == "__main__":
    main()
'''
