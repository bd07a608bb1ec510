"""AWS behaviours that the pinned MiniStack lacks and MARS needs: one function each, put back in memory.

The test of a patch (test/local) runs once with it and once without.
"""

from . import cloudformation, cloudwatch, dynamodb, event_source_mappings, iam, s3, s3_listings, step_functions


def apply(left_out):
    modules = (s3_listings, s3, dynamodb, event_source_mappings, step_functions, cloudformation, cloudwatch, iam)
    known = [patch for module in modules for patch in module.PATCHES]
    if left_out and left_out not in (patch.__name__ for patch in known):
        raise SystemExit(f"there is no patch {left_out}")
    for patch in known:
        if patch.__name__ != left_out:
            patch()
