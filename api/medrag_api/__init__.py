"""The doors: command line and HTTP, and the only place where parts are wired together."""
