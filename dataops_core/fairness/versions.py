"""The packages that figures on bias come from."""

from __future__ import annotations

from importlib.metadata import version


def versions() -> dict[str, str]:
    """The packages that the figures come from."""
    return {name: version(name) for name in ("fairlearn", "scikit-learn", "scipy", "numpy", "pandas")}
