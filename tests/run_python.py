#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run Python unittest files and close with the line that every part of `make check` has.

    tests/run_python.py FILE...
"""
import importlib.util
import pathlib
import sys
import unittest


def main():
    suite = unittest.TestSuite()
    for path in map(pathlib.Path, sys.argv[1:]):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        suite.addTests(unittest.defaultTestLoader.loadTestsFromModule(module))
    result = unittest.TextTestRunner(stream=sys.stdout).run(suite)
    failed = len(result.failures) + len(result.errors)
    passed = max(0, result.testsRun - failed - len(result.skipped))  # a set-up that fails is no test run
    for test, why in result.skipped:
        print(f"skipped: {test}: {why}")
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    print(f"{passed} passed, {failed} failed{skipped}")
    sys.exit(failed > 0 or passed + len(result.skipped) == 0)


main()
