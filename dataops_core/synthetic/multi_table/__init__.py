"""Tables that hang together by keys: found, learned parent by parent, and made again.

Stands on plan, prepare, engines and evaluate.
"""
