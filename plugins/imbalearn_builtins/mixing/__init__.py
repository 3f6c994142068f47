"""Mixes: two images and their labels made into one. One method a file."""
