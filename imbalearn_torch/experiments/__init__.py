"""Experiments: the configuration, the run folder and one run from left to right."""
