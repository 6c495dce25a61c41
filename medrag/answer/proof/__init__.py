"""Proves a free statement by the quotes it leans on, in code that shares nothing with whoever wrote the statement."""
