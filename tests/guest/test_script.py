# SPDX-License-Identifier: BSD-2-Clause
"""Scripts decide."""

import re

import cpio
import samples
from harness import KEY_PROMPT, arm64, both, test
from start import direct

MAP = b"""
boot.index = 3
map { { "*.wim", "\\\\Deploy\\\\" } }
print("index of " .. boot.args.site)
"""


@both
def script_map_and_index(context, firmware):
    """A map sends WIMs to one folder only; the image to boot is the script's choice."""
    files = {"boot.lua": MAP, "boot.wim": samples.wim(context.build)}
    report = context.boot(firmware, files, "script=boot.lua site=hq rawbcd nolog", shared_memory=16 << 20,
                          wishes=["export \\Deploy\\boot.wim"]).check()
    wims = [path for path in report.files if path.lower().endswith(".wim")]
    assert wims == ["\\Deploy\\boot.wim"], wims
    report.check_file("\\Boot\\Fonts\\wgl4_boot.ttf", samples.font("wgl4_boot.ttf", 3))
    assert "index of hq" in report.console
    check_boot_index(report.exported[0], files["boot.wim"], 3)


def check_boot_index(patched, original, index):
    """The WIM is as wimlib makes it when told to boot another image."""
    with samples.temporary_file(original) as path:
        samples.wimlib("info", path, str(index), "--boot")
        assert patched[:208] == samples.read(path)[:208], "the header is not as wimlib makes it"
    assert patched[208:len(original)] == original[208:], "more than the header is changed"


@both
def script_reads_memory(context, firmware):
    """What is installed is what QEMU was told; the firmware leaves less of it usable."""
    files = {"boot.lua": b'print(("memory %d, usable %d"):format(boot.memory, boot.usable_memory))\n',
             "boot.wim": samples.wim(context.build)}
    report = context.boot(firmware, files, "script=boot.lua", memory=384).check()
    installed, usable = re.search(r"memory (\d+), usable (\d+)", report.console).groups()
    assert int(installed) == 384 << 20, installed
    assert 340 << 20 < int(usable) < 384 << 20, usable


@arm64
@both
def script_by_name(context, firmware):
    """wimboot.lua runs without being asked for, and a hook sees the WIM."""
    script = b"""
function on.wim(w)
  print(("%d images, boots %d, first is %s"):format(#w.images, w.boot_index, w.images[1].name))
  w.boot_index = 1
end
function on.disk(disk)
  disk:add("\\\\Extra\\\\hello.txt", file.new("hello.txt", "hello ", "world"))
end
"""
    files = {"wimboot.lua": script, "boot.wim": samples.wim(context.build, "XPRESS")}
    report = context.boot(firmware, files).check()
    assert "3 images, boots 2, first is Image 1" in report.console
    report.check_file("\\Extra\\hello.txt", b"hello world")
    report.check_file("\\Boot\\wgl4_boot.ttf", samples.font("wgl4_boot.ttf", 1))


@both
def script_is_not_wanted(context, firmware):
    """With noscript no script runs, and with script= as well the loader says so."""
    files = {"wimboot.lua": b"print('a script ' .. 'ran')\n", "boot.wim": samples.wim(context.build)}
    report = context.boot(firmware, files, "noscript").check()
    assert "a script ran" not in report.console
    context.refuse(firmware, files, "noscript script=wimboot.lua", says=["noscript"])


@both
def script_in_an_archive(context, firmware):
    """A script that an archive brings along starts only if it is asked for."""
    inner = cpio.archive({"wimboot.lua": b"print('a script ' .. 'ran')\n"})
    files = {"more.cpio": inner, "boot.wim": samples.wim(context.build)}
    report = context.boot(firmware, files).check()
    assert "a script ran" not in report.console and "wimboot.lua was not run" in report.console
    assert "a script ran" in context.boot(firmware, files, "script=wimboot.lua").check().console


@both
def script_fails(context, firmware):
    """A failing script shows where, and the person may boot without it."""
    files = {"boot.lua": b"print('before', 'after')\nlocal x = nil\nx.field = 1\n",
             "boot.wim": samples.wim(context.build, "none")}
    arguments = direct(context.loader, files, "script=boot.lua")
    with context.machine(firmware, arguments, wishes=["no-tree"]) as guest:
        guest.wait(r"Press D")
        console = guest.console()
        assert "boot.lua:3:" in console and "traceback" in console, "no line, no traceback"
        assert "\t" not in console and "before  after" in console, "tabs are not expanded"
        guest.press("d")
        guest.wait(r"standin: done, \d+ failures|" + KEY_PROMPT)
        assert "standin: done, 0 failures" in guest.console()


@both
def script_is_required(context, firmware):
    """Where a required script fails, nobody can boot without it; nor where it is missing."""
    wim = samples.wim(context.build, "none")
    by_script = {"boot.lua": b"boot.required = true\nverify { ['boot.wim'] = 'crc32:00000000' }\n", "boot.wim": wim}
    console = context.refuse(firmware, by_script, "script=boot.lua",
                             says=["not 00000000", "the script is required: this machine does not boot without it"])
    assert "Press D" not in console
    console = context.refuse(firmware, {"boot.wim": wim}, "required", says=["required: no script was given"])
    assert "Press D" not in console


# A boot sector that says on the serial port that it was started, and halts.
NEXT_OPTION = (b"\xba\xf8\x03\xbe\x10\x7c\xb9\x10\x00\x2e\xac\xee\xe2\xfb\xfa\xf4" + b"the next option\n"
               ).ljust(510, b"\0") + b"\x55\xaa"


@both
def script_leaves(context, firmware):
    """boot.exit() goes on to the next boot option."""
    start_it = direct(context.loader, {"boot.lua": b"boot.exit()\n"}, "script=boot.lua")

    def arguments(machine):
        disk = machine.write("next.img", NEXT_OPTION.ljust(1 << 20, b"\0"))
        return start_it(machine) + ["-drive", "if=virtio,format=raw,file=" + disk]
    with context.machine(firmware, arguments) as guest:
        guest.wait(r"for the next boot option\s[\s\S]*%s" % ("the next option" if firmware == "bios" else "UEFI Interactive Shell"))
        assert "Press any key" not in guest.console()


@both
def script_reboots(context, firmware):
    """boot.reboot() restarts the machine, which comes back."""
    start_it = direct(context.loader, {"boot.lua": b"boot.reboot()\n"}, "script=boot.lua")
    with context.machine(firmware, lambda machine: start_it(machine) + ["-action", "reboot=reset"]) as guest:
        guest.wait(r"the machine restarts[\s\S]*the machine restarts")


@both
def script_switches_off(context, firmware):
    """boot.poweroff() ends the machine, though it would come back from a restart."""
    start_it = direct(context.loader, {"boot.lua": b"boot.poweroff()\n"}, "script=boot.lua")
    with context.machine(firmware, lambda machine: start_it(machine) + ["-action", "reboot=reset"]) as guest:
        guest.wait(r"the machine switches off")
        guest.wait()
        assert guest.console().count("the machine switches off") == 1


@both
def script_with_forged_list(context, firmware):
    """A list whose length, times the size of an item, is small in 32 or 64 bits: a message, and the
    machine boots without the script."""
    for name in ("list_border_wraps", "list_border_wraps_32", "list_border_wraps_guids"):
        script = samples.read("tests/script/hostile/%s.lua" % name)
        files = {"boot.lua": script, "boot.wim": samples.wim(context.build, "none")}
        arguments = direct(context.loader, files, "script=boot.lua")
        with context.machine(firmware, arguments, wishes=["no-tree"]) as guest:
            guest.wait(r"Press D")
            assert "items is too long: at most 1000 are possible" in guest.console()
            guest.press("d")
            guest.wait(r"standin: done, \d+ failures|" + KEY_PROMPT)
            assert "standin: done, 0 failures" in guest.console()


@both
def script_without_measure(context, firmware):
    """Scripts that would compute, read or keep more than there is time or memory for: a message
    that names the limit, and the default boots with the memory that the script had."""
    ends = {
        "compare_long": "ran for 20 million instructions: an endless loop",
        "find_plain_again": "ran for 20 million instructions: an endless loop",
        "create_many": "keeps more than [0-9]+ MiB|ran for 20 million instructions: an endless loop",
        "hash_joined": "read more than [0-9]+ MiB of files: 8 times",
        "wim_open_many": "keeps more than [0-9]+ MiB|read more than [0-9]+ MiB",
    }
    for name, message in ends.items():
        script = samples.read("tests/script/hostile/%s.lua" % name)
        files = {"boot.lua": script, "boot.wim": samples.wim(context.build)}
        arguments = direct(context.loader, files, "script=boot.lua")
        with context.machine(firmware, arguments, wishes=["no-tree"]) as guest:
            guest.wait(r"script: boot\.lua")
            guest.wait(r"Press D", silence=120)
            assert re.search(message, guest.console()), guest.console()
            guest.press("d")
            guest.wait(r"standin: done, \d+ failures|" + KEY_PROMPT)
            assert "standin: done, 0 failures" in guest.console()


@test
def script_fails_and_reboots(context):
    """The other choice after a failing script: to reboot."""
    files = {"boot.lua": b"error('no')\n", "boot.wim": samples.wim(context.build, "none")}
    arguments = direct(context.loader, files, "script=boot.lua")
    with context.machine("bios", arguments) as guest:
        guest.wait(r"Press D")
        guest.press("r")
        guest.wait(KEY_PROMPT)
        guest.press("ret")
        guest.wait()
