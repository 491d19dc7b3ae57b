"""What is settled without weighing: each check returns why a claim is wrong, or ""."""

from assistant.checks.numbers import counts_other, misplaced, unsaid
from assistant.checks.order import roles
from assistant.checks.strength import hedged, overstated
from assistant.checks.together import paired, rivals, transposed
from assistant.checks.words import denials, members, names, opposites

CHECKS = (
    unsaid,
    names,
    members,
    opposites,
    overstated,
    hedged,
    denials,
    counts_other,
    misplaced,
    rivals,
    paired,
    transposed,
    roles,
)
