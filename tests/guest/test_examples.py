# SPDX-License-Identifier: BSD-2-Clause
"""The complete scripts of scripts/examples boot. What each needs is said in its comments, as
tests/script/test_examples.py explains."""

import os
import re
import shlex

import samples
from harness import KEY_PROMPT, PROMPT, both
from machine import ARM64
from start import direct

EXAMPLES = os.path.join(samples.ROOT, "scripts", "examples")
MADE_UP = b"made up\n"


def parse(text):
    """The facts of the machine, the files by name, the command line, and what is to be printed. A machine with
    PCI devices gets QEMU's network card."""
    line = re.search(r"^-- Preview: (.*)$", text, re.M)[1]
    words, _, command_line = line.partition(" -- ")
    words, facts, files, has_card = shlex.split(words), [], {}, False
    while words:
        word = words.pop(0)
        if word == "--smbios":
            facts.append(words.pop(0))
        elif word == "--mac":
            command_line += " mac=" + words.pop(0)
        elif word == "--pci":
            words.pop(0)
            has_card = True
        else:
            name, _, sample = word.partition("=")
            files[name] = sample or name
    return facts, files, has_card, command_line, re.findall(r"^-- Prints: (.*)$", text, re.M)


def contents(context, name):
    """The bytes of a sample; other files are made up."""
    if name.endswith(".wim"):
        return samples.wim(context.build)
    if name.endswith(".iso"):
        return samples.iso(samples.windows_iso_files(context.build))
    if name == "BCD":
        return samples.store("winpe-any")
    sample = os.path.join(samples.ROOT, "tests", "script", name)
    if os.path.exists(sample):
        return samples.read(sample)
    return MADE_UP


def boot_example(context, firmware, name):
    """Boot one of them, with the sample WIM and what else it needs."""
    text = samples.read(EXAMPLES, name)
    facts, wanted, has_card, command_line, prints = parse(text.decode())
    files = {given: contents(context, sample) for given, sample in wanted.items()}
    files[name] = text
    start = direct(context.loader, files, "script=%s %s" % (name, command_line))

    def arguments(machine):
        card = "virtio-net-pci" if machine.architecture == ARM64 else "e1000"
        return (start(machine) + (["-smbios", "type=1," + ",".join(facts)] if facts else [])
                + (["-netdev", "user,id=net9", "-device", card + ",netdev=net9,romfile="] if has_card else []))

    with context.machine(firmware, arguments, wishes=["no-tree"]) as guest:
        guest.wait(r"standin: done, \d+ failures|" + PROMPT)
        if "to start the boot manager" in guest.console():
            guest.press("a")
            guest.wait(r"standin: done, \d+ failures|" + KEY_PROMPT)
        console = guest.console()
    assert "standin: done, 0 failures" in console, name + " did not boot"
    for line in prints:
        assert line in console, "%s: no %r on the console" % (name, line)


@both
def example_scripts(context, firmware):
    """Each complete script boots the sample WIM and says what it should."""
    for name in sorted(os.listdir(EXAMPLES)):
        boot_example(context, firmware, name)
