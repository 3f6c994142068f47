"""Training: precision, optimisers, schedules, averaging, checkpoints and the loop."""
