# SPDX-License-Identifier: BSD-2-Clause
"""Sample inputs in the shape of Microsoft's: WIMs with stand-in boot managers at the real paths,
boot.sdi, fonts, stores, and the `bootmgr` file with bootmgr.exe compressed inside."""

import contextlib
import functools
import hashlib
import os
import random
import shutil
import struct
import subprocess
import tempfile
import threading

IMAGES = 3
BOOT_IMAGE = 2  # as in Microsoft's boot.wim
FONTS = ("segmono_boot.ttf", "segoen_slboot.ttf", "segoe_slboot.ttf", "wgl4_boot.ttf")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(*path):
    """The bytes of a file."""
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def store(name):
    """A sample store of tests/data/bcd."""
    return read(ROOT, "tests", "data", "bcd", "BCD." + name)


def noise(size, seed):
    """Bytes that do not compress."""
    return random.Random(seed).randbytes(size)


def text(size, seed):
    """Bytes that compress like programs and text do."""
    words = [random.Random(seed + i).randbytes(2 + i % 9) for i in range(300)]
    chooser = random.Random(seed)
    result = bytearray()
    while len(result) < size:
        result += words[min(int(chooser.expovariate(0.02)), 299)]
    return bytes(result[:size])


def sdi(label, size=0x10000):
    """A boot.sdi: header, a blank partition, and the record that says where the WIM goes."""
    data = bytearray(size)
    data[0:8] = b"$SDI0001"
    struct.pack_into("<Q", data, 0x70, 2)
    records = ((b"PART", 0, 0x2000, size - 0x2000, 7), (b"WIM", 0, size, 0, 0))
    for i, (kind, attributes, offset, length, base) in enumerate(records):
        struct.pack_into("<8sQQQQ", data, 0x400 + i * 64, kind, attributes, offset, length, base)
    data[0x2000:0x2000 + len(label)] = label
    data[0x1f8] = -sum(data[:512]) & 0xff
    return bytes(data)


def signed_list(label, size=9000):
    """Something of the form of boot.stl: the beginning of PKCS #7 signed data, and bytes that do not compress."""
    oid = bytes.fromhex("06092a864886f70d010702")
    return b"\x30\x82" + struct.pack(">H", size) + oid + (label + noise(size, 1))[:size - len(oid)]


def font(name, index):
    """Something of a boot font's size and first bytes; another one in each image."""
    return b"\0\1\0\0" + ("%s of image %d " % (name, index)).encode() + text(40000, len(name))


def other_architecture(program):
    """A copy of a PE that this machine cannot start: marked as one for arm64, or of an arm64 one as for
    x86-64."""
    data = bytearray(program)
    machine_at = struct.unpack_from("<I", data, 0x3c)[0] + 4
    is_arm64 = struct.unpack_from("<H", data, machine_at)[0] == 0xaa64
    struct.pack_into("<H", data, machine_at, 0x8664 if is_arm64 else 0xaa64)
    return bytes(data)


def image_files(build, index):
    """What image `index` has, a dict of path to bytes. Images differ in what they have: 1 has no
    EX boot manager, 3 has one that does not start."""
    plain, extended = (read(build, "guest", name) for name in ("bootmgfw.efi", "bootmgfw_EX.efi"))
    boot = "Windows/Boot/"
    files = {
        boot + "EFI/bootmgfw.efi": plain,
        boot + "EFI/boot.stl": b"revocations of image %d" % index,
        boot + "DVD/PCAT/BCD": store("winpe-bios"),
        boot + "DVD/PCAT/boot.sdi": sdi(b"PCAT of image %d" % index),
        boot + "DVD/EFI/BCD": store("winpe-efi"),
        boot + "DVD/EFI/boot.sdi": sdi(b"EFI of image %d" % index),
        "Windows/System32/startnet.cmd": b"wpeinit\r\n",
        "Windows/System32/image%d.txt" % index: b"This is image %d.\r\n" % index,
        "Windows/System32/empty.txt": b"",
        "Windows/System32/config/SYSTEM": read(ROOT, "tests", "data", "registry", "SYSTEM"),
        "Windows/System32/config/SOFTWARE": text(300000, 1),
        "Windows/System32/whole-chunks.bin": text(4 * 32768, 2),
        "Windows/System32/drivers/noise.sys": noise(200000, 3),
        "Windows/System32/winload.exe": text(500000, 4),
        "Windows/System32/boot/winload.exe": text(500000, 4),
        "Windows/System32/boot/winload.efi": text(600000, 5),
        "Program Files/Größe 日本.txt": "Größe\r\n".encode(),
    }
    if os.path.exists(os.path.join(build, "guest", "bootmgr.exe")):  # where there is a BIOS
        files[boot + "PXE/bootmgr.exe"] = read(build, "guest", "bootmgr.exe")
    if index == 2:
        files[boot + "EFI_EX/bootmgfw_EX.efi"] = extended
    if index == 3:
        files[boot + "EFI_EX/bootmgfw_EX.efi"] = other_architecture(extended)
    for name in FONTS:
        files[boot + "Fonts/" + name] = font(name, index)
    return files


def write_tree(directory, files):
    """Write a dict of path to bytes below a directory."""
    for path, data in files.items():
        full = os.path.join(directory, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(data)


def wimlib(*arguments):
    """Run wimlib-imagex."""
    subprocess.run(["wimlib-imagex", *arguments], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def temporary_file(data):
    """The path of a file with these bytes."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "file")
        with open(path, "wb") as file:
            file.write(data)
        yield path


def wim_file(path, index, name):
    """The bytes of a file in a WIM, as wimlib reads them."""
    return subprocess.run(["wimlib-imagex", "extract", path, str(index), name, "--to-stdout"],
                          check=True, stdout=subprocess.PIPE).stdout


def make_wim(path, images, compression="LZX", boot_index=BOOT_IMAGE):
    """Capture a list of images, each a dict of path to bytes, into a WIM; `compression` is one of
    wimlib's, or "solid"."""
    kind = "--solid" if compression == "solid" else "--compress=" + compression
    with tempfile.TemporaryDirectory() as directory:
        target = os.path.join(directory, "new.wim")
        for number, files in enumerate(images, 1):
            tree = os.path.join(directory, str(number))
            write_tree(tree, files)
            options = [kind] if number == 1 else []
            if number == boot_index:
                options.append("--boot")
            wimlib("capture" if number == 1 else "append", tree, target, "Image %d" % number,
                   "The sample image %d" % number, "--no-acls", *options)
        shutil.move(target, path)


# PROCESSOR_ARCHITECTURE_* in a WIM's XML.
WIM_ARCHITECTURES = {"i386": 0, "x86_64": 9, "arm64": 12}


def set_windows(path, index, processor, version):
    """Have an image of a WIM say which Windows it is."""
    numbers = zip(("MAJOR", "MINOR", "BUILD", "SPBUILD"), version.split("."))
    properties = ["ARCH=%d" % WIM_ARCHITECTURES[processor], *("VERSION/%s=%s" % pair for pair in numbers)]
    wimlib("info", path, str(index), *("--image-property=WINDOWS/" + item for item in properties))


def windows_wim(build, *images, more=None, boot_index=1):
    """The bytes of a WIM whose images say which Windows they are: each is a processor and a version,
    ("x86_64", "10.0.26100.1"). `more` is added to each, a dict of path to bytes."""
    with temporary_file(b"") as path:
        make_wim(path, [image_files(build, 1) | (more or {}) for _ in images], "none", boot_index)
        for index, (processor, version) in enumerate(images, 1):
            set_windows(path, index, processor, version)
        return read(path)


@functools.lru_cache(maxsize=None)
def wim(build, compression="LZX", images=IMAGES):
    """The bytes of the sample WIM, made when its contents or this file changed."""
    key = hashlib.sha256(read(os.path.abspath(__file__)))
    contents = [image_files(build, index) for index in range(1, images + 1)]
    for files in contents:
        for path, data in sorted(files.items()):
            key.update(path.encode() + data)
    directory = os.path.join(build, "guest", "samples")
    os.makedirs(directory, exist_ok=True)
    name = "boot-%s-%d-%s.wim" % (compression.lower(), images, key.hexdigest()[:16])
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        temporary = "%s.%d" % (path, threading.get_ident())
        make_wim(temporary, contents, compression, min(BOOT_IMAGE, images))
        os.replace(temporary, path)
    return read(path)


# ---- bootmgr.exe inside bootmgr ----------------------------------------------------------------


def find_match(data, position, start, longest, table):
    """The last place before `position`, not before `start`, with the same three bytes; returns
    offset and length, or (0, 0)."""
    key = data[position:position + 3]
    previous = table.get(key, -1)
    table[key] = position
    if len(key) < 3 or previous < start:
        return 0, 0
    length = 3
    while (length < longest and position + length < len(data)
           and data[previous + length] == data[position + length]):
        length += 1
    return position - previous, length


def lznt1(data):
    """Compress in LZNT1: chunks of 4096 bytes, each with flag bytes in front of eight tokens."""
    result = bytearray()
    for begin in range(0, len(data), 4096):
        chunk = data[begin:begin + 4096]
        body, table, position = bytearray(), {}, 0
        while position < len(chunk):
            flags_at = len(body)
            body.append(0)
            for bit in range(8):
                if position >= len(chunk):
                    break
                offset_bits = max(4, (position - 1).bit_length()) if position else 4
                length_bits = 16 - offset_bits
                offset, length = find_match(chunk, position, 0, (1 << length_bits) + 2, table)
                if offset:
                    body[flags_at] |= 1 << bit
                    body += struct.pack("<H", offset - 1 << length_bits | length - 3)
                    position += length
                else:
                    body.append(chunk[position])
                    position += 1
        if len(body) < len(chunk):
            result += struct.pack("<H", 0xb000 | len(body) - 1) + body
        else:
            result += struct.pack("<H", 0x3000 | len(chunk) - 1) + chunk
    return bytes(result)


def xpress(data):
    """Compress in XPRESS Huffman with the plainest code there is: nine bits for each symbol. Matches
    are kept shorter than 18 bytes, which need no length bytes between the words."""
    result = bytearray()
    table, position = {}, 0
    while position < len(data):
        bits = []
        end = min(position + 65536, len(data))
        consumed, fetched = 0, 32  # as a decoder counts: it reads words ahead

        def put(value, width):
            nonlocal consumed, fetched
            bits.append(format(value, "0%db" % width) if width else "")
            consumed += width
            if fetched - consumed < 16:
                fetched += 16

        while position < end:
            offset, length = find_match(data, position, max(0, position - 65535), 17, table)
            if offset:
                power = offset.bit_length() - 1
                put(256 + (power << 4 | length - 3), 9)
                put(offset - (1 << power), power)
                position += length
            else:
                put(data[position], 9)
                position += 1
        if position >= len(data):
            put(256, 9)  # the end mark
        stream = "".join(bits).ljust(fetched, "0")
        result += b"\x99" * 256
        for word in range(0, fetched, 16):
            result += struct.pack("<H", int(stream[word:word + 16], 2))
    return bytes(result)


def bootmgr(program, compression):
    """A `bootmgr` file: 16-bit code, a descriptor, a small PE, and `program` compressed as Windows 7
    ("lznt1") or Windows 10 ("xpress") does."""
    descriptor_at, data_at = {"lznt1": (0x5be0, 0x7bf0), "xpress": (0x6838, 0x8848)}[compression]
    compressed = {"lznt1": lznt1, "xpress": xpress}[compression](program)
    file = bytearray(data_at)
    file[0:descriptor_at - 64] = text(descriptor_at - 64, 9)
    magic = {"lznt1": b"BMCI", "xpress": b"BMXH"}[compression]
    struct.pack_into("<4sIII", file, descriptor_at, magic, len(compressed), len(program),
                     data_at - descriptor_at)
    file[descriptor_at + 16:descriptor_at + 18] = b"MZ"
    return bytes(file) + compressed + b"\0"


def windows_iso_files(build):
    """What a disc of Windows Setup has, as far as it is needed for booting: a dict of path to bytes. Its files
    differ from those in the WIM."""
    has_bios = os.path.exists(os.path.join(build, "guest", "bootmgr.exe"))
    files = {
        "boot/bcd": store("winpe-bios"),
        "boot/boot.sdi": sdi(b"the disc"),
        "efi/microsoft/boot/bcd": store("winpe-efi"),
        "efi/boot/bootx64.efi" if has_bios else "efi/boot/bootaa64.efi": read(build, "guest", "bootmgfw.efi"),
        "sources/boot.wim": wim(build),
        "sources/install.wim": noise(100000, 6),
        "README.TXT": b"This disc contains a UDF file system.\r\n",
    }
    if has_bios:
        files["bootmgr"] = bootmgr(read(build, "guest", "bootmgr.exe"), "lznt1")
    for name in (*FONTS, "jpn_boot.ttf"):
        files["boot/fonts/" + name] = font(name, 9)
    return files


def iso(files, *options):
    """The image of a disc with these files, made by genisoimage: as Windows' are, unless there are options."""
    with tempfile.TemporaryDirectory() as directory:
        tree, image = os.path.join(directory, "tree"), os.path.join(directory, "image")
        write_tree(tree, files)
        subprocess.run(["genisoimage", "-quiet", "-V", "CCCOMA_X64FRE", "-o", image,
                        *(options or ("-udf", "-J")), tree], check=True, stderr=subprocess.DEVNULL)  # fmt: skip
        return read(image)
