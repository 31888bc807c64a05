"""Where a table may come from besides a file at hand: a web address, a bucket, a database, a folder of this machine.

What is fetched becomes a file, which is then read, hashed and kept as any other. Passwords and keys are named in an
address as ${NAME} and taken from the environment (Streamlit puts its secrets there too); they stand in no file, log or
message.
"""

from dataops_core.read.places.fetch import fetch, is_address
from dataops_core.read.places.folders import files_in
from dataops_core.read.places.rules import Rules
from dataops_core.read.places.secrets import shown

__all__ = ["Rules", "fetch", "files_in", "is_address", "shown"]
