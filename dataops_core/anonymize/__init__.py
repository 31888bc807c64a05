"""The weakest generalization that makes a table k-anonymous, searched for and proposed with what it costs."""

from dataops_core.anonymize.propose import Proposal, anonymization, propose_anonymization
from dataops_core.anonymize.search import Lattice, Node

__all__ = ["Lattice", "Node", "Proposal", "anonymization", "propose_anonymization"]
