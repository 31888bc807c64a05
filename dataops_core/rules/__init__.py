"""Rules: what the owner of the data requires of it; suggested, checked, exported."""

from dataops_core.rules import kinds
from dataops_core.rules.check import check_rules
from dataops_core.rules.document import RuleSet, dumps, load, loads
from dataops_core.rules.rule import KINDS, SEVERITIES, Fix, Result, Rule
from dataops_core.rules.suggest import suggest_rules

__all__ = [
    "KINDS",
    "SEVERITIES",
    "Fix",
    "Result",
    "Rule",
    "RuleSet",
    "check_rules",
    "dumps",
    "kinds",
    "load",
    "loads",
    "suggest_rules",
]
