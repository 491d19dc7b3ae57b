"""The web side: chat page, HTTP API and website widget; no answering logic.

Gradio, Chroma and Hugging Face read these once, when they are imported, so they are set before
anything in this package can import them.
"""

import os

TELEMETRY_OFF = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}
os.environ.update(TELEMETRY_OFF)
