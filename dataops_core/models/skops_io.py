"""skops, loaded without PyTorch."""

from __future__ import annotations

import sys
from typing import Any

_TORCH = "sklearn.externals.array_api_compat.torch"


def skops_io() -> Any:
    """The module skops.io.

    On its first import it looks at every class of scikit-learn, on the way at scikit-learn's bridge to PyTorch, which
    loads PyTorch where it is installed: seconds and 180 MB for a process that packs a model of trees. The bridge is out
    of sight for as long as that takes.
    """
    hidden = "skops.io" not in sys.modules and _TORCH not in sys.modules and "torch" not in sys.modules
    if hidden:
        sys.modules[_TORCH] = None  # type: ignore[assignment]
    try:
        import skops.io
    finally:
        if hidden:
            del sys.modules[_TORCH]
    return skops.io
