"""load.py in an export: scikit-learn, PyTorch and TensorFlow get the numbers of the table; and the card as a page."""

import json
import os
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.export import card_html
from dataops_core.export.manifest import OLD, validate
from dataops_core.export.verify import verify_bundle
from dataops_core.store import datasets, versions
from dataops_core.store.store import Store

TENSORFLOW = os.environ.get("DATAOPS_TENSORFLOW")  # a Python that has TensorFlow, pandas and pyarrow
needs_tensorflow = pytest.mark.skipif(not TENSORFLOW, reason="DATAOPS_TENSORFLOW names no Python with TensorFlow")
SPLIT = {"op": "split_rows", "with": {"how": "at_random", "test": 0.2, "validation": 0.1}}
ROWS = "".join(
    f"n{i},{20 + i % 40},{'' if i % 6 == 0 else i / 8},{('Paris', 'Rome', 'Oslo', '')[i % 4]},"
    f"{'true' if i % 3 else 'false'},2024-01-{1 + i % 28:02d},{('yes', 'no')[i % 2]},{'fm'[i % 2]}\n"
    for i in range(200)
)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A version with a split and roles, checked out, and its bundle."""
    folder = tmp_path_factory.mktemp("out")
    (folder / "t.csv").write_text("key,age,amount,city,member,since,bought,sex\n" + ROWS)
    (folder / "r.json").write_text(json.dumps({"steps": [SPLIT]}))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("DATAOPS_HOME", str(folder / "home"))
        assert main(["commit", "shop", str(folder / "t.csv"), "--recipe", str(folder / "r.json"), "-m", "one"]) == 0
        store = Store()
        made = datasets.find(store, "shop")
        roles = {"target": "bought", "favorable": "yes", "sensitive": ["sex"], "id": "key"}
        datasets.set_roles(store, made, datasets.get(store, made).revision, roles, store.person)
        versions.commit(store, made, "with roles", store.person)
        assert main(["checkout", "shop", "2", "-o", str(folder / "out")]) == 0
        assert main(["export", "shop", "2", "-o", str(folder / "bundle.zip")]) == 0
    return folder / "out"


def answer(out: Path, code: str, python: str = sys.executable) -> object:
    done = subprocess.run(
        [python, "-c", code], cwd=out, capture_output=True, text=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().rsplit("\n", 1)[-1])


def wanted(out: Path, part: str) -> dict[str, float]:
    """The sum of each feature of a part and of the target, counted from the table by hand."""
    whole = pd.read_csv(out / "data.csv", keep_default_na=False, na_values=[""])
    rows, train = whole[whole["split"] == part], whole[whole["split"] == "train"]
    places = {
        name: {word: at for at, word in enumerate(sorted(train[name].dropna().unique()))} for name in ("city", "bought")
    }
    since = pd.to_datetime(rows["since"]) - pd.Timestamp("1970-01-01")
    return {
        "age": rows["age"].sum(),
        "amount": rows["amount"].sum(),
        "city": rows["city"].map(places["city"]).sum(),
        "member": rows["member"].astype(str).str.lower().eq("true").sum(),
        "since": since.dt.total_seconds().sum(),
        "bought": rows["bought"].map(places["bought"]).sum(),
    }


FEATURES = ["age", "amount", "city", "member", "since"]


def test_scikit_learn_gets_features_and_target_of_each_part(out):
    told = answer(
        out,
        "import json, load\n"
        "from sklearn.ensemble import HistGradientBoostingClassifier\n"
        "X, y = load.xy('train')\n"
        "x, labels = load.arrays('train')\n"
        "model = HistGradientBoostingClassifier(max_iter=5).fit(x, y)\n"
        "parts = {part: list(load.xy(part)[0].shape) for part in ('train', 'validation', 'test')}\n"
        "print(json.dumps([list(X.columns), y.name, parts, bool(model.score(load.arrays('test')[0], load.xy('test')[1]) > 0)]))",
    )
    assert told == [FEATURES, "bought", {"train": [140, 5], "validation": [20, 5], "test": [40, 5]}, True]


def test_what_models_should_not_take_is_no_feature(out):
    text = (out / "load.py").read_text()
    assert "TARGET = 'bought'" in text and "SENSITIVE = ['sex']" in text and f"FEATURES = {FEATURES}" in text


@pytest.mark.slow
@pytest.mark.parametrize("part", ["train", "test"])
def test_the_sums_that_pytorch_gets_are_those_of_the_table(out, part):
    pytest.importorskip("torch")
    told = answer(
        out,
        "import json, load, torch\n"
        f"rows = load.torch_dataset({part!r}, dtype='float64')\n"
        "assert isinstance(rows, torch.utils.data.Dataset)\n"
        "x = torch.cat([batch for batch, _ in torch.utils.data.DataLoader(rows, batch_size=16)])\n"
        "print(json.dumps([len(rows), torch.nansum(x, 0).tolist(), sum(float(y) for _, y in rows)]))",
    )
    sums = wanted(out, part)
    assert told[0] == {"train": 140, "test": 40}[part]
    np.testing.assert_allclose([*told[1], told[2]], [sums[name] for name in (*FEATURES, "bought")], rtol=1e-12)


@needs_tensorflow
def test_the_sums_that_tensorflow_gets_are_those_of_the_table(out):
    told = answer(
        out,
        "import json, load, numpy as np\n"
        "rows = load.tf_dataset('train', dtype='float64').batch(16)\n"
        "pairs = [(x.numpy(), y.numpy()) for x, y in rows]\n"
        "x = np.concatenate([x for x, _ in pairs])\n"
        "print(json.dumps([len(x), np.nansum(x, 0).tolist(), float(sum(y.sum() for _, y in pairs))]))",
        TENSORFLOW,
    )
    sums = wanted(out, "train")
    assert told[0] == 140
    np.testing.assert_allclose([*told[1], told[2]], [sums[name] for name in (*FEATURES, "bought")], rtol=1e-12)


def test_missing_cells_stay_missing_and_words_come_from_the_training_rows(out):
    told = answer(
        out,
        "import json, load, numpy as np, pandas as pd\n"
        "x, y = load.arrays()\n"
        "odd = load.numbers(pd.Series(['Rome', None, 'nowhere'], name='city'))\n"
        "print(json.dumps([int(np.isnan(x).sum()), [None if v != v else v for v in odd.tolist()]]))",
    )
    whole = pd.read_csv(out / "data.csv", keep_default_na=False, na_values=[""])
    assert told == [int(whole[FEATURES].isna().sum().sum()), [2.0, None, -1.0]]


def test_run_as_a_program_it_says_what_there_is(out):
    done = subprocess.run([sys.executable, "load.py"], cwd=out, capture_output=True, text=True)
    assert done.returncode == 0 and "train: 140 rows" in done.stdout
    assert f"age: sum {float(pd.read_csv(out / 'train.csv')['age'].sum())!r}" in done.stdout


def test_the_parts_lie_in_the_bundle_and_are_verified(out, tmp_path):
    bundle = out.parent / "bundle.zip"
    assert verify_bundle(bundle).ok
    with zipfile.ZipFile(bundle) as packed:
        names = set(packed.namelist())
        manifest = json.loads(packed.read("manifest.json"))
        assert {"load.py", "DATA_CARD.html", "train.csv", "test.parquet", "validation.csv"} <= names
        card = packed.read("DATA_CARD.html").decode()
    assert validate({**manifest, "format": OLD}, "x")  # those of earlier programs can be read
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(bundle) as packed, zipfile.ZipFile(forged, "w") as other:
        for name in packed.namelist():
            text = packed.read(name)
            other.writestr(name, text.replace(b"Paris", b"Pariz") if name == "train.csv" else text)
    assert "train.csv" in {check.what for check in verify_bundle(forged).checks if not check.ok}
    assert "<h1>shop, version 2</h1>" in card and "<script" not in card and "http" not in card.replace("http-equiv", "")


class Shape(HTMLParser):
    """Whether tags are closed as they were opened, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.said, self.wrong = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.said.append(data)


def test_the_page_says_what_the_card_says(out):
    made = Shape((out / "DATA_CARD.html").read_text())
    assert made.wrong == [] and made.open == []
    said = " ".join("".join(made.said).split())
    for words in (
        "At a glance",
        "What was done",
        "Rebuild it",
        "python clean.py raw/raw.csv clean.csv",
        "Sensitive: sex",
    ):
        assert words in said, words


def test_what_a_name_holds_stays_text_on_the_page():
    text = "# a \\<script\\>alert(1)\\</script\\>\n\n| A | B |\n|---|---|\n| x \\| y | **b** `c<d` |\n\n1. one\n   *Why: w*\n"
    page = card_html.page(text)
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "<td>x | y</td><td><strong>b</strong> <code>c&lt;d</code></td>" in page
    assert "<li>one<br><em>Why: w</em></li>" in page and Shape(page).wrong == []
