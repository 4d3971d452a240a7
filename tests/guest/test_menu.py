# SPDX-License-Identifier: BSD-2-Clause
"""Menus on the firmwares' own consoles and keyboards, and the machine's facts."""

import re

import samples
from harness import PROMPT, arm64, both
from start import direct

MENU = b"""
local items = { title = "Which image?", default = 2 }
for i = 1, 30 do
  items[i] = { "Choice " .. i, function() print("chosen: " .. i) end }
end
items[30].key = "z"
menu(items)
print(("facts: %s|%s|%s"):format(boot.smbios.product, boot.smbios.serial, boot.smbios.uuid))
boot.index = 3
"""
FACTS = ["-smbios", "type=1,product=OptiPlex 7090,serial=S-1",
         "-uuid", "00112233-4455-6677-8899-aabbccddeeff"]


def choose(context, firmware, *keys):
    """Boot with the menu, press keys when it stands, and return the console."""
    files = {"boot.lua": MENU, "boot.wim": samples.wim(context.build)}
    start = direct(context.loader, files, "script=boot.lua")
    with context.machine(firmware, lambda machine: start(machine) + FACTS, wishes=["no-tree"]) as guest:
        guest.wait(r"Arrow keys")
        guest.press(*keys)
        guest.wait(r"standin: done, \d+ failures|" + PROMPT)
        return guest.console()


@arm64
@both
def menu_keys(context, firmware):
    """Arrow keys move over the end of the screen, which scrolls; Enter chooses."""
    console = choose(context, firmware, *["down"] * 24, "up", "ret")
    assert "chosen: 25" in console, "not the item that the keys lead to"
    assert "facts: OptiPlex 7090|S-1|00112233-4455-6677-8899-aabbccddeeff" in console
    assert re.search(r"booting image 3", console) and "standin: done, 0 failures" in console


@both
def menu_hot_key(context, firmware):
    """The key in front of an item chooses it, also of one that is out of sight."""
    assert "chosen: 30" in choose(context, firmware, "z")
