"""What people did and what was told to them: the database that cannot be rebuilt from git, kept apart from the catalog."""

from bot.state.state import Received, State, Unfinished

__all__ = ["Received", "State", "Unfinished"]
