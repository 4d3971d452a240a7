# SPDX-License-Identifier: BSD-2-Clause
"""Archives of files as boot loaders hand them over (newc CPIO)."""

ALIGNMENT = 4096


def header(name, size):
    """A newc header with its name, padded to 4 bytes."""
    encoded = name.encode() + b"\0"
    fields = [0, 0o100644, 0, 0, 1, 0, size, 0, 0, 0, 0, len(encoded), 0]
    data = b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
    return data + b"\0" * (-len(data) % 4)


def archive(files):
    """What iPXE makes of `files`, a dict of name to bytes: each header at a multiple of 4096, no
    trailer, nothing after the last file."""
    result = bytearray()
    for name, data in files.items():
        result += b"\0" * (-len(result) % ALIGNMENT)
        result += header(name, len(data)) + data
    return bytes(result)
