"""Every measurement by its name, in the order in which all of them are made."""

__all__ = ["NAMES", "QUICK"]

NAMES = (
    "startup",
    "first_step",
    "overhead",
    "study_way",
    "study_quality",
    "speedrun",
    "speedrun_ladder",
    "quality",
    "quality_choice",
    "loop_peers",
    "memory",
    "grid",
    "sampler_speed",
    "augment_speed",
    "mix_speed",
    "loss_speed",
    "loss_peers",
    "stream",
    "guard",
    "digits_paired",
    "public_checkpoint",
    "cifar_step10",
    "defaults",
    "compatibility",
    "recipes_cifar10",
    "transfer",
)
# Cheap, and needing no more than the project itself does: under two minutes together, on two cores.
QUICK = (
    "guard",
    "startup",
    "first_step",
    "overhead",
    "study_way",
    "sampler_speed",
    "augment_speed",
    "mix_speed",
    "loss_speed",
)
