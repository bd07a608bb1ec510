"""Behaviours of Lambda and its event source mappings."""

import os
import threading
import time

import ministack.services.dynamodb as dynamodb
import ministack.services.lambda_svc as functions
import ministack.services.sqs as sqs
from ministack.core import lambda_runtime
from ministack.core.arn import parse_arn
from ministack.core.concurrency import esm_wake
from ministack.core.responses import get_account_id, get_region, request_scope


def stream_mappings_run_side_by_side():
    """Each stream mapping reads its shard by itself: a slow function delays neither another mapping nor an SQS queue."""
    running, guard = set(), threading.Lock()

    def run(account, region, mapping):
        try:
            with request_scope(account, region):
                while _work_off_one_batch(mapping):
                    pass
        finally:
            with guard:
                running.discard(mapping["UUID"])
            esm_wake.set()  # a record may have come since the last look

    def start_mappings_with_records():
        for account, region, mapping in functions._iter_all_esms():
            with request_scope(account, region), guard:
                if mapping["UUID"] in running or not _next_batch(mapping):
                    continue
                running.add(mapping["UUID"])
            threading.Thread(target=run, args=(account, region, mapping), daemon=True, name="stream-mapping").start()
        return False  # nothing left for MiniStack's own loop to do

    functions._poll_dynamodb_streams = start_mappings_with_records


def _function_if_enabled(mapping):
    """The mapping's function, or None when the mapping is disabled or deleted, or its function is."""
    if functions._esms.get(mapping["UUID"]) is not mapping or not mapping.get("Enabled", True):
        return None
    return functions._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))[0]


def _next_batch(mapping):
    """(position, records) of the mapping's next batch, or None: records are numbered by their position in the stream."""
    source, uuid = mapping.get("EventSourceArn", ""), mapping["UUID"]
    if ":dynamodb:" not in source or not _function_if_enabled(mapping):
        return None
    table_name, _ = functions._dynamodb_stream_table_from_arn_spec(parse_arn(source))
    if (dynamodb._tables.get(table_name) or {}).get("LatestStreamArn") != source:
        return None
    functions._init_stream_position(uuid, source, mapping.get("StartingPosition", "LATEST"))  # keeps a known position
    position = max(functions._dynamodb_stream_positions[uuid], dynamodb.stream_start_position(table_name))
    records = dynamodb.stream_records_since(table_name, position, mapping.get("BatchSize", 100))
    return (position, records) if records else None


def _work_off_one_batch(mapping):
    """Deliver the next batch; False when there is none, or the mapping stopped before its end."""
    batch = _next_batch(mapping)
    if not batch:
        return False
    position, records = batch
    wanted = [(position + i, r) for i, r in enumerate(records) if functions._apply_filter_criteria([r], mapping)]
    if not _deliver(mapping, wanted):
        return False
    _checkpoint(mapping, position + len(records))
    return True


def _deliver(mapping, numbered):
    """Retry as AWS does: from the first reported failure on, or the whole batch, or its halves, until done or given up.

    False when the mapping stopped meanwhile; what is done by then is checkpointed."""
    failures = 0
    while numbered:
        function = _function_if_enabled(mapping)
        if not function:
            return False
        records = [record for _, record in numbered]
        result = functions._execute_function(function, {"Records": records})
        done = _count_processed(mapping, records, result)
        mapping["LastProcessingResult"] = "OK" if done == len(records) else "PROBLEM: Function call failed"
        if done:
            _checkpoint(mapping, numbered[done - 1][0] + 1)
            numbered, records, failures = numbered[done:], records[done:], 0
        if not numbered:
            return True
        failures += 1
        if result.get("error") and mapping.get("BisectBatchOnFunctionError") and len(numbered) > 1:
            half = len(numbered) // 2
            return _deliver(mapping, numbered[:half]) and _deliver(mapping, numbered[half:])
        reason = _reason_to_give_up(mapping, records, failures)
        if reason:
            functions._send_ddb_stream_failure_record(mapping, function, records, mapping["EventSourceArn"], result, reason)
            _checkpoint(mapping, numbered[-1][0] + 1)
            return True
        time.sleep(functions._ESM_BACKOFF_SECONDS)
    return True


def _count_processed(mapping, records, result):
    """How many leading records are done: all, none after an error, or those before the first reported failure."""
    if result.get("error"):
        return 0
    body = result.get("body")
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []) or not isinstance(body, dict):
        return len(records)
    failed = [failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or []]
    order = [record["dynamodb"]["SequenceNumber"] for record in records]
    if any(number not in order for number in failed):
        return 0  # an empty or unknown identifier fails the whole batch
    return min((order.index(number) for number in failed), default=len(records))


def _reason_to_give_up(mapping, records, failures):
    retries, age = mapping.get("MaximumRetryAttempts"), mapping.get("MaximumRecordAgeInSeconds")
    if retries is not None and 0 <= retries < failures:
        return "RetryAttemptsExhausted"
    if age is not None and 0 <= age < time.time() - float(records[0]["dynamodb"]["ApproximateCreationDateTime"]):
        return "MaxRecordAgeExceeded"
    return None


def _checkpoint(mapping, position):
    with functions._dynamodb_stream_positions_lock:
        if functions._esms.get(mapping["UUID"]) is mapping:  # a deleted mapping leaves no position behind
            functions._dynamodb_stream_positions[mapping["UUID"]] = position


def filters_look_into_arrays():
    """A filter pattern matches an array when it matches one of its elements; `anything-but` needs the field to exist."""
    match_one = functions._match_esm_filter

    def match(record, pattern):
        if not isinstance(record, dict) or not isinstance(pattern, dict):
            return False
        for key, wanted in pattern.items():
            if isinstance(record.get(key), list):
                return any(match({**record, key: element}, pattern) for element in record[key])
            if key not in record and isinstance(wanted, list) and {"exists": False} not in wanted:
                return False
        return match_one(record, pattern)

    functions._match_esm_filter = match


def updated_functions_end_what_they_began():
    """Calls that are under way when a function is updated or removed come to their end, with the code they began with."""
    invalidate, release = functions.invalidate_worker, functions.release_worker
    outdated = set()

    def invalidate_worker(name, qualifier=None, account=None, region=None):
        function = [account or get_account_id(), region or get_region(), name]
        with lambda_runtime._lock:
            for key in (each for each in lambda_runtime._workers if each.split(":")[:3] == function):
                workers = lambda_runtime._workers[key]
                outdated.update(worker for worker in workers if worker.in_use)
                lambda_runtime._workers[key] = [worker for worker in workers if not worker.in_use]
        invalidate(name, qualifier=qualifier, account=account, region=region)

    def release_worker(worker):
        release(worker)
        if worker in outdated:
            outdated.remove(worker)
            worker.kill()

    functions.invalidate_worker, functions.release_worker = invalidate_worker, release_worker


def sqs_mappings_wait_for_their_batching_window():
    """A batch that is not full waits for MaximumBatchingWindowInSeconds, times BATCHING_WINDOW_SCALE."""
    receive, scale = sqs._receive_messages_for_esm, float(os.environ.get("BATCHING_WINDOW_SCALE", "1"))

    def receive_when_due(queue_url, size):
        with sqs._queues_lock:
            queue = sqs._get_q(queue_url)
            now = time.time()
            since = [message["visible_at"] for message in queue["messages"] if message.get("visible_at", now) <= now]
        window = _window_of(queue["attributes"]["QueueArn"]) * scale
        due_in = min(since, default=0) + window - now
        if since and window and len(since) < size and due_in > 0:
            threading.Timer(due_in, esm_wake.set).start()
            return []
        return receive(queue_url, size)

    sqs._receive_messages_for_esm = receive_when_due


def _window_of(queue_arn):
    return max((mapping.get("MaximumBatchingWindowInSeconds") or 0 for _, _, mapping in functions._iter_all_esms()
                if mapping.get("EventSourceArn") == queue_arn), default=0)


PATCHES = [stream_mappings_run_side_by_side, filters_look_into_arrays, updated_functions_end_what_they_began,
           sqs_mappings_wait_for_their_batching_window]
