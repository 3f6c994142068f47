"""The plugin layer: what a component is, how its options are read, how plugins are found. No torch here."""
