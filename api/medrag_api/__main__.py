"""``python -m medrag_api``: the command line, where no script is on the path."""

from __future__ import annotations

from medrag_api.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
