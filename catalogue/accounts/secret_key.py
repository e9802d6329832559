"""The secret key that signs cookies: from the settings, or made once and kept in the data folder."""

import os
import secrets
import stat
from pathlib import Path

from catalogue.config import LEAST_SECRET
from catalogue.errors import ConfigError

FILE_NAME = "secret-key"


def secret_key(data: Path, setting: str = "") -> str:
    """The key of the setting; else that of the data folder, made at the first start and readable for its owner only.

    Raises ConfigError where the file cannot be read, holds no usable key, or may be read by others.
    """
    if setting:
        return setting
    file = data / FILE_NAME
    try:
        _make(file)
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise ConfigError(f"{file} may be read by others; close it with: chmod 600 {file}")
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{file} cannot be read or made ({error}); without a secret key the site does not start."
        ) from None
    if len(key) < LEAST_SECRET:
        raise ConfigError(f"{file} holds no usable key; remove it, and the next start makes a new one.")
    return key


def _make(file: Path) -> None:
    """Make the file with a fresh key unless it is there; of two that start at once, one is the first.

    It is written aside and linked into place, so that nobody ever reads half a key.
    """
    if file.exists():
        return
    aside = file.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
        new.write(secrets.token_urlsafe(48))
    try:
        aside.rename(file) if os.name == "nt" else os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink(missing_ok=True)
