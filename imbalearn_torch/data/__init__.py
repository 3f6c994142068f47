"""Data: profiles, split, class statistics, the epoch plan, loading and augmentation."""
