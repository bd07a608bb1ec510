"""Behaviours of Step Functions, and of the errors it gets from Lambda."""

import contextvars
import json

import ministack.core.lambda_runtime as runtime
import ministack.services.lambda_svc as functions
import ministack.services.stepfunctions as machines

NODE_ASYNC_ERROR = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
NODE_THROWN_ERROR = 'status: "error", error: e.message, trace: e.stack\n'


class _Message(str):
    """An error message that carries the whole error payload through MiniStack's result."""


def lambda_errors_keep_their_name():
    """A thrown Error's name is the errorType of the response, so that Step Functions can Retry and Catch it by name."""
    runtime._NODEJS_WORKER_SCRIPT = """
const _failure = (e) => e instanceof Error || require("util").types.isNativeError(e)
  ? { error: e.message, errorType: e.name, trace: e.stack || "" } : { error: String(e), errorType: typeof e, trace: "" };
""" + runtime._NODEJS_WORKER_SCRIPT.replace(NODE_ASYNC_ERROR, 'status: "error", ..._failure(err)').replace(
        NODE_THROWN_ERROR, 'status: "error", ..._failure(e)\n')
    worker_invoke, execute = runtime.Worker.invoke, functions._execute_function_warm

    def invoke(self, *args, **kwargs):
        result = worker_invoke(self, *args, **kwargs)
        if result.get("errorType"):
            message, trace = result["error"], result["trace"]
            result["error"] = _Message(message)
            result["error"].payload = {
                "errorType": result["errorType"], "errorMessage": message, "trace": trace.split("\n") if trace else []}
        return result

    def execute_with_name(function, event, request_id):
        out = execute(function, event, request_id)
        body = out.get("body")
        if out.get("error") and isinstance(body, dict) and isinstance(body.get("errorMessage"), _Message):
            out["body"] = body["errorMessage"].payload
        return out

    runtime.Worker.invoke, functions._execute_function_warm = invoke, execute_with_name


def starting_a_running_execution_again_answers_with_it():
    """StartExecution with the name and input of a running execution returns that execution, instead of an error."""
    start = machines._start_execution

    def start_once(data):
        machine = machines._state_machines.get(machines._resolve_state_machine_arn(data.get("stateMachineArn", "")))
        if machine and data.get("name"):
            arn = machine["stateMachineArn"].replace(":stateMachine:", ":execution:") + ":" + data["name"]
            known = machines._executions.get(arn)
            if known and known["status"] == "RUNNING" and known["input"] == data.get("input", "{}"):
                return machines.json_response({"executionArn": arn, "startDate": known["startDate"]})
        return start(data)

    machines._start_execution = start_once


def jsonata_output_of_succeed_and_parallel():
    """In JSONata, Succeed evaluates Output, and Parallel evaluates Arguments, Output and Assign."""
    output_path, branches = machines._apply_output_path, machines._run_parallel_branches

    def is_jsonata(state, ctx):
        return machines._state_query_language(state, ctx) == "JSONata"

    def succeed_output(state, data, ctx=None):
        if state.get("Type") == "Succeed" and is_jsonata(state, ctx):
            return machines._apply_jsonata_output(state, data, ctx, default=data)
        return output_path(state, data, ctx)

    def parallel(state, data, execution, ctx):
        if not is_jsonata(state, ctx):
            return branches(state, data, execution, ctx)
        result, following = branches(state, machines._apply_jsonata_arguments(state, data, ctx), execution, ctx)
        output = machines._apply_jsonata_output(state, data, ctx, result=result, default=result)
        machines._apply_state_assign(state, data, ctx, result=result)
        return output, following

    machines._apply_output_path, machines._run_parallel_branches = succeed_output, parallel


def stopped_executions_do_nothing_more():
    """After StopExecution no state is entered, inside a Map neither, and the execution stays ABORTED."""
    task, fail = machines._execute_task, machines._fail_execution

    def execute_task(state, data, execution, ctx):
        if execution and execution["status"] == "ABORTED":
            raise machines._ExecutionError("States.Runtime", "The execution was stopped")
        return task(state, data, execution, ctx)

    def fail_execution(execution, error, cause):
        if execution["status"] != "ABORTED":
            fail(execution, error, cause)

    machines._execute_task, machines._fail_execution = execute_task, fail_execution


def histories_tell_of_iterations():
    """A history has the states inside of Maps and branches, too, and each event names the one before it on its way."""
    last, inside = contextvars.ContextVar("last", default=(None, 0)), contextvars.ContextVar("inside", default=(None, ""))
    add, run = machines._add_event, machines._run_sub_machine

    def add_event(execution, kind, details=None):
        event = add(execution, kind, details)
        of, before = last.get()
        event["previousEventId"] = before if of == execution["executionArn"] else 0
        last.set((execution["executionArn"], event["id"]))
        return event

    def run_sub_machine(states, start_at, data, execution, ctx):
        inside.set((execution, ctx["Execution"]["Id"]))  # an iteration runs in a context of its own
        if "Map" not in ctx:
            return run(states, start_at, data, execution, ctx)

        def tell_if_last_is(kind, output=None):
            name = ctx["State"]["Name"]
            if states.get(name, {}).get("Type") != kind:
                return
            told = json.dumps(output)  # MiniStack goes no further into these two
            add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": {"name": name, "input": told}})
            if kind == "Succeed":
                add_event(execution, "SucceedStateExited", {"stateExitedEventDetails": {"name": name, "output": told}})

        iteration = {"name": ctx["State"]["Name"], "index": ctx["Map"]["Item"]["Index"]}
        add_event(execution, "MapIterationStarted", {"mapIterationStartedEventDetails": iteration})
        try:
            output = run(states, start_at, data, execution, ctx)
            tell_if_last_is("Succeed", output)
        except Exception:
            tell_if_last_is("Fail")
            add_event(execution, "MapIterationFailed", {"mapIterationFailedEventDetails": iteration})
            raise
        add_event(execution, "MapIterationSucceeded", {"mapIterationSucceededEventDetails": iteration})
        return output

    def telling(kind, execute):
        def execute_and_tell(state, data, *rest):
            execution, of = inside.get()
            if of != rest[-1]["Execution"]["Id"]:  # the outermost states tell of themselves
                return execute(state, data, *rest)
            name = rest[-1]["State"]["Name"]
            add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": {"name": name, "input": json.dumps(data)}})
            output, following = execute(state, data, *rest)
            add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": {"name": name, "output": json.dumps(output)}})
            return output, following

        return execute_and_tell

    for kind in ("Pass", "Task", "Choice", "Wait", "Parallel", "Map"):
        name = f"_execute_{kind.lower()}"
        setattr(machines, name, telling(kind, getattr(machines, name)))
    machines._add_event, machines._run_sub_machine = add_event, run_sub_machine


PATCHES = [
    lambda_errors_keep_their_name,
    starting_a_running_execution_again_answers_with_it,
    jsonata_output_of_succeed_and_parallel,
    stopped_executions_do_nothing_more,
    histories_tell_of_iterations,
]
