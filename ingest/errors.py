"""What can go wrong, in words for the person who can mend it.

AssistantError              anything below; its text is one human line
├── SettingsError           an ASSISTANT_* variable is unknown or malformed
├── CorpusError             a page, a .toml or the folder can't be used as it is
├── EmbedderError           the embedder can't be loaded, or an extra is missing
├── ModelError              the language model can't be reached or set up
│   └── ModelFailed         assistant/failure.py: it was asked, and gave no answer
└── IndexUnusable           there is no index that can be searched
    ├── IndexMissing        none has been built yet
    ├── IndexMismatch       built by another embedder or a newer version
    └── IndexBusy           another ingest is writing
"""


class AssistantError(Exception):
    """Base of all; the command line and the web print its text as it is."""


class SettingsError(AssistantError):
    """An ASSISTANT_* variable is unknown or malformed."""


class CorpusError(AssistantError):
    """The corpus can't be ingested as it is; nothing was changed."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class EmbedderError(AssistantError):
    """The embedder can't be loaded."""


class ModelError(AssistantError):
    """The language model can't be used."""


class IndexUnusable(AssistantError):
    """There is no index that can be searched."""


class IndexMissing(IndexUnusable):
    """No generation has been built yet."""


class IndexMismatch(IndexUnusable):
    """The index was built by another embedder or another version."""

    def __init__(self, problem: str, newer: bool = False) -> None:
        super().__init__(problem)
        self.newer = newer  # than this program, which must not replace it unasked


class IndexBusy(IndexUnusable):
    """Another process is writing the index."""
