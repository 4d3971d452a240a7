# SPDX-License-Identifier: BSD-2-Clause
"""The files of the server that the scripts find: each has a size of its own, by which the loader's
list shows which one came."""

import judge
import samples

# Where the script to judge is.
SCRIPT = "scripts/boot.ipxe"

CHAINED = {
    "conf/values.ipxe": """#!ipxe
set from-child yes
set who child-of-${who}
initrd values.ipxe || set cwd-test no-such
isset ${cwd-test} || imgfree values.ipxe && set cwd-test found
""",
    "conf/default.ipxe": """#!ipxe
kernel ../wimboot script=wimboot.lua default
initrd ../wimboot.lua wimboot.lua
boot
""",
    "conf/52-54-00-12-34-56.ipxe": """#!ipxe
kernel ../wimboot script=wimboot.lua this-machine
initrd ../wimboot.lua wimboot.lua
boot
""",
    "conf/failing.ipxe": """#!ipxe
set result none
isset ${nothing}
set result wrong
""",
    "conf/exits-0.ipxe": """#!ipxe
goto end
set result wrong
:end
exit
set result wrong
""",
    "conf/exits-3.ipxe": """#!ipxe
exit 3
set result wrong
""",
    "conf/loads.ipxe": """#!ipxe
initrd ../extra.txt extra.txt
initrd ../wimboot.lua wimboot.lua
""",
    "conf/replaced.ipxe": """#!ipxe
kernel ../wimboot script=wimboot.lua replaced ${step}
initrd ../wimboot.lua wimboot.lua
boot
""",
}


def tree():
    """A dict of path to bytes."""
    files = {path: text.encode() for path, text in CHAINED.items()}
    files |= {
        "wimboot.lua": judge.SHOW,
        "BCD": samples.store("winpe-any"),
        "boot/BCD.uefi": samples.store("winpe-efi"),
        "boot/boot.sdi": samples.sdi(b"given"),
        "x64/boot.wim": b"64" * 50,
        "x86/boot.wim": b"32" * 40,
        "extra.txt": b"extra\r\n",
        "drivers/net.inf": b"[Version]\r\n",
        "with space/my file.txt": b"a name with spaces\r\n",
    }
    return files
