"""The built-in losses, one method a file."""
