"""The built-in adjusters, one method a file."""
