"""Reads PDF: characters with their places, columns and lines, tables, headings, scans; one part to a file."""
