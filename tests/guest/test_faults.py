# SPDX-License-Identifier: BSD-2-Clause
"""Servers that break off, and bytes that change on the way: what comes is iPXE's own error or a message
of the loader, never a hang, and never a boot from wrong bytes."""

import re
import time

import samples
import start
from harness import PROMPT, both
from machine import SILENCE_S
from web import Server, cut, reset

IPXE_ERROR = "ipxe.org/"
NO_ERROR = re.compile(r"^file:/?autoexec\.ipxe.*$", re.MULTILINE)  # newer iPXE looks for that beside itself


def boot_through(context, firmware, files, faults=None):
    """Boot by iPXE from such a server; returns all that was shown, in BIOS also on the screen alone,
    once there is an error, a question or a boot manager."""
    served = files | {"wimboot": samples.read(context.loader)}
    with Server(served, faults) as server:
        served["boot.ipxe"] = start.ipxe_script(server, files)
        with context.machine(firmware, start.network(server.url("boot.ipxe"))) as guest:
            end = time.monotonic() + 3 * SILENCE_S
            while time.monotonic() < end:
                ended = guest.process.poll() is not None
                shown = guest.console() + (guest.screen() if firmware == "bios" and not ended else "")
                shown = NO_ERROR.sub("", shown)
                if ended or IPXE_ERROR in shown or re.search("standin: done|" + PROMPT, shown):
                    return shown
                time.sleep(0.5)
    raise AssertionError("nothing was said")


@both
def fault_cut(context, firmware):
    """The server ends the connection in the middle of the WIM."""
    files = {"boot.wim": samples.wim(context.build)}
    shown = boot_through(context, firmware, files, {"boot.wim": cut})
    assert IPXE_ERROR in shown and "standin:" not in shown


@both
def fault_reset(context, firmware):
    """It resets the connection, of the WIM and of the loader itself."""
    files = {"boot.wim": samples.wim(context.build)}
    for name in "boot.wim", "wimboot":
        shown = boot_through(context, firmware, files, {name: reset})
        assert IPXE_ERROR in shown and "standin:" not in shown


@both
def fault_flipped(context, firmware):
    """Bits change in the WIM: in its header, and in a file of the image that boots."""
    wim = samples.wim(context.build, "none")
    font = wim.find(b"wgl4_boot.ttf of image %d " % samples.BOOT_IMAGE)
    for at in 0x0C, 0x38 + 3, font + 1000:
        changed = bytearray(wim)
        changed[at] ^= 0x40
        shown = boot_through(context, firmware, {"boot.wim": bytes(changed)})
        assert "error: " in shown and "boot.wim" in shown, hex(at)
        assert "standin: done, 0 failures" not in shown, hex(at)
