"""The chat page's own looks for Gradio: system fonts, ink on paper, one accent; light and dark."""

from __future__ import annotations

import gradio as gr

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def build_theme() -> gr.themes.Base:
    """Return the theme. Only strings as fonts: a font object would be fetched or served."""
    theme = gr.themes.Base(font=FONT, font_mono=MONO, text_size="lg", radius_size="lg")
    return theme.set(
        body_background_fill="#f6f4ef",
        body_background_fill_dark="#11151b",
        body_text_color="#1b2430",
        body_text_color_dark="#e9e6df",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1a2029",
        background_fill_secondary="#f6f4ef",
        background_fill_secondary_dark="#11151b",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1a2029",
        input_border_color="#78716a",
        input_border_color_dark="#8b8f98",
        input_placeholder_color="#66605a",
        input_placeholder_color_dark="#a5a9b1",
        button_primary_background_fill="#a3241c",
        button_primary_background_fill_dark="#ff9a8a",
        button_primary_background_fill_hover="#7f1a14",
        button_primary_background_fill_hover_dark="#ffb3a6",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#2a0c08",
    )
