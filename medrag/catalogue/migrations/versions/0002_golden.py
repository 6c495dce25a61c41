"""What a work must go on answering."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "golden",
        sa.Column("work", sa.String(80), sa.ForeignKey("works.id"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
