#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run guest tests, one for each processor and at least two at a time: run.py [--build DIR] [PATTERN ...]

A test is a function in a test_*.py file beside this one, marked with @test or @both from harness.py.
A PATTERN is part of a test's name. The console of each guest is kept in BUILD/guest/logs/.
"""

import argparse
import concurrent.futures
import glob
import importlib
import os
import sys
import time
import traceback

import harness

# Guests on a network spend half of their time waiting for it.
AT_A_TIME = max(2, (os.cpu_count() or 0) * 3 // 2)


def run(name, function, build):
    """Run one test; returns "ok", "skipped" or "FAILED", and prints a line."""
    context = harness.Context(name, build)
    start = time.monotonic()
    try:
        function(context)
        result, failure = "ok", None
    except harness.Skipped as reason:
        result, failure = "skipped", str(reason)
    except Exception as error:  # pylint: disable=broad-except
        kind = "" if isinstance(error, AssertionError) else type(error).__name__ + ": "
        where = traceback.extract_tb(error.__traceback__)
        lines = [entry for entry in where if os.path.basename(entry.filename).startswith("test_")]
        place = "%s:%d: " % (os.path.basename(lines[-1].filename), lines[-1].lineno) if lines else ""
        result, failure = "FAILED", place + kind + str(error)
    finally:
        context.close()
    print("%-6s %s (%.1f s)%s" % (result, name, time.monotonic() - start,
                                  ": " + failure if failure else ""), flush=True)
    if result == "FAILED" and context.console:
        print("".join("    | %s\n" % line for line in context.console.splitlines()[-25:]),
              flush=True)
    return result


def main():
    """Collect the tests, run them, and tell how many passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--list", action="store_true", help="only list the tests")
    parser.add_argument("patterns", nargs="*")
    arguments = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    for path in sorted(glob.glob(os.path.join(here, "test_*.py"))):
        importlib.import_module(os.path.basename(path)[:-3])
    for pattern in arguments.patterns:
        if not any(pattern in name for name in harness.TESTS):
            parser.error("no test has %r in its name; --list shows all" % pattern)
    chosen = {name: function for name, function in harness.TESTS.items()
              if any(pattern in name for pattern in arguments.patterns)
              or not (arguments.patterns or name in harness.ON_REQUEST)}
    if arguments.list:
        print("\n".join(chosen))
        return 0
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        results = list(pool.map(lambda item: run(*item, arguments.build), chosen.items()))
    failed, skipped = results.count("FAILED"), results.count("skipped")
    print("guest tests: %d passed, %d failed%s (%.0f s)"
          % (results.count("ok"), failed, ", %d skipped" % skipped if skipped else "", time.monotonic() - start))
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
