"""A synthetic twin of a table: made without giving anybody away, and judged by verdicts that are hard to fool."""

from dataops_core.synthetic.card import card, card_of_tables
from dataops_core.synthetic.engines import ENGINES
from dataops_core.synthetic.gate import MAKERS, TREATMENTS
from dataops_core.synthetic.judge import judge
from dataops_core.synthetic.plan import Settings, plan
from dataops_core.synthetic.script import SCRIPTED, script
from dataops_core.synthetic.several import synthesize_tables
from dataops_core.synthetic.signed import load_model, save_model
from dataops_core.synthetic.twin import Model, learn, make, synthesize

__all__ = [
    "ENGINES",
    "MAKERS",
    "SCRIPTED",
    "TREATMENTS",
    "Model",
    "Settings",
    "card",
    "card_of_tables",
    "judge",
    "learn",
    "load_model",
    "make",
    "plan",
    "save_model",
    "script",
    "synthesize",
    "synthesize_tables",
]
