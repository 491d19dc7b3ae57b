"""Page text in, a searchable index out: `python -m ingest`."""
