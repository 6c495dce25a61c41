"""The prompts answering models are given, one Markdown file a version and language."""
