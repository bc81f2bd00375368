"""Several people who do something in the same moment."""

import threading
import time

from django.db import OperationalError, connection

PATIENCE = 20


def at_once(*calls):
    """Run calls in threads that start together; returns what each returned, or what it raised."""
    start, found = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        start.wait()
        try:
            with connection.execute_wrapper(patiently):
                found[number] = call()
        except Exception as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def patiently(execute, *args):
    """Wait while another thread writes: SQLite does so in a file, but not in memory."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return execute(*args)
        except OperationalError as error:
            if "is locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
