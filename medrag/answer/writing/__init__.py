"""Has a model compose an answer from numbered evidence, and lets through only what is proved."""
