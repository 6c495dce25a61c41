"""Words sort by code point on PostgreSQL too: ``migrate`` sees to it after every upgrade, and this step brings older
catalogues there."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """No table changes."""
