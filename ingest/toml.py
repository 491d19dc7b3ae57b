"""TOML as Python reads it: by its own library from 3.11 on, by the same one from PyPI before."""

import sys

if sys.version_info >= (3, 11):
    from tomllib import TOMLDecodeError, loads
else:
    from tomli import (  # type: ignore[import-not-found,unused-ignore]
        TOMLDecodeError,
        loads,
    )

__all__ = ["TOMLDecodeError", "loads"]
