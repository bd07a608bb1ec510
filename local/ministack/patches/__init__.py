"""AWS behaviours that the pinned MiniStack lacks and MARS needs: one function each, put back in memory.

The test of a patch (test/local) runs once with it and once without.
"""

from . import cloudformation, cloudwatch, dynamodb, event_source_mappings, iam, s3, s3_listings, step_functions


def apply(left_out):
    modules = (s3_listings, s3, dynamodb, event_source_mappings, step_functions, cloudformation, cloudwatch, iam)
    known = [patch for module in modules for patch in module.PATCHES]
    unknown = set(left_out) - {patch.__name__ for patch in known}
    if unknown:
        raise SystemExit(f"there is no patch {', '.join(unknown)}")
    for patch in known:
        if patch.__name__ not in left_out:
            patch()
