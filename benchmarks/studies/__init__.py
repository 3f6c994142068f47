"""The studies redone on real images: `python -m benchmarks.studies` makes what `queue.toml` lists and is missing."""
