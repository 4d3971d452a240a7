#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the loader makes of inputs from the field: other names, damage, directories, several of a kind."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from test_preview import BUILD as BUILD_PATH, Case  # noqa: E402  pylint: disable=wrong-import-position
import cpio  # noqa: E402  pylint: disable=wrong-import-position,wrong-import-order
import samples  # noqa: E402  pylint: disable=wrong-import-position,wrong-import-order


BUILD = str(BUILD_PATH)


def converted(data):
    """As a transfer in text mode damages it."""
    return data.replace(b"\n", b"\r\n")


class Given(Case):
    """Each input boots, or is told by name."""

    def boots(self, *words, firmware="efi"):
        """Run, and return messages and report together."""
        result = self.run_preview("--firmware", firmware, *words)
        return result.out + result.err

    def refused(self, *words):
        result = self.run_preview(*words, status=1)
        return result.out + result.err

    def test_bad_extra_wims_are_left_out(self):
        self.write("._boot.wim", b"\0\5\x16\x07" + bytes(4092))
        self.write("notes.wim", "This is text.\n")
        out = self.boots("boot.wim", "._boot.wim", "notes.wim")
        self.assertIn("._boot.wim is of an unknown kind, not a WIM", out)
        self.assertIn("notes.wim is text, not a WIM", out)
        self.assertIn("It is left out", out)
        out = self.refused("notes.wim")
        self.assertIn("notes.wim is text, not a WIM: check what the server sends", out)
        self.write("srv/boot.wim", "<!DOCTYPE html><title>404</title>")
        other = self.write("other.wim", samples.wim(BUILD))
        self.assertIn("boot.wim is an HTML page, not a WIM", self.refused("srv/boot.wim", other))

    def test_damaged_wim_is_named(self):
        wim = samples.wim(BUILD)
        self.write("boot.wim", converted(wim))
        self.assertIn("boot.wim: its line ends were converted (LF to CR LF)", self.refused("boot.wim"))
        self.write("boot.wim", wim[:-1000])
        self.assertIn("boot.wim is a WIM of %d bytes by its own header, but has only %d"
                      % (len(wim), len(wim) - 1000), self.refused("boot.wim"))

    def test_boot_sdi_is_looked_at(self):
        good = samples.sdi(b"given")
        for bad, why in ((b"", "is empty"), (b"<html>no</html>", "is an HTML page, not an SDI image"),
                         (good[:-100], "it was cut short"), (b"$SDI0001" + bytes(65528), "no partition")):
            self.write("boot.sdi", bad)
            out = self.boots("boot.wim", "boot.sdi")
            self.assertIn(why, out)
            self.assertRegex(out, r"DVD\\EFI: .*boot\.sdi", "the one in the WIM serves")
        self.write("boot.sdi", converted(good[:0x2000] + bytes(range(256)) * 200))
        self.assertIn("line ends were converted", self.boots("boot.wim", "boot.sdi"))

        self.write("my.sdi", good)
        self.write("BCD", samples.store("winpe-any").replace("boot.sdi".encode("utf-16le"), "deep.sdi".encode("utf-16le")))
        self.assertIn("needs \\Boot\\deep.sdi: put my.sdi there", self.boots("boot.wim", "my.sdi", "BCD"))
        self.assertIn("needs \\Boot\\deep.sdi: put boot.sdi there", self.boots("boot.wim", "BCD"))

    def test_impossible_names_are_left_out(self):
        self.write("x", "extra")
        out = self.boots("boot.wim", "what?.txt=x", "con\\a*b.inf=x")
        self.assertIn("what?.txt: '?' is not allowed in a name. It is left out", out)
        self.assertIn("'*' is not allowed in a name", out)

        for bad in ("trail.", "trail ", "Drivers \\x.inf"):
            self.assertIn(bad + ": Windows does not allow a name that ends with a dot or a space. It is left out",
                          self.boots("boot.wim", bad + "=x"))

    def test_archives_that_cannot_be_opened_are_named(self):
        for data, what in ((b"\x28\xb5\x2f\xfd" + bytes(99), "zstd data, not a CPIO archive: boot loaders hand it over as "
                            "it is: give it uncompressed"), (b"\x1f\x8b\x08" + bytes(99), "gzip data, not a CPIO archive"),
                           (b"070707" + b"0" * 94, "a CPIO archive of an old kind, not a CPIO archive: make it with")):
            self.write("more.cpio", data)
            self.assertIn("more.cpio is " + what, self.boots("boot.wim", "more.cpio"))
            self.assertIn("more.cpio is " + what, self.refused("more.cpio"))
        self.write("more.cpio.zst", b"\x28\xb5\x2f\xfd" + bytes(99))
        self.assertIn("more.cpio.zst is zstd data, not a CPIO archive", self.boots("boot.wim", "more.cpio.zst"))

    def test_signed_lists_are_looked_at(self):
        good = samples.signed_list(b"revocations")
        self.write("boot.stl", good)
        self.assertNotIn("left out", self.boots("boot.wim", "boot.stl"))
        for bad, why in ((b"", "is empty"), (b"<html>no</html>", "is an HTML page, not a signed list (PKCS #7)"),
                         (good[:-1], "it was cut short"), (b"\x1f\x8b\x08" + bytes(99), "give it uncompressed"),
                         (converted(good), "line ends were converted")):
            self.write("boot.stl", bad)
            self.write("winsipolicy.p7b", bad)
            out = self.boots("boot.wim", "boot.stl", "EFI/Microsoft/Boot/winsipolicy.p7b=winsipolicy.p7b")
            self.assertRegex(out, r"boot\.stl:? .*%s.*It is left out" % re.escape(why))
            self.assertRegex(out, r"winsipolicy\.p7b:? .*%s" % re.escape(why))
            self.assertRegex(out, r"Windows\\Boot\\EFI: boot\.stl", "the one in the WIM serves")

    def test_damaged_boot_managers_are_named(self):
        whole = samples.read(BUILD, "guest", "bootmgfw.efi")
        for bad, why in ((b"<html>no</html>", "bootmgfw.efi: is an HTML page, not a program (PE)"),
                         (whole[:-1000], "it was cut short"), (b"", "bootmgfw.efi: is empty"),
                         (b"\x1f\x8b\x08" + bytes(99), "give it uncompressed")):
            self.write("bootmgfw.efi", bad)
            self.assertRegex(self.refused("boot.wim", "bootmgfw.efi"), "cannot be started: .*" + re.escape(why))
        for bad in (b"<html>no</html>", b"", b"\x1f\x8b\x08" + bytes(99)):
            self.write("bootmgr", bad)
            out = self.boots("boot.wim", "bootmgr", firmware="bios")
            self.assertRegex(out, r"warning: bootmgr has no bootmgr\.exe in it: .*\. It is left out")
            self.assertIn("boot manager: boot.wim image 2", out)

    def test_archives_without_a_name_in_bios(self):
        self.write("boot.ipxe", "#!ipxe\nkernel wimboot\ninitrd more\ninitrd boot.wim boot.wim\nboot\n")
        self.write("more", cpio.archive({"site/x.txt": b"x", "startnet.cmd": b"wpeinit"}))
        self.assertIn("injected site\\x.txt, startnet.cmd", self.boots("--ipxe", "boot.ipxe", firmware="bios"))
        self.write("more", b"\x28\xb5\x2f\xfd" + bytes(99))
        self.assertRegex(self.refused("--firmware", "bios", "--ipxe", "boot.ipxe"),
                         "more: without a name, .*: skipped; it is zstd data: .*give it uncompressed")

    def test_two_scripts_of_one_name_among_joined_images(self):
        self.write("boot.ipxe", "#!ipxe\nkernel wimboot script=a.lua\ninitrd a.lua a.lua\ninitrd a.lua a.lua\n"
                   "initrd boot.wim boot.wim\nboot\n")
        self.write("a.lua", "print('it runs')")
        self.assertIn("it runs", self.boots("--ipxe", "boot.ipxe"))
        out = self.refused("--firmware", "bios", "--ipxe", "boot.ipxe")
        self.assertIn("a.lua: there are two scripts with this name, and one may not be yours", out)

    def test_only_boot_fonts_must_be_truetype(self):
        for name in ("site.ttf", "wgl4_boot.ttf"):
            self.write(name, b"OTTO" + bytes(100))
        out = self.boots("boot.wim", "site.ttf", "wgl4_boot.ttf")
        self.assertIn("injected site.ttf", out)
        self.assertRegex(out, r"wgl4_boot\.ttf is text, not a TrueType font.*It is left out")

    def test_store_under_another_name(self):
        store = self.write("store", samples.store("winpe-any"))
        for name in ("BCD.UEFI", "bcd.i386", "bcd||"):
            out = self.boots("boot.wim", "%s=%s" % (name, store))
            self.assertIn("%s is a boot configuration: used as BCD" % name, out)
            self.assertNotRegex(out, r"(?i)injected .*bcd")
        self.assertNotRegex(self.boots("boot.wim", "Boot/BCD=" + store), r"(?i)injected .*bcd")
        out = self.boots("boot.wim", "BCD=" + store, "BCD.UEFI=" + store)
        self.assertIn("BCD.UEFI is a boot configuration that is not used: BCD is", out)
        self.assertNotRegex(out, r"(?i)injected .*bcd")
        out = self.boots("boot.wim", "a=" + store, "b=" + store)
        self.assertIn("there are several, and none is named BCD", out)

    def test_of_several_stores_the_one_for_this_firmware_counts(self):
        self.write("one", samples.store("winpe-any"))
        self.write("two", samples.store("menu"))
        self.write("rescue.wim", samples.wim(BUILD))
        stores = ["Boot/BCD=one", "EFI/Microsoft/Boot/BCD=two"]
        for words in stores, stores[::-1]:
            out = self.boots("boot.wim", "rescue.wim", *words)
            self.assertRegex(out, r"boot configurations: .*; EFI\\Microsoft\\Boot\\BCD is used")
            self.assertIn("VHD on any volume", out)
            out = self.boots("boot.wim", "rescue.wim", *words, firmware="bios")
            self.assertRegex(out, r"boot configurations: .*; Boot\\BCD is used")
            self.assertNotIn("VHD on any volume", out)
            self.assertNotIn("the boot manager will read", out)

    def test_paths_hold(self):
        """Two images of one name in an all-in-one disk's directories."""
        small = samples.wim(BUILD, "XPRESS")
        big = samples.wim(BUILD)
        self.assertNotEqual(len(small), len(big))
        self.write("small", small)
        self.write("big", big)
        self.write("winload", b"MZ" + bytes(100))
        script = self.write("wimboot.lua", r"""
function on.files(files)
  files.BCD = bcd.winpe { entries = { { wim = "\\x64\\sources\\boot.wim", description = "64" },
    { wim = "\\x86\\sources\\boot.wim", description = "32" } } }:file()
end
function on.disk(disk)
  print("x86 " .. disk:find("\\x86\\sources\\boot.wim").size, "x64 " .. disk:find("\\x64\\sources\\boot.wim").size)
end
""")
        out = self.boots("x86/sources/boot.wim=small", "x64/sources/boot.wim=big", script, "--", "rawwim")
        self.assertRegex(out, r"x86 %d\s+x64 %d" % (len(small), len(big)))
        report = self.json("boot.wim", "Windows/System32/boot/winload.efi=winload")
        self.assertIn("\\Windows\\System32\\boot\\winload.efi", [c["path"] for c in report["wims"][0]["changes"]])

    def test_of_several_wims_one_for_this_processor_boots(self):
        """Whatever the order; and if what was to go into the image went into another than boots by default, that
        is told."""
        for name, processor in (("x86.wim", "i386"), ("x64.wim", "x86_64")):
            self.write(name, samples.windows_wim(BUILD, (processor, "10.0.19041.1")))
        both = ["x86/sources/boot.wim=x86.wim", "x64/sources/boot.wim=x64.wim"]
        self.write("store.lua", r"""
function on.files(files)
  files.BCD = bcd.winpe { entries = { { wim = "\\x64\\sources\\boot.wim", description = "64" },
    { wim = "\\x86\\sources\\boot.wim", description = "32" } } }:file()
end
""")
        script = ["store.lua", "--", "script=store.lua"]
        self.write("startnet.cmd", "wpeinit")
        out = self.boots(*both, *script)
        self.assertIn("WIMs: x86\\sources\\boot.wim, x64\\sources\\boot.wim; x64\\sources\\boot.wim boots", out)
        self.assertNotIn("went into", out)
        self.assertIn("; x64.wim boots", self.boots("x86.wim", "x64.wim"))
        self.write("BCD", samples.store("winpe-any"))
        report = self.json(*both, "BCD")
        sizes = {file["path"].lower(): file["size"] for file in report["disk"]}
        self.assertEqual(sizes["\\boot\\boot.wim"], sizes["\\x64\\sources\\boot.wim"])
        out = self.boots(*both, "startnet.cmd", *script, firmware="bios")
        self.assertIn('BCD: entry "64" boots \\x64\\sources\\boot.wim, but what was to go into the image went into '
                      "x86\\sources\\boot.wim", out)
        self.assertNotIn("went into", self.boots(*both, *script, firmware="bios"))
        self.assertNotIn("went into", self.boots(*reversed(both), "startnet.cmd", *script, firmware="bios"))

    def test_one_entry_means_the_wim_that_boots(self):
        wim = samples.wim(BUILD)
        for name in ("a.wim", "b.wim"):
            self.write(name, wim)
        self.write("BCD", samples.store("winpe-any"))
        out = self.boots("a.wim", "b.wim", "BCD")
        self.assertIn("WIMs: a.wim, b.wim; a.wim boots", out)
        self.assertIn("needs \\Boot\\boot.wim: put a.wim there", out)

    def test_rescue_entry_never_boots_the_deployment_image(self):
        self.write("BCD", samples.store("menu"))  # its default is rescue.wim
        out = self.refused("boot.wim", "BCD")
        self.assertIn("needs the WIM \\Boot\\rescue.wim", out)
        script = self.write("wimboot.lua", 'function on.bcd(s) s["{bootmgr}"].default = '
                            '"{b5b1f0a0-6d7c-4f6e-9a51-0d5f3c2e7a01}" end')
        out = self.boots("boot.wim", "BCD", script)
        self.assertIn("needs the WIM \\Boot\\rescue.wim", out)
        self.assertIn("This entry cannot be chosen", out)
        self.assertNotIn("put boot.wim there", out)

    def test_an_entry_without_a_path_for_its_wim(self):
        path = "\\Boot\\boot.wim".encode("utf-16le")
        self.write("BCD", samples.store("winpe-any").replace(path, b"\0\0" + path[2:]))
        self.assertIn("names no file for the WIM", self.refused("boot.wim", "BCD"))

    def test_damaged_stores_are_named(self):
        good = samples.store("winpe-any")
        self.write("BCD", converted(good + bytes(range(16)) * 16))
        self.assertIn("BCD: its line ends were converted", self.refused("boot.wim", "BCD"))
        self.write("BCD", good[:100])
        self.assertIn("BCD: cut short: 100 bytes", self.refused("boot.wim", "BCD"))

    def test_stores_that_boot_managers_refuse(self):
        for name, says in (("noslash", r"changed to 'ramdisk=[boot]\sources\boot.wim"),
                           ("slash", r"changed to 'ramdisk=[boot]\sources\boot.wim"),
                           ("nodefault", "made entry \"winpe boot image\" the default")):
            self.write("BCD", samples.store("refused-" + name))
            self.assertIn(says, self.boots("boot.wim", "BCD"))

    def test_rubbish_in_place_of_identifiers(self):
        """Where {bootmgr} names its entries there may be any text: it is none of the store's own fields."""
        self.write("make.lua", "on.disk = function(disk) disk:add('\\\\made', bcd.winpe {}:file()) end\n")
        self.run_preview("--extract", "\\made=made", "boot.wim", "make.lua", "--", "script=make.lua")
        with open(os.path.join(self.folder.name, "made"), "rb") as file:
            store = file.read()
        entry = "{6f626d77-6f74-4e74-8b0d-000000000001}".encode("utf-16-le")
        self.assertGreaterEqual(store.count(entry), 2)
        for text in ("", "foo", "objects", "{", "{default}", "%s"):
            self.write("BCD", store.replace(entry, text.encode("utf-16-le").ljust(len(entry), b"\0")))
            self.assertIn("names no entry to boot, which boot managers refuse with 0xc0000098: made entry",
                          self.boots("boot.wim", "BCD"))

    def test_image_without_winload(self):
        tree = {path: data for path, data in
                samples.image_files(BUILD, 1).items()
                if "winload" not in path}
        samples.make_wim(os.path.join(self.folder.name, "boot.wim"), [tree], boot_index=1)
        self.assertIn("which image 1 of \\Boot\\boot.wim does not have: check whether it is a Windows PE image",
                      self.refused("boot.wim"))

    def test_changed_files_stay_where_their_path_says(self):
        """The patched WIM and the changed store are at the paths of the ones that were given."""
        self.write("sources/boot.wim", samples.wim(BUILD))
        self.write("x.txt", b"x")
        for path in ("\\sources\\boot.wim", "\\Boot\\BCD"):
            for firmware, other in (("bios", "winpe-efi"), ("efi", "winpe-bios")):
                store = self.write("store", samples.store(other))
                self.run_preview("--firmware", firmware, "--extract", path + "=out", "sources/boot.wim=sources/boot.wim",
                                 "boot/BCD=" + store, "x.txt")
                given = samples.wim(BUILD) if "wim" in path else samples.store(other)
                self.assertNotEqual(samples.read(self.folder.name, "out"), given, path + " in " + firmware)

    def test_a_store_that_comes_late(self):
        """It is used as it is."""
        self.write("wimboot.lua", "local store = files.store\n"
                                  "files.store = nil\n"
                                  "function on.disk() files.BCD = store end\n")
        out = self.boots("bootmgfw.efi=%s/guest/bootmgfw.efi" % BUILD,
                         "store=" + self.write("store", samples.store("winpe-any")), "wimboot.lua")
        self.assertIn("no BCD was given", out)
        self.assertIn("put it there", out)

    def test_a_damaged_boot_manager_in_the_wim(self):
        manager = "Windows/Boot/EFI/bootmgfw.efi"
        path = os.path.join(self.folder.name, "boot.wim")
        files = samples.image_files(BUILD, 1)
        samples.make_wim(path, [files], "none", 1)
        data = samples.read(path)
        damaged = data.replace(files[manager], files[manager][:-1] + bytes([files[manager][-1] ^ 1]))
        self.assertNotEqual(damaged, data)
        self.write("boot.wim", damaged)
        self.assertIn("contents do not match their SHA-1; the file is damaged, copy it again", self.refused("boot.wim"))

    def test_other_processors_are_named(self):
        """Images say in the WIM's XML which processor they are for."""
        def wim(*arches):
            samples.make_wim(os.path.join(self.folder.name, "boot.wim"),
                             [samples.image_files(BUILD, 1)] * len(arches), boot_index=1)
            for index, arch in enumerate(arches, 1):
                samples.wimlib("info", os.path.join(self.folder.name, "boot.wim"), str(index),
                               "--image-property", "WINDOWS/ARCH=%d" % arch)
        x64, arm64 = 9, 12
        wim(arm64, x64)
        out = self.boots("boot.wim")
        self.assertIn("image 1 of boot.wim is for arm64; this firmware starts x86_64: image 2 boots", out)
        self.assertIn("Image 2 would fit: boot.index = 2", self.refused("boot.wim", "--", "index=1"))
        self.assertIn("booting image 2 of 2", self.boots("boot.wim", "--", "index=2"))
        wim(arm64)
        self.assertIn("None of its images would fit", self.refused("boot.wim"))
        self.assertIn("is for arm64; this firmware starts i386", self.refused("--firmware", "bios", "boot.wim"))
        out = self.refused("--arch", "arm64", "boot.wim")
        self.assertIn("bootmgfw.efi: built for x86-64 (machine 0x8664); this firmware starts", out)
