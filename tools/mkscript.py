#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Put a script into a program, which can be signed: a PE file for UEFI with the text as its section `.lua`.

The loader asks the firmware to load the program, which checks the signature, and never starts it; should anybody
else start it, it does nothing and ends. It has a section `.sbat`, which shim demands.
"""

import argparse
import sys

from mkimage import (CODE, FILE_ALIGNMENT, MACHINES, READ_ONLY, SECTION_ALIGNMENT, Section, align,
                     base_relocations, pad, pe_headers)

# Machine code that returns EFI_UNSUPPORTED.
ENTRY = {
    "x86_64": bytes.fromhex("48b80300000000000080c3"),  # mov rax, 0x8000000000000003; ret
    "arm64": bytes.fromhex("600080d20000f0f2c0035fd6"),  # mov x0, 3; movk x0, 0x8000, lsl 48; ret
}
SBAT = ("sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
        "wimboot-script,1,wimboot,wimboot-script,%s,%s\n")
SIZE_LIMIT = (1 << 20) - (64 << 10)  # of the loader, less what signatures may take


def make_program(script, machine, version, homepage):
    """The bytes of the program."""
    contents = [(".text", CODE, ENTRY[machine]), (".lua", READ_ONLY, script),
                (".sbat", READ_ONLY, (SBAT % (version, homepage)).encode()),
                (".reloc", READ_ONLY, base_relocations([], 0))]
    sections, address = [], SECTION_ALIGNMENT
    for name, flags, data in contents:
        sections.append(Section(name, flags, data, address))
        address = sections[-1].end
    headers_size = align(len(pe_headers(MACHINES[machine], sections, SECTION_ALIGNMENT, 0, version)), FILE_ALIGNMENT)
    offset = headers_size
    for section in sections:
        section.offset = offset
        offset += align(len(section.data), FILE_ALIGNMENT)
    image = pad(pe_headers(MACHINES[machine], sections, SECTION_ALIGNMENT, headers_size, version), FILE_ALIGNMENT)
    return image + b"".join(pad(section.data, FILE_ALIGNMENT) for section in sections)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--machine", choices=ENTRY, default="x86_64")
    parser.add_argument("--version", required=True, help="for .sbat, as the next")
    parser.add_argument("--homepage", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("script")
    arguments = parser.parse_args()
    with open(arguments.script, "rb") as file:
        script = file.read()
    if not script or script.startswith(b"MZ"):
        sys.exit("%s: is no text of a script" % arguments.script)
    if len(script) > SIZE_LIMIT:
        sys.exit("%s: has more than %d bytes" % (arguments.script, SIZE_LIMIT))
    with open(arguments.output, "wb") as file:
        file.write(make_program(script, arguments.machine, arguments.version, arguments.homepage))


if __name__ == "__main__":
    main()
