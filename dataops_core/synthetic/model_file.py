"""Model files: only written and read with a key. Opening one runs code, so a file without the right signature is
refused unopened.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from dataops_core.errors import InputError, IntegrityError, SettingError
from dataops_core.scratch import replaced
from dataops_core.synthetic.synthesizer import Model

KEY = "DATAOPS_MODEL_KEY"
LEAST = 16  # signs of a key
_HEAD = b"dataops-model/1\n"


def key(required: bool = True) -> bytes | None:
    """The key that signs model files, from the environment (Streamlit puts its secrets there too). Raises SettingError
    where it is missing or short.
    """
    given = os.environ.get(KEY, "")
    if len(given) >= LEAST:
        return given.encode()
    if not required and not given:
        return None
    what = f"The key for model files has fewer than {LEAST} signs." if given else "There is no key for model files."
    raise SettingError(
        what, KEY, f'Put {KEY} = "a long random text" into .streamlit/secrets.toml, or set it in the environment.'
    )


def save_model(model: Model, path: Path) -> None:
    """Write a model to a file, signed with the key (HMAC-SHA256); it appears whole or not at all."""
    import cloudpickle

    secret = key()
    assert secret is not None
    payload = cloudpickle.dumps(model)
    try:
        with replaced(path) as part:
            part.write_bytes(_HEAD + _signature(secret, payload) + b"\n" + payload)
    except OSError as error:
        raise InputError(
            f"The model cannot be written: {error.strerror}.", str(path), "Choose another place."
        ) from error


def load_model(path: Path) -> Model:
    """The model in a signed file. Raises IntegrityError for a file that is not signed with this key; it is not opened
    then.
    """
    import pickle

    secret = key()
    assert secret is not None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"The model cannot be read: {error.strerror}.", str(path), "Check the path.") from error
    signature, _, payload = content.removeprefix(_HEAD).partition(b"\n")
    if not content.startswith(_HEAD) or not hmac.compare_digest(signature, _signature(secret, payload)):
        raise IntegrityError(
            "This model file is not signed with the key of this installation, so it is not opened: opening one runs"
            " code.",
            path.name,
            "Make the model here, or set the key it was signed with.",
        )
    made = pickle.loads(payload)  # noqa: S301 - signed by this installation, checked above
    assert isinstance(made, Model)
    return made


def _signature(secret: bytes, payload: bytes) -> bytes:
    return hmac.new(secret, _HEAD + payload, hashlib.sha256).hexdigest().encode()
