"""Alembic's entry: migrates over the connection the caller opened, so that schema and data move in one transaction."""

from __future__ import annotations

from alembic import context

from medrag.catalogue.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
