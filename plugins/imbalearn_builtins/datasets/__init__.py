"""Data sets, one kind a file; each factory returns a `Dataset` record."""
