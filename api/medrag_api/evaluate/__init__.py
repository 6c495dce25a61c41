"""Measures retrieval and answering over question sets; scores are kept in a reviewed file and compared on every run."""
