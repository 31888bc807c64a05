"""The environments: work is done in the sandbox, and versions are promoted into the others."""

from __future__ import annotations

SANDBOX, STAGING, PRODUCTION = "sandbox", "staging", "production"
ENVIRONMENTS = (SANDBOX, STAGING, PRODUCTION)
PROMOTED = (STAGING, PRODUCTION)  # where a version comes by promotion; the sandbox has the newest one
