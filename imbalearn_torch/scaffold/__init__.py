"""A new plugin package, complete and working, for an author to start from. No torch here."""
