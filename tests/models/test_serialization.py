"""Fitted models as text: the same bytes in every process, the same answers afterwards, and nothing strange
is opened.
"""

import base64
import io
import lzma
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, IsolationForest
from sklearn.impute import KNNImputer
from sklearn.linear_model import BayesianRidge
from sklearn.neighbors import LocalOutlierFactor
from sklearn.preprocessing import FunctionTransformer

from dataops_core.errors import IntegrityError
from dataops_core.models import dumps, loads

ROOT = Path(__file__).parent.parent.parent
CELLS = np.random.default_rng(1).normal(size=(300, 4))
MODELS = [
    (IsolationForest(n_estimators=10, random_state=1), "score_samples"),
    (LocalOutlierFactor(novelty=True), "score_samples"),
    (KNNImputer(), "transform"),
]


@pytest.mark.parametrize(("model", "ask"), MODELS, ids=lambda each: type(each).__name__)
def test_a_model_answers_the_same_after_packing(model, ask):
    model.fit(CELLS)
    assert np.array_equal(getattr(loads(dumps(model)), ask)(CELLS), getattr(model, ask)(CELLS))


@pytest.mark.parametrize(
    "model",
    [BayesianRidge(), HistGradientBoostingRegressor(max_iter=5, random_state=0)],
    ids=lambda each: type(each).__name__,
)
def test_a_regression_answers_the_same_after_packing(model):
    model.fit(CELLS[:, 1:], CELLS[:, 0])
    assert np.array_equal(loads(dumps(model)).predict(CELLS[:, 1:]), model.predict(CELLS[:, 1:]))


@pytest.mark.slow
def test_two_processes_pack_the_same_text():
    code = (
        "import numpy as np; from sklearn.ensemble import IsolationForest; from dataops_core.models import dumps; junk"
        " = [object() for _ in range({})];print(dumps(IsolationForest(n_estimators=5,"
        " random_state=1).fit(np.random.default_rng(1).normal(size=(300, 4)))))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code.format(n)], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for n in (1, 9999)
    }
    assert len(texts) == 1


def test_a_damaged_text_is_said():
    text = dumps(BayesianRidge().fit(CELLS[:, 1:], CELLS[:, 0]))
    for bad in (text[:-40], "?", "", base64.b64encode(lzma.compress(b"no zip")).decode()):
        with pytest.raises(IntegrityError, match="cannot be opened"):
            loads(bad)


def test_a_function_from_elsewhere_is_not_opened():
    import skops.io  # takes five seconds, which every process would pay that collects the tests

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(FunctionTransformer(subprocess.getoutput)))) as whole:
        assert b"getoutput" in whole.read("schema.json")
    with pytest.raises(IntegrityError, match="not trusted: subprocess.getoutput"):
        loads(dumps(FunctionTransformer(subprocess.getoutput)))


def test_a_small_text_that_would_fill_the_memory_is_refused():
    huge = base64.b64encode(lzma.compress(bytes(65 * 2**20), preset=1)).decode()
    with pytest.raises(IntegrityError, match="cannot be opened"):
        loads(huge)


@pytest.mark.slow
def test_packing_a_model_does_not_load_torch():
    code = (
        "import sys; from sklearn.ensemble import IsolationForest; from dataops_core.models import dumps;"
        "dumps(IsolationForest(n_estimators=2).fit([[1.0], [2.0]])); print('torch' in sys.modules);"
        "from sklearn.externals.array_api_compat import torch"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
