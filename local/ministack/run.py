"""Runs MiniStack as the embedded AWS: HTTPS only, on 127.0.0.1, on no port but its own, and no longer than its parent.

Settings come from the environment: GATEWAY_PORT, RUN_FOLDER (made for this run, and removed at its end), the
certificate (MINISTACK_SSL_CERT, MINISTACK_SSL_KEY), the account and its root key. WITHOUT_PATCHES names
patches to leave out: so the test of each patch shows that it is needed.
"""

import os
import shutil
import sys
import threading
import time

RUN_FOLDER = os.environ["RUN_FOLDER"]
for name in ("tmp", "s3", "state"):
    os.makedirs(os.path.join(RUN_FOLDER, name), exist_ok=True)
# MiniStack reads these when it is imported.
os.environ.update(
    AUTH="true",  # enforces the policies of the functions' roles
    BIND_HOST="127.0.0.1",
    IOT_MTLS_ENABLED="0",
    S3_DATA_DIR=os.path.join(RUN_FOLDER, "s3"),
    S3_PERSIST="1",  # bodies on disk, not in memory
    SFTP_ENABLED="0",
    STATE_DIR=os.path.join(RUN_FOLDER, "state"),
    TMPDIR=os.path.join(RUN_FOLDER, "tmp"),
    USE_SSL="1",
)

import ministack.app as app  # noqa: E402
from ministack.core import iam_evaluator, lambda_runtime  # noqa: E402

import counting  # noqa: E402
import patches  # noqa: E402

IDLE_SECONDS = 8
COUNTS = os.environ.get("COUNTS")
ROOT_KEYS = {os.environ["AWS_ACCESS_KEY_ID"], *filter(None, os.environ.get("OTHER_ACCOUNTS", "").split(","))}


def only_its_own_port():
    """MiniStack also opens 443 when it may."""
    app._port_is_bindable = lambda *_: False
    if os.environ.get("PLAIN_PORT"):  # a test shows that the policies refuse plain HTTP
        import hypercorn.config

        hypercorn.config.Config._insecure_bind = ["127.0.0.1:" + os.environ["PLAIN_PORT"]]


def only_known_root_keys():
    """MiniStack takes any 12 digits, and "test", for a root key, which no policy binds."""
    iam_evaluator.is_root_access_key = lambda key: not key or key in ROOT_KEYS


def end_idle_functions():
    """MiniStack keeps a process of each function in each region for ever, of some 60 MB: hundreds, after a while."""
    while True:
        time.sleep(2)
        with lambda_runtime._lock:
            idle = []
            for key, workers in lambda_runtime._workers.items():
                old = [each for each in workers if not each.in_use and time.time() - each.last_used > IDLE_SECONDS]
                lambda_runtime._workers[key] = [each for each in workers if each not in old]
                idle += old
        lambda_runtime.kill_workers(idle)


def end_with_parent():
    """Standard input is a pipe from the parent: its end is our end, however the parent ended."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), 15)
    time.sleep(8)
    end()


def end():
    if COUNTS:
        counting.tell(COUNTS)
    lambda_runtime.reset()  # ends the functions' processes
    shutil.rmtree(RUN_FOLDER, ignore_errors=True)
    os._exit(0)  # without waiting for MiniStack's pool of threads


if __name__ == "__main__":
    only_its_own_port()
    only_known_root_keys()
    if COUNTS:
        counting.start(COUNTS)
    patches.apply(list(filter(None, os.environ.get("WITHOUT_PATCHES", "").split(","))))
    for task in (end_with_parent, end_idle_functions):
        threading.Thread(target=task, daemon=True).start()
    sys.argv[1:] = []
    try:
        app.main()
    finally:
        end()
