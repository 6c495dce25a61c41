"""The OpenAI-compatible door: what its clients send, what they are given, and what they are told is not done here."""
