"""imbalanced-learn's samplers for imbalearn-torch; `hooks` lists them, one module holds one method."""
