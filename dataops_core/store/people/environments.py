"""The environments that a version can be promoted into."""

from __future__ import annotations

ENVIRONMENTS = ("sandbox", "staging", "production")
