"""Tables with faults that are known, to hold the checks against."""

from tests.planted.clinic import clinic
from tests.planted.plant import CHECKS, TODAY, Fault, Planted, only
from tests.planted.retail import retail
from tests.planted.sensors import sensors

SETTINGS = (retail, clinic, sensors)

__all__ = ["CHECKS", "SETTINGS", "TODAY", "Fault", "Planted", "clinic", "only", "retail", "sensors"]
