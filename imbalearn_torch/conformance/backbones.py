from imbalearn_torch.conformance.check import Check

CHECKS: tuple[Check, ...] = ()
