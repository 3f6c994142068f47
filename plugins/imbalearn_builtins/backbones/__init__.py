"""Backbones: modules `[B, C, H, W] -> [B, K]`, one a file, and what they share."""
