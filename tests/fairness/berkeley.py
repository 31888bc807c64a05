"""Graduate admissions at Berkeley in autumn 1973, the six largest departments (Bickel, Hammel & O'Connell, Science
187:398, 1975; the counts as in Freedman, Pisani & Purves, Statistics): by department the men admitted, of so many, the
women admitted, of so many.
"""

import pandas as pd

COUNTS = {
    "A": (512, 825, 89, 108),
    "B": (353, 560, 17, 25),
    "C": (120, 325, 202, 593),
    "D": (138, 417, 131, 375),
    "E": (53, 191, 94, 393),
    "F": (22, 373, 24, 341),
}


def applicants() -> pd.DataFrame:
    """One row per applicant: 4,526."""
    rows = []
    for department, (men, of_men, women, of_women) in COUNTS.items():
        for sex, good, of in (("man", men, of_men), ("woman", women, of_women)):
            rows += [(sex, department, "yes")] * good + [(sex, department, "no")] * (of - good)
    return pd.DataFrame(rows, columns=["sex", "department", "admitted"])
