"""Samplers: which images an epoch visits, and in what order. One method a file."""
