# SPDX-License-Identifier: BSD-2-Clause
"""A site's own chain under Secure Boot: its key in db, or in shim's list (MOK) after Debian's shim, which Microsoft
signed; what breaks the chain is refused by name."""

import samples
import start
from harness import KEY_PROMPT, PROMPT, test, uefi
from machine import ARM64, X86_64
from variables import HASH, asked_version, signature_list
from web import Server
from worlds import certificates, key_file, shim, sign, signed_script, world

SCRIPT = b"print('signed: ' .. tostring(boot.script_signed))\nboot.check = false\n"
TEST_SIGNING = SCRIPT + b"function on.bcd(s)\n  for _, o in ipairs(s.objects) do\n    if o.kind == 'osloader' then " \
    b"o.testsigning = true end\n  end\nend\n"
# The name that Debian's shim starts.
SECOND_STAGE = {X86_64: "EFI/BOOT/grubx64.efi", ARM64: "EFI/BOOT/grubaa64.efi"}


def loader(context, key="leaf-old"):
    """The loader, signed."""
    return sign(context, samples.read(context.loader), key)


def standin(context, name="bootmgfw.efi", key="leaf-old"):
    """A stand-in, signed."""
    return sign(context, samples.read(context.build, "guest", name), key)


def files(manager, script=SCRIPT):
    """What is on the stick besides the loader."""
    return {"bootmgfw.efi": manager, "BCD": samples.store("winpe-any"), "wimboot.lua": script}


def through_shim(context, second_stage):
    """Shim, and what it starts."""
    return {context.default_program(): shim(context), SECOND_STAGE[context.architecture]: second_stage}


def refused(context, content, secure_boot, pattern=PROMPT):
    """Boot what must not come as far as the boot manager; returns the console."""
    with context.machine("efi", start.usb_stick(content), secure_boot=secure_boot) as guest:
        guest.wait(pattern)
        console = guest.console()
    assert "standin:" not in console, "the boot manager was started"
    return console


@uefi
def chain_db_signed_script(context):
    """Own key in db, firmware of today: the verdict names the key, and the signed script may do what an unsigned may not."""
    content = files(standin(context), signed_script(context, TEST_SIGNING))
    report = context.run("efi", start.usb_stick(content | {context.default_program(): loader(context)}),
                         secure_boot=world(context, db=certificates(context, "old")))
    report.check()
    assert "wimboot.lua is signed with a key that Secure Boot trusts" in report.console
    assert "signed: true" in report.console
    assert "boot manager: bootmgfw.efi, which is trusted by Test Production PCA 2011" in report.console


@test
def chain_db_unsigned_script(context):
    """The same script without a signature is told what it may not do; with one that is not trusted it does not run."""
    secure_boot = world(context, db=certificates(context, "old"))
    content = files(standin(context), TEST_SIGNING) | {context.default_program(): loader(context)}
    console = refused(context, content, secure_boot)
    assert "signed: false" in console
    assert "testsigning (0x16000049) can only be set by a signed script" in console
    content["wimboot.lua"] = signed_script(context, TEST_SIGNING, "leaf-new")
    console = refused(context, content, secure_boot)
    assert "wimboot.lua: Secure Boot does not trust its signature (LoadImage: EFI_ACCESS_DENIED)" in console
    assert "signed: " not in console


@test
def chain_db_required_script(context):
    """What a signed script checks cannot be left out: without a word about it, D does not boot the WIM that it refused."""
    refusing = SCRIPT + b"verify { ['BCD'] = 'crc32:00000000' }\n"
    content = {context.default_program(): loader(context)}
    secure_boot = world(context, db=certificates(context, "old"))
    console = refused(context, content | files(standin(context), signed_script(context, refusing)), secure_boot)
    assert "it is damaged or another file" in console
    assert "the script is required: this machine does not boot without it" in console
    assert "Press D" not in console and "Press any key to exit" in console
    # One that says otherwise decides that, too.
    console = refused(context, content | files(standin(context), signed_script(
        context, b"boot.required = false\n" + refusing)), secure_boot)
    assert "Press D" in console and "the script is required" not in console


@uefi
def chain_db_strict(context):
    """Strict firmware: a boot manager that does not say it can do without may write to its own code."""
    content = files(standin(context, "bootmgfw_writes.efi")) | {context.default_program(): loader(context)}
    report = context.run("efi", start.usb_stick(content),
                         secure_boot=world(context, db=certificates(context, "old"), strict=True))
    report.check()
    assert "wrote to its own code" in report.console


@uefi
def chain_mok_strict(context):
    """The same through shim 16, which protects the pages of all that it loads; the script is signed with the MOK, too."""
    content = files(standin(context, "bootmgfw_writes.efi"), signed_script(context, SCRIPT))
    report = context.run("efi", start.usb_stick(content | through_shim(context, loader(context))),
                         secure_boot=world(context, mok=certificates(context, "leaf-old"), strict=True))
    report.check()
    assert "wrote to its own code" in report.console
    assert "signed: true" in report.console
    assert "which is trusted by Test Windows" in report.console


@test
def chain_mok_managers(context):
    """Through shim: a boot manager that nobody signed; then one that comes back, to a loader that goes on."""
    secure_boot = world(context, mok=certificates(context, "leaf-old"))
    content = files(samples.read(key_file(context, "plain.efi"))) | through_shim(context, loader(context))
    console = refused(context, content, secure_boot)
    assert "bootmgfw.efi: Secure Boot does not trust its signature (LoadImage: EFI_" in console
    assert "it is not signed. Remedy: sign it" in console
    content["bootmgfw.efi"] = samples.read(key_file(context, "signed-old.efi"))
    assert "the boot manager returned (EFI_SUCCESS)" in refused(context, content, secure_boot, KEY_PROMPT)


@uefi
def chain_second_stage(context):
    """Shim refuses a loader that is not signed, and one that was changed."""
    secure_boot = world(context, mok=certificates(context, "leaf-old"))
    plain, changed = samples.read(context.loader), bytearray(loader(context))
    changed[len(changed) // 2] ^= 1
    for second_stage in plain, bytes(changed):
        console = refused(context, through_shim(context, second_stage), secure_boot, "Security Violation")
        assert "wimboot " not in console


@test
def chain_key_missing(context):
    """Firmware that trusts 2023 only, and a boot manager of 2011: what would mend it."""
    content = files(samples.read(key_file(context, "signed-old.efi")))
    content[context.default_program()] = loader(context, "leaf-new")
    # The loader's certificate itself is in db: its authority's is that of another key.
    console = refused(context, content, world(context, db=certificates(context, "new", "leaf-new")))
    assert "signed under Test Production PCA 2011, which this firmware does not trust. Remedy: update the image" in console


def authenticode_hash(program):
    """The SHA-256 in a program's signature: the first string of 32 bytes there."""
    header = int.from_bytes(program[0x3c:0x40], "little")
    signature = program[int.from_bytes(program[header + 0xa8:header + 0xac], "little"):]
    at = signature.index(b"\x04\x20") + 2
    return signature[at:at + 32]


def verdict(context, managers, db, dbx=None):
    """Boot with boot managers that come back at once, in firmware with these lists; returns the console."""
    content = {name: samples.read(key_file(context, program)) for name, program in managers.items()}
    content |= {"BCD": samples.store("winpe-any"), "wimboot.lua": b"boot.check = false\n",
                context.default_program(): loader(context)}
    return refused(context, content, world(context, db=db, dbx=dbx))


@test
def chain_which_manager(context):
    """Two boot managers: the one that the firmware's keys vouch for is chosen."""
    managers = {"bootmgfw.efi": "signed-old.efi", "bootmgfw_EX.efi": "signed-new.efi"}
    console = verdict(context, managers, certificates(context, "old"))
    assert "boot manager: bootmgfw.efi, which is trusted by Test Production PCA 2011" in console
    assert "the boot manager returned" in console
    console = verdict(context, managers, certificates(context, "old", "new"))
    assert "boot manager: bootmgfw_EX.efi, which is trusted by Test UEFI CA 2023" in console
    assert "the boot manager returned" in console


@test
def chain_revoked(context):
    """By hash the firmware refuses it; by security version it would refuse itself."""
    hash_list = signature_list(HASH, authenticode_hash(samples.read(key_file(context, "signed-old.efi"))))
    console = verdict(context, {"bootmgfw.efi": "signed-old.efi"}, certificates(context, "old"), hash_list)
    assert "(LoadImage: EFI_ACCESS_DENIED); it is revoked: its hash is in dbx. Remedy: update the image" in console
    console = verdict(context, {"bootmgfw.efi": "signed-seven.efi"}, certificates(context, "old"), asked_version(11))
    assert "the boot manager is revoked: dbx asks for security version 11.0, and it has 7.0" in console
    assert "the boot manager returned" in console  # a program of the tests does not look


def network_boot(context, name, url, content, secure_boot, pattern=r"no files were given"):
    """Let the firmware fetch its program: by PXE (TFTP), or by HTTP where `url` is one."""
    def arguments(machine):
        samples.write_tree(machine.path("tftp"), content)
        options = ["-netdev", "user,id=net0,tftp=%s,bootfile=%s" % (machine.path("tftp"), url or name)]
        options += start.FIRMWARE_NETWORK
        for version in ("IPv4", "IPv6") if url else ():
            options += ["-fw_cfg", "name=opt/org.tianocore/%sPXESupport,string=no" % version]
        return options
    with context.machine("efi", arguments, secure_boot=secure_boot) as guest:
        guest.wait(pattern)
        return guest.console()


@test
def chain_pxe(context):
    """By PXE: Debian's shim fetches the loader, signed with the MOK, from its own folder."""
    console = network_boot(context, "shimx64.efi", None,
                           {"shimx64.efi": shim(context), "grubx64.efi": loader(context),
                            "wimboot.lua": b"assert(fetch('text').size == 4) print 'beside shim'", "text": b"text"},
                           world(context, mok=certificates(context, "leaf-old")), r"beside shim")
    assert "wimboot " in console


@test
def chain_http(context):
    """By HTTP Boot: the loader itself, with its key in db, and through shim."""
    with Server({"wimboot.efi": loader(context), "shimx64.efi": shim(context), "grubx64.efi": loader(context),
                 "text": b"text"}) as server:
        console = network_boot(context, None, server.url("wimboot.efi"), {},
                               world(context, db=certificates(context, "old")))
        assert "wimboot " in console
        console = network_boot(context, None, server.url("shimx64.efi"), {},
                               world(context, mok=certificates(context, "leaf-old")))
        assert "wimboot " in console and "grubx64.efi" in server.requests
        server.files["wimboot.lua"] = b"assert(fetch('text').size == 4) print 'beside shim'"
        network_boot(context, None, server.url("shimx64.efi"), {},
                     world(context, mok=certificates(context, "leaf-old")), r"beside shim")


def turncoat(body, later, asked):
    """Answer the first request for the start of a file honestly, and later ones with other bytes."""
    def answer(handler, _):
        piece = handler.send_headers(body)
        if handler.headers.get("Range", "").startswith("bytes=0-"):
            asked.append(len(piece))
            piece = later + piece[len(later):] if len(asked) > 1 else piece
        handler.wfile.write(piece)
    answer.answers = True
    return answer


@test
def chain_lazy_store(context):
    """A server sends another store the second time that it is asked: the disk shows the one that was judged."""
    store = samples.store("winpe-any")
    later = store.replace("winpe".encode("utf-16le"), "other".encode("utf-16le"))
    assert later != store
    script = b"""
local served = fetch { "stores", lazy = true }
files.BCD, files["bootmgfw.efi"] = served:slice(0, SIZE), fetch "bootmgfw.efi"
boot.check = false
function on.disk(d) -- more than is remembered, so that the start has to be fetched again
    for block = 0, 10 do
        d:add("\\\\Z\\\\" .. block, served:slice((block << 19) + SIZE, 4096))
    end
end
""".replace(b"SIZE", b"%d" % len(store))
    asked, stores = [], store + samples.noise(6 << 20, 1)
    with Server({"wimboot.efi": loader(context), "wimboot.lua": script, "bootmgfw.efi": standin(context),
                 "stores": stores}, {"stores": turncoat(stores, later, asked)}) as server:
        report = context.run("efi", start.http_boot(server.url("wimboot.efi")),
                             secure_boot=world(context, db=certificates(context, "old")),
                             shared_memory=1 << 20, wishes=["export \\Boot\\BCD"])
    report.check()
    assert len(asked) > 1, "the server was not asked again"
    found = {path: facts for path, facts in report.lower.items() if path.endswith("\\bcd")}
    assert len(found) == 9 and len(set(found.values())) == 1, found
    assert b"w\0i\0n\0p\0e\0" in report.exported[0] and b"o\0t\0h\0e\0r\0" not in report.exported[0]
