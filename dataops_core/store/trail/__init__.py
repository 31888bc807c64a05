"""The audit log outside the catalog: anchors (signed heads), its export, and the verifier that goes with it. The log
itself, which every write appends to, is `store/trail/audit.py`.
"""
