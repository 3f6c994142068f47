"""Figures of a trained predictor, from its stored logits; torch and scipy are imported where they are used."""

from imbalearn_torch.metrics.confusion import ClassScores, class_scores, confusion_matrix, confusion_scores
from imbalearn_torch.metrics.intervals import wilson
from imbalearn_torch.metrics.scores import score

__all__ = ["ClassScores", "class_scores", "confusion_matrix", "confusion_scores", "score", "wilson"]
