"""Behaviours of IAM."""

import re

import ministack.core.iam_actions as actions
from ministack.core import iam_evaluator


def batches_of_sqs_need_the_action_of_one():
    """SendMessageBatch is allowed by sqs:SendMessage, and so with the other batches of SQS: they have no actions of their own."""
    extract = actions.extract_iam_action

    def extract_iam_action(service, *args):
        action = extract(service, *args)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    actions.extract_iam_action = extract_iam_action


def sessions_are_principals_by_their_role():
    """aws:PrincipalArn of a role's session is the role's ARN."""
    resolve = iam_evaluator._resolve_condition_key

    def resolve_condition_key(key, context):
        value = resolve(key, context)
        if key.lower() != "aws:principalarn":
            return value
        return re.sub(r"^arn:aws:sts::(\d+):assumed-role/([^/]+)/.*$", r"arn:aws:iam::\1:role/\2", value or "")

    iam_evaluator._resolve_condition_key = resolve_condition_key


def wildcards_match_line_feeds_too():
    """A * in a policy stands for any characters."""
    compiled = iam_evaluator._fnmatch_compile

    def compile_all(pattern, ignore_case):
        found = compiled(pattern, ignore_case)
        return re.compile(found.pattern, found.flags | re.DOTALL)

    iam_evaluator._fnmatch_compile = compile_all


def keys_of_slashes_are_keys():
    """A request for an object whose key is nothing but slashes is no request for its bucket."""
    action, resource = actions._s3_action, actions.extract_resource_arn

    def named(path):
        bucket, _, key = path.lstrip("/").partition("/")
        return f"/{bucket}/slashes" if key and not key.strip("/") else path

    actions._s3_action = lambda method, path, *rest: action(method, named(path), *rest)
    actions.extract_resource_arn = lambda service, method, path, *rest: resource(
        service, method, named(path) if service == "s3" else path, *rest
    )


PATCHES = [
    batches_of_sqs_need_the_action_of_one,
    sessions_are_principals_by_their_role,
    wildcards_match_line_feeds_too,
    keys_of_slashes_are_keys,
]
