"""`python -m dataops_core`."""

import sys

from dataops_core.cli import main

sys.exit(main())
