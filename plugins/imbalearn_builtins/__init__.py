"""The built-in methods, written against the same public contract as anybody's plugin."""
