"""Optional packages: imported where they are used, and named with their cure when missing."""

import importlib
from types import ModuleType

from ingest.errors import EmbedderError


def import_extra(module: str, extra: str) -> ModuleType:
    """The module, or an EmbedderError that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        cure = f"pip install 'little-giants-assistant[{extra}]'"
        raise EmbedderError(f"This embedder needs {module}. Install it with: {cure}") from error
