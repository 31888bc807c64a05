"""Mean and standard deviation against the certified values of NIST's Statistical Reference Datasets, univariate.

https://www.itl.nist.gov/div898/strd/univ/homepage.html: certified to 15 digits. The digits that agree are those of the
log relative error, -log10(|ours - certified| / |certified|). The standard deviations of NumAcc3 and NumAcc4 cannot have
15: their values (1000000.1, 10000000.1) are no exact binary fractions. PiDigits is left out: the digits of pi do not
have its certified mean (4.5348, while the first 5000 digits have 4.5358), so its file is something else.
"""

import math

import pandas as pd
import pytest

from dataops_core.facts import table_facts

# Michelson's 100 measurements of the speed of light (1879), the last three digits of 299.xxx thousand km/s, times 1000
MICHELSON = """
    850 740 900 1070 930 850 950 980 980 880 1000 980 930 650 760 810 1000 1000 960 960
    960 940 960 940 880 800 850 880 900 840 830 790 810 880 880 830 800 790 760 800
    880 880 880 860 720 720 620 860 970 950 880 910 850 870 840 840 850 840 840 840
    890 810 810 820 800 770 760 740 750 760 910 920 890 860 880 720 840 850 850 780
    890 840 780 810 760 810 790 810 820 850 870 870 810 740 810 940 950 800 810 870
"""


def alternating(middle: float, low: float, high: float) -> list[float]:
    return [middle, *[low, high] * 500]


@pytest.mark.parametrize(
    ("name", "values", "mean", "sd", "digits"),
    [
        ("NumAcc1", [10000001, 10000003, 10000002], 10000002, 1.0, (15, 15)),
        ("NumAcc2", alternating(1.2, 1.1, 1.3), 1.2, 0.1, (14, 14)),
        ("NumAcc3", alternating(1000000.2, 1000000.1, 1000000.3), 1000000.2, 0.1, (15, 9)),
        ("NumAcc4", alternating(10000000.2, 10000000.1, 10000000.3), 10000000.2, 0.1, (15, 8)),
        ("Michelso", [299 + int(x) / 1000 for x in MICHELSON.split()], 299.852400000000, 0.0790105478190518, (15, 12)),
    ],
)
def test_mean_and_sd_have_the_certified_digits(make_table, name, values, mean, sd, digits):
    facts = table_facts(make_table({name: pd.Series(values)}, {name: "number"}))[name]
    assert agreeing(facts["mean"], mean) >= digits[0]
    assert agreeing(facts["sd"], sd) >= digits[1]


def agreeing(ours: float, certified: float) -> float:
    return 15.0 if ours == certified else min(15.0, round(-math.log10(abs(ours - certified) / abs(certified)), 1))
