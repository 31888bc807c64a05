"""A synthetic version of a table: made without giving anybody away, and judged by verdicts that are hard to fool."""

from dataops_core.synthetic.card import card, card_of_tables
from dataops_core.synthetic.engines.registry import ENGINES
from dataops_core.synthetic.evaluate.evaluate import judge
from dataops_core.synthetic.model_file import load_model, save_model
from dataops_core.synthetic.multi_table.model import synthesize_tables
from dataops_core.synthetic.plan.plan import Settings, plan
from dataops_core.synthetic.prepare.column_treatments import MAKERS, TREATMENTS
from dataops_core.synthetic.script import SCRIPTED, script
from dataops_core.synthetic.synthesizer import Model, learn, make, synthesize

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
