"""Backup and restore: everything a home keeps that cannot be made again, as one file."""
