#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""UEFI variables in the image of a variable store, as OVMF keeps them: read, and set before the firmware runs.

    variables.py [--db CERTIFICATE] [--mok CERTIFICATE] STORE NEW-STORE

adds a certificate (DER) to what the firmware trusts, or to shim's list.

Format: EDK II, MdeModulePkg/Include/Guid/VariableFormat.h; lists of signatures: UEFI 2.10, chapter 32.4.1.
"""

import argparse
import struct
import sys
import uuid

STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792").bytes_le  # with room for authentication
STORE_HEADER = struct.Struct("<16sIBBHI")
RECORD = struct.Struct("<HBBIQ16sIII16s")
RECORD_MAGIC, ADDED, DELETED = 0x55AA, 0x3F, 0x3C
NON_VOLATILE, BOOT_SERVICE, RUNTIME, TIME_BASED = 1, 2, 4, 0x20
MOMENT = struct.pack("<HBBBBBxIhBx", 2026, 1, 1, 0, 0, 0, 0, 0, 0)

IMAGE_SECURITY = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")  # db and dbx
SHIM = uuid.UUID("605dab50-e046-4300-abb6-3dd810dd8b23")
CERTIFICATE = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
HASH = uuid.UUID("c1c41626-504c-4092-aca9-41f936934328")
OWNER = uuid.UUID("11111111-2222-3333-4444-555555555555")
# What dbx asks for a version of Windows' boot manager with, and the boot manager's name there.
VERSION_OWNER = uuid.UUID("9d132b6c-59d5-4388-ab1c-185c3cb2eb92")
BOOT_MANAGER = uuid.UUID("9d132b61-59d5-4388-ab1c-185c3cb2eb92")


def signature_list(kind, data, owner=OWNER):
    """A list of one signature: a certificate in DER, or a SHA-256."""
    return kind.bytes_le + struct.pack("<III", 44 + len(data), 0, 16 + len(data)) + owner.bytes_le + data


def asked_version(major):
    """The list in dbx that revokes Windows' boot managers below a security version."""
    return signature_list(HASH, b"\1" + BOOT_MANAGER.bytes_le + struct.pack("<HH11x", 0, major), VERSION_OWNER)


def records(store):
    """(offset, state, vendor GUID, name, data) of each record, and last the offset after them."""
    start = store.index(STORE)
    size = STORE_HEADER.unpack_from(store, start)[1]
    at = start + STORE_HEADER.size
    while at + RECORD.size < start + size:
        magic, state, _, _, _, _, _, name_size, data_size, vendor = RECORD.unpack_from(store, at)
        if magic != RECORD_MAGIC:
            break
        name = bytes(store[at + RECORD.size:at + RECORD.size + name_size - 2]).decode("utf-16-le")
        data = at + RECORD.size + name_size
        yield at, state, uuid.UUID(bytes_le=vendor), name, bytes(store[data:data + data_size])
        at = (data + data_size + 3) & ~3
    yield at, None, None, None, None


def get_variable(store, vendor, name):
    """A variable's data; b"" if there is none."""
    return next((data for _, state, its_vendor, its_name, data in records(store)
                 if (state, its_vendor, its_name) == (ADDED, vendor, name)), b"")


def set_variable(store, vendor, name, data):
    """The store, bytes, with a variable in place of the one of that name."""
    store = bytearray(store)
    end = 0
    for at, state, its_vendor, its_name, _ in records(bytes(store)):
        end = at
        if (state, its_vendor, its_name) == (ADDED, vendor, name):
            store[at + 2] = DELETED
    attributes = NON_VOLATILE | BOOT_SERVICE | (0 if vendor == SHIM else RUNTIME | TIME_BASED)
    wide = (name + "\0").encode("utf-16-le")
    record = RECORD.pack(RECORD_MAGIC, ADDED, 0, attributes, 0, bytes(16) if vendor == SHIM else MOMENT, 0,
                         len(wide), len(data), vendor.bytes_le) + wide + data
    assert set(store[end:end + len(record)]) == {0xFF}, "the variable store is full"
    store[end:end + len(record)] = record
    return bytes(store)


def read_certificate(path):
    """A certificate's bytes, in DER: one sequence (X.690) that is the whole file. Firmware would not say what is wrong."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 4 or data[:2] != b"\x30\x82" or int.from_bytes(data[2:4], "big") + 4 != len(data):
        sys.exit("%s: not a certificate in DER: openssl x509 -in %s -outform DER -out NEW" % (path, path))
    return data


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--db", metavar="CERTIFICATE", help="in DER; the firmware trusts it")
    parser.add_argument("--mok", metavar="CERTIFICATE", help="the same, for shim")
    parser.add_argument("store")
    parser.add_argument("new_store")
    arguments = parser.parse_args()
    with open(arguments.store, "rb") as file:
        store = file.read()
    for vendor, name, path in (IMAGE_SECURITY, "db", arguments.db), (SHIM, "MokList", arguments.mok):
        if path:
            added = signature_list(CERTIFICATE, read_certificate(path))
            store = set_variable(store, vendor, name, get_variable(store, vendor, name) + added)
    with open(arguments.new_store, "wb") as file:
        file.write(store)


if __name__ == "__main__":
    main()
