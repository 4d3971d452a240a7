#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Check that the folders use each other only as docs/architecture.md allows, and that no files form a circle.

The table there names each folder and the folders that it may use, which are in rows above it. An include from
one folder of another that it may not use is a fault. So is a circle of files that use each other, by includes
or, as far as the object files of build/ show it, by functions and variables.
"""

import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs/architecture.md"
VARIANTS = ("host", "bios", "efi-*")  # folders of build/
TEST = re.compile(r"/(test|fuzz|bench)_[^/]*$")  # tests beside what they test


def read_table():
    """The rows of the table of folders: folder -> the folders that it may use, in the table's order."""
    allowed = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        folders = re.findall(r"`([\w/]+/)`", cells[0]) if line.startswith("| `") and len(cells) == 3 else []
        for folder in folders:
            uses = set(allowed) if cells[2] == "everything" else set(re.findall(r"`([\w/]+/)`", cells[2]))
            if not uses <= set(allowed):
                sys.exit("%s: %s may only use rows above it, not %s"
                         % (TABLE.name, folder, ", ".join(sorted(uses - set(allowed)))))
            allowed[folder] = uses
    if not allowed:
        sys.exit("%s: the table of folders is missing" % TABLE)
    return allowed


def folder_of(path, table):
    """The row that a file belongs to: the one with the longest name."""
    if TEST.search(path):
        return "tests/"
    rows = [folder for folder in table if path.startswith(folder)]
    return max(rows, key=len) if rows else None


def resolve(path, name, files):
    """The file that `path` includes as "name"; tests/plugins/ has plugins that a test moves to plugins/."""
    places = [name, "loader/" + name, str(pathlib.PurePath(path).parent / name), "tests/" + name]
    places += sorted(file for file in files if re.fullmatch(r"arch/\w+/include/" + re.escape(name), file))
    return next((place for place in places if place in files), None)


def includes(files):
    """All pairs of a file and a file that it includes."""
    for path in sorted(files):
        for name in re.findall(r'^\s*#\s*include "([^"]+)"', (ROOT / path).read_text(), re.MULTILINE):
            target = resolve(path, name, files)
            if target is None:
                sys.exit('%s: includes "%s", which is not there' % (path, name))
            yield path, target


def object_uses(variant, files):
    """All pairs of a file and a file whose functions or variables it uses, in one variant of the build."""
    objects = {str(item): str(item.relative_to(ROOT / "build" / variant).with_suffix(".c"))
               for item in (ROOT / "build" / variant).rglob("*.o")}
    objects = {item: source for item, source in objects.items() if source in files and not TEST.search(source)}
    if not objects:
        sys.exit("build/%s: there are no object files: run make all preview" % variant)
    defined, used = {}, []
    listing = subprocess.run(["nm", "-A", *objects], check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        item, symbol = line.split(":", 1)
        *_, kind, name = symbol.split()
        if kind == "U":
            used.append((objects[item], name))
        elif kind.isupper():
            defined[name] = objects[item]
    return {(source, defined[name]) for source, name in used if name in defined}


def circles(arrows):
    """The sets of nodes that can be reached from each other: Tarjan's strongly connected components."""
    graph = collections.defaultdict(set)
    for start, end in arrows:
        if start != end:
            graph[start].add(end)
    number, lowest, stack, found = {}, {}, [], []

    def visit(node):
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for following in graph.get(node, ()):
            if following not in number:
                visit(following)
            if following in stack:
                lowest[node] = min(lowest[node], lowest[following])
        if lowest[node] == number[node]:
            component = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(component) > 1:
                found.append(sorted(component))

    for node in list(graph):
        if node not in number:
            visit(node)
    return found


def main():
    table = read_table()
    listing = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, check=True, capture_output=True, text=True)
    files = {path for path in listing.stdout.split() if (ROOT / path).exists()}
    faults = []
    arrows = collections.Counter()
    pairs = list(includes(files))
    for path, target in pairs:
        start, end = folder_of(path, table), folder_of(target, table)
        if start is None or end is None:
            faults.append("%s: its folder is not in the table" % (path if start is None else target))
        elif start != end:
            arrows[start, end] += 1
            if end not in table[start]:
                faults.append("%s: includes %s, but %s may not use %s" % (path, target, start, end))
    for circle in circles(pairs):
        faults.append("files that include each other: " + " ".join(circle))
    for variant in sorted(item.name for name in VARIANTS for item in (ROOT / "build").glob(name)):
        for circle in circles(object_uses(variant, files)):
            faults.append("files that call each other (%s): %s" % (variant, " ".join(circle)))
    print("\n".join(faults) if faults else "layers: %d files, %d arrows between %d folders, no circle"
          % (len(files), len(arrows), len(table)))
    sys.exit(1 if faults else 0)


main()
