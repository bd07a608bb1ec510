"""Behaviours of IAM."""

import ministack.core.iam_actions as actions


def batches_of_sqs_need_the_action_of_one():
    """SendMessageBatch is allowed by sqs:SendMessage, and so with the other batches of SQS: they have no actions of their own."""
    extract = actions.extract_iam_action

    def extract_iam_action(service, *args):
        action = extract(service, *args)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    actions.extract_iam_action = extract_iam_action


PATCHES = [batches_of_sqs_need_the_action_of_one]
