# SPDX-License-Identifier: BSD-2-Clause
"""The tasks of docs/tasks.md in both firmwares, several in a boot: their hooks add up."""

import re
import shlex

import samples
import tasks
from harness import PROMPT, both
from start import direct

FACTS = ["-smbios", "type=1,product=OptiPlex 7090,serial=4XJ7K93"]
WORDS = "script=boot.lua mac=52:54:00:12:34:56"

IMAGE = "Choose the image by memory and model"
MAP = "Put the files where each site's boot configuration looks for them"
STARTNET = "Make startnet.cmd and unattend.xml from the command line"
DRIVERS = "Forty drivers for one model"
MENU = "A menu with a way to the local disk"
STORE = ["The boot manager's timeout", "Test signing", "A second entry", "Kernel debugging over the network"]
REFUSE = "Refuse what is not the file that was deployed"
RESCUE = "A rescue WIM"
LOG = "A log in Windows PE"
INVENTORY = "An inventory of 3,000 machines"
COMMON = "What all scripts of a site have in common"
DESK = "Try a script at the desk as one model"
NAME = "A computer name that is typed"


def contents(context, name, sample):
    """The bytes of a file that a task needs."""
    if sample.endswith(".wim"):
        return samples.wim(context.build)
    if sample == "BCD":
        return samples.store("winpe-any")
    return tasks.FILES.get(name, "made up %s\n" % name).encode()


def expand(word):
    """a{1..3} is a1, a2, a3."""
    found = re.search(r"\{(\d+)\.\.(\d+)\}", word)
    numbers = range(int(found[1]), int(found[2]) + 1) if found else []
    return [word.replace(found[0], str(number)) for number in numbers] or [word]


def start(context, titles):
    """The arguments of a guest with these tasks, and what must be on its console."""
    page = tasks.read()
    files, words, wanted = {}, [WORDS], []
    for number, title in enumerate(titles):
        task = page[title]
        files["task%d.lua" % number] = task.script.encode()
        options, _, line = task.wanted["Preview"][0].partition(" -- ")
        words.append(line)
        for word in shlex.split(re.sub(r"--\w+ (\S*\"[^\"]*\"|\S+)", "", options)):
            for name in expand(word):
                name, _, sample = name.partition("=")
                files[name] = contents(context, name, sample or name)
        wanted += task.wanted["Guest"] or task.wanted["Prints"]
    files["boot.lua"] = "".join("require 'task%d'\n" % number for number in range(len(titles))).encode()
    loaded = direct(context.loader, files, " ".join(words).replace("\\\\", "\\"))
    return lambda machine: loaded(machine) + FACTS, wanted


def try_tasks(context, firmware, titles, until=PROMPT + r"|standin: done, \d+ failures", keys=()):
    """Boot with these tasks; returns the console. `keys` are pressed when a menu or prompt is there."""
    arguments, wanted = start(context, titles)
    with context.machine(firmware, arguments, wishes=["no-tree"]) as guest:
        for pattern, key in keys:
            guest.wait(pattern)
            guest.press(key)
        guest.wait(until)
        console = guest.console()
    for text in wanted:
        assert text in console, "no %r on the console" % text
    return console


@both
def tasks_of_files(context, firmware):
    """The tasks that choose, make and drop files, with the facts of the machine."""
    console = try_tasks(context, firmware, [STARTNET, DRIVERS, LOG, COMMON, DESK, INVENTORY, MAP, IMAGE])
    assert "standin: done, 0 failures" in console
    assert "injected by the script: \\common.txt, \\site.txt (" in console


@both
def tasks_of_the_store(context, firmware):
    """Timeout, test signing, a second entry and debugging: all in one store."""
    console = try_tasks(context, firmware, STORE)
    assert "standin: done, 0 failures" in console


@both
def tasks_of_the_user(context, firmware):
    """A name that nobody types is the default; then the menu leads to the next boot option."""
    console = try_tasks(context, firmware, [NAME, MENU], until=r"boot\.exit\(\): back to the firmware",
                        keys=[(r"Computer name: \[PC-4XJ7K93\] ", "ret"), ("stops the countdown", "d")])
    assert "standin:" not in console, "the boot manager was started"


@both
def tasks_of_damage(context, firmware):
    """A damaged WIM is replaced; one that is not the deployed one is refused, and nobody can boot without the check."""
    try_tasks(context, firmware, [RESCUE], until=r"standin: done, 0 failures")
    arguments, _ = start(context, [REFUSE])
    with context.machine(firmware, arguments) as guest:
        guest.wait(PROMPT)
        console = guest.console()
    assert "it is damaged or another file" in console
    assert "the script is required: this machine does not boot without it" in console and "Press D" not in console
