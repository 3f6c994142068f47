"""After training: what a predictor says, and post-hoc adjustment of its logits."""
