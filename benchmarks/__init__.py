"""Measurements with the commands that regenerate them: `python -m benchmarks [NAME] [--quick] [--json OUT]`."""
