"""Alembic runs this to migrate over the connection that `bot.state.database` gives it."""

from alembic import context

from bot.state.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
