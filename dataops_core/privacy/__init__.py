"""One recognizer of personal data for the whole house, and how easily rows are told apart."""

from dataops_core.privacy.column_roles import propose_roles
from dataops_core.privacy.kinds import DIRECT, SPECIAL, Recognition
from dataops_core.privacy.recognize import PersonalData, recognize
from dataops_core.privacy.recognize_column import recognize_column
from dataops_core.privacy.risk import (
    Risk,
    k_anonymity,
    l_diversity,
    measure_risk,
    risk_table,
    t_closeness,
    unique_rows,
)
from dataops_core.privacy.values import ColumnValues, column_values, values_of

__all__ = [
    "DIRECT",
    "SPECIAL",
    "ColumnValues",
    "PersonalData",
    "Recognition",
    "Risk",
    "column_values",
    "k_anonymity",
    "l_diversity",
    "measure_risk",
    "propose_roles",
    "recognize",
    "recognize_column",
    "risk_table",
    "t_closeness",
    "unique_rows",
    "values_of",
]
