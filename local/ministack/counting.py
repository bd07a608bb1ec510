"""Counts who asks the embedded AWS for what: for benchmarks, and to tell which privilege is used where."""

import collections
import json
import os
import re
import threading
import time

from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import lambda_svc, s3, stepfunctions

counted = collections.Counter()
telling = threading.Lock()
# Where the SDK does not name the operation in the address (`x-id`), by method and what the query has.
S3_OPERATIONS = (
    ("HEAD", "", "HeadObject"),
    ("POST", "uploads", "CreateMultipartUpload"),
    ("POST", "uploadId", "CompleteMultipartUpload"),
    ("GET", "versions", "ListObjectVersions"),
    ("GET", "uploads", "ListMultipartUploads"),
    ("GET", "list-type", "ListObjectsV2"),
    ("GET", "tagging", "GetObjectTagging"),
    ("PUT", "tagging", "PutObjectTagging"),
    ("GET", "uploadId", "ListParts"),
)


def start(file):
    """Counts from now on, and always keeps in `file` what was counted: see `counts` of startEmbeddedAws."""
    count_actions_and_calls_of_s3()
    count_calls_of_functions()
    count_processor_time()
    count_transitions()
    threading.Thread(target=tell_as_it_changes, args=(file,), daemon=True).start()


def count_actions_and_calls_of_s3():
    evaluate, enforce, dispatch = iam_evaluator.evaluate, iam_evaluator.enforce, s3._dispatch
    caller = threading.local()
    names = {}

    def evaluate_and_remember(context, *policies):
        caller.name = context.principal_arn.partition("/")[2].partition("/")[0]
        caller.resource = context.resource_arn
        return evaluate(context, *policies)

    def enforce_and_count(access_key, action, *rest, **more):
        caller.name = ""
        refused = enforce(access_key, action, *rest, **more)
        if caller.name:
            names[access_key] = caller.name
            counted[f"{caller.name} {action} {'refused' if refused else 'allowed'}"] += 1
            table = re.search(r":table/([^/]+)", caller.resource or "")
            if table and not refused:
                counted[f"{caller.name} {action} on {table[1]}"] += 1
        return refused

    def dispatch_and_count(method, bucket, key, headers, body, query):
        access_key = re.search(r"Credential=([^/]+)/", headers.get("authorization", ""))
        name = names.get(access_key and access_key[1])
        known = (each for verb, part, each in S3_OPERATIONS if verb == method and (not part or part in query))
        operation = (query.get("x-id") or [None])[0] or next(known, None)
        if name and operation:
            counted[f"{name} calls {operation}"] += 1
        return dispatch(method, bucket, key, headers, body, query)

    iam_evaluator.evaluate, iam_evaluator.enforce, s3._dispatch = (
        evaluate_and_remember, enforce_and_count, dispatch_and_count)


def count_calls_of_functions():
    emit = lambda_svc._emit_lambda_logs

    def emit_and_count(function, request_id, text, *rest, **more):
        name = (function.get("config") or function)["FunctionName"]
        counted[f"{name} invoked"] += 1
        # Without the lines that Lambda itself adds; 26 bytes of each event are CloudWatch's.
        counted[f"{name} logs bytes"] += sum(len(line.encode()) + 26 for line in (text or "").splitlines())
        return emit(function, request_id, text, *rest, **more)

    lambda_svc._emit_lambda_logs = emit_and_count


def count_processor_time():
    """Of warm calls: what a start takes is not among it. (Linux only.)"""
    invoke = lambda_runtime.Worker.invoke

    def invoke_and_count(worker, *args, **more):
        before = processor_time(worker)
        result = invoke(worker, *args, **more)
        after = processor_time(worker)  # None: MiniStack ends the process of a call that fails
        if before is not None and after is not None:
            counted[f"{worker.func_name} warm CPU milliseconds"] += after - before
            counted[f"{worker.func_name} invoked warm"] += 1
        return result

    lambda_runtime.Worker.invoke = invoke_and_count


def processor_time(worker):
    """Milliseconds that a function's process has used; None: it does not run."""
    try:
        with open(f"/proc/{worker._proc.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except (AttributeError, OSError):
        return None
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def count_transitions():
    """A retry is one, too, on AWS, and is not counted."""

    def counting(execute):
        def execute_and_count(*args):
            counted[f"{args[-1]['StateMachine']['Name']} enters a state"] += 1
            return execute(*args)

        return execute_and_count

    for kind in ("pass", "task", "choice", "wait", "parallel", "map"):
        name = f"_execute_{kind}"
        setattr(stepfunctions, name, counting(getattr(stepfunctions, name)))
    add = stepfunctions._add_event

    def add_and_count(execution, event, *rest):
        if event in ("SucceedStateEntered", "FailStateEntered"):
            counted[f"{execution['stateMachineArn'].rpartition(':')[2]} enters a state"] += 1
        return add(execution, event, *rest)

    stepfunctions._add_event = add_and_count


def tell(file):
    with telling:
        with open(f"{file}.new", "w") as new:
            json.dump(dict(counted), new)
        os.replace(f"{file}.new", file)


def tell_as_it_changes(file):
    told = 0
    while True:
        if sum(counted.values()) != told:
            told = sum(counted.values())
            tell(file)
        time.sleep(0.2)
