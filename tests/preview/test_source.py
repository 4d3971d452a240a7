#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Booting from an ISO: given, alone or with other files, or as a disk that iPXE makes of it."""
import os
import pathlib
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from test_preview import BUILD as BUILD_PATH, ROOT, Case  # noqa: E402  pylint: disable=wrong-import-position
import samples  # noqa: E402  pylint: disable=wrong-import-position,wrong-import-order

BUILD = str(BUILD_PATH)


class Source(Case):
    """Where boot files come from."""

    def setUp(self):
        super().setUp()
        pathlib.Path(self.folder.name, "boot.wim").unlink()
        self.files = samples.windows_iso_files(BUILD)
        self.image = samples.iso(self.files)
        self.write("win.iso", self.image)

    def extracted(self, path, *words):
        """A file of the virtual disk."""
        return self.run_preview("--extract", path, *words).stdout

    def test_an_iso_alone(self):
        for firmware, store in (("efi", "efi/microsoft/boot/bcd"), ("bios", "boot/bcd")):
            out = self.json("--firmware", firmware, "win.iso")
            self.assertTrue(out["boots"])
            self.assertEqual(out["source"]["name"], "win.iso")
            self.assertEqual(out["source"]["label"], "CCCOMA_X64FRE")
            found = {file["path"].lower().replace("\\", "/")[1:]: file for file in out["source"]["files"]}
            self.assertGreater(out["memory"]["needed_" + firmware], len(self.image) + len(self.files["sources/boot.wim"]))
            wanted = {"sources/boot.wim", store, "boot/boot.sdi", "boot/fonts/jpn_boot.ttf"}
            self.assertLessEqual(wanted, set(found))
            for path, file in found.items():
                data = b"".join(self.image[place["offset"]:place["offset"] + place["length"]]
                                for place in file["places"])
                self.assertEqual(data, self.files[path], path)

    def test_report_as_text(self):
        out = self.run_preview("win.iso").out
        self.assertIn("From win.iso (UDF)", out)
        self.assertRegex(out, r"\\sources\\boot\.wim +\d+\.\d kB +at 0x[0-9a-f]+\n")
        self.assertIn("boot manager: win.iso: \\EFI\\BOOT\\BOOTX64.EFI", out)

    def test_changes_are_reported(self):
        """What changes in the WIM and in the store of an ISO, compared with what the ISO has."""
        del self.files["efi/microsoft/boot/bcd"]
        self.write("win.iso", samples.iso(self.files))
        self.write("new.txt", "new")
        out = self.json("win.iso", "new.txt", "--", "nolog")
        self.assertEqual([change["path"] for change in out["wims"][0]["changes"]], ["\\Windows\\System32\\new.txt"])
        changed = [line["text"].split() for line in out["bcd"] if line["changed"]]
        self.assertEqual(changed, [["path", "\\windows\\system32\\boot\\winload.efi"]])

    def test_given_files_take_precedence(self):
        self.write("boot.wim", samples.wim(BUILD, "XPRESS"))
        self.write("boot.sdi", samples.sdi(b"given"))
        self.write("new.txt", "new")
        out = self.json("win.iso", "boot.wim", "boot.sdi", "new.txt", "--", "nolog")
        self.assertEqual(out["wims"][0]["compression"], "xpress")
        paths = [file["path"].lower() for file in out["source"]["files"]]
        self.assertNotIn("\\boot\\boot.sdi", paths)
        self.assertNotIn("\\sources\\boot.wim", paths)
        self.assertEqual([change["path"] for change in out["wims"][0]["changes"]],
                         ["\\Windows\\System32\\new.txt"])

    def test_disc_for_two_processors(self):
        """Nothing is taken from it by itself; the script of docs/iso.md chooses."""
        files = {path: data for path, data in self.files.items() if path != "sources/boot.wim"}
        files |= {"x64/sources/boot.wim": self.files["sources/boot.wim"], "x86/sources/boot.wim": b"MSWIM, but damaged"}
        self.write("win.iso", samples.iso(files))
        out = self.run_preview("win.iso", status=1).out
        self.assertIn("no boot manager found", out)
        self.assertIn("win.iso: \\sources\\boot.wim: not there", out)
        handbook = (ROOT / "docs" / "iso.md").read_text()
        self.write("wimboot.lua", next(text for text in re.findall(r"```lua\n(.*?)```", handbook, re.S) if "x64" in text))
        for firmware, store in (("efi", "\\efi\\microsoft\\boot\\bcd"), ("bios", "\\boot\\bcd")):
            report = self.json("--firmware", firmware, "win.iso", "wimboot.lua", "--", "nolog")
            self.assertTrue(report["boots"])
            self.assertLessEqual({"\\x64\\sources\\boot.wim", store},
                                 {file["path"].lower() for file in report["source"]["files"]})

    def test_without_a_boot_wim_it_is_a_file_like_others(self):
        self.write("boot.wim", samples.wim(BUILD))
        self.write("tools.iso", samples.iso({"tool.exe": b"tool"}))
        out = self.json("boot.wim", "tools.iso")
        self.assertNotIn("source", out)
        self.assertEqual(out["wims"][0]["changes"][0]["path"], "\\Windows\\System32\\tools.iso")

    def test_other_discs_stay_out(self):
        """Of two discs that could boot, the other goes neither into the image nor on the disk, unless it was meant to."""
        self.write("other.iso", self.image)
        self.write("my.lua", "boot.source = files['other.iso']\n")
        for words, name in ((("my.lua", "--", "script=my.lua"), "other.iso"), (("--",), "win.iso")):
            out = self.json("win.iso", "other.iso", *words, "nolog")
            self.assertEqual(out["source"]["name"], name)
            self.assertEqual(out["wims"][0]["changes"], [])
            self.assertFalse([file for file in out["disk"] if file["path"].endswith(".iso")])
        self.assertIn("ISOs: win.iso, other.iso; win.iso boots", self.run_preview("win.iso", "other.iso").out)
        out = self.json("win.iso", "Windows/Temp/other.iso=other.iso", "--", "nolog")
        self.assertEqual([change["path"] for change in out["wims"][0]["changes"]], ["\\Windows\\Temp\\other.iso"])

    def test_what_is_no_disc(self):
        """A file named *.iso that is none says so; a WIM boots under any name, and is not injected into itself."""
        self.write("page.iso", "<!DOCTYPE html><title>404</title>")
        self.assertIn("page.iso is an HTML page, not an ISO", self.json("page.iso", status=1)["reason"])
        self.write("winpe.iso", samples.wim(BUILD))
        out = self.json("page.iso", "winpe.iso", "--", "nolog")
        self.assertTrue(out["boots"])
        self.assertEqual(out["wims"][0]["changes"], [])

    def test_a_script_in_it_does_not_run(self):
        self.write("win.iso", samples.iso(self.files | {"wimboot.lua": b"error('must not run')",
                                                        "sources/startnet.cmd": b"no"}))
        out = self.json("win.iso", "--", "nolog")
        self.assertTrue(out["boots"])
        self.assertEqual(out["wims"][0]["changes"], [])

    def test_none(self):
        self.write("my.lua", "boot.source = false\n")
        out = self.run_preview("win.iso", "my.lua", "--", "script=my.lua", status=1)
        self.assertIn("no boot manager found", out.out + out.err)

    def test_damage_is_told_with_the_sector(self):
        self.write("cut.iso", self.image[:1200000])
        self.assertRegex(self.json("cut.iso", status=1)["reason"], r"cut\.iso: sector \d+: .*cut short on the way")
        self.write("start.iso", self.image[:30000])
        self.assertIn("start.iso is of an unknown kind, not an ISO", self.json("start.iso", status=1)["reason"])

    def test_a_damaged_template(self):
        """The image's is taken instead."""
        self.files["boot/boot.sdi"] = bytes(65536)
        self.write("win.iso", samples.iso(self.files))
        out = self.run_preview("win.iso", "--", "nolog").out
        self.assertIn("warning: win.iso: boot.sdi is of an unknown kind, not an SDI", out)
        self.assertRegex(out, r"from image 2: .*\\Windows\\Boot\\DVD\\EFI: boot\.sdi")

    def test_sanhook(self):
        self.write("boot.ipxe", "#!ipxe\nsanhook --drive 0x80 http://server/win.iso\nkernel wimboot\nboot\n")
        out = self.json("--ipxe", "boot.ipxe", "--root", self.folder.name, "--firmware", "efi")
        self.assertTrue(out["boots"], out["reason"])
        self.assertEqual(out["source"]["device"], "/Uri(http://server/win.iso)")
        out = self.json("--ipxe", "boot.ipxe", "--root", self.folder.name, "--firmware", "bios", status=1)
        self.assertIn("no files were given", out["reason"])

    def test_sanhook_of_another_disc(self):
        self.write("win.iso", samples.iso({"x64/" + path: data for path, data in self.files.items()}))
        self.write("boot.ipxe", "#!ipxe\nsanhook http://server/win.iso\nkernel wimboot\nboot\n")
        out = self.json("--ipxe", "boot.ipxe", "--root", self.folder.name, "--firmware", "efi", status=1)
        self.assertIn("no files were given: CCCOMA_X64FRE has no \\sources\\boot.wim; ", out["reason"])

    def test_volumes_in_a_script(self):
        self.write("boot.ipxe", "#!ipxe\nsanhook win.iso\nkernel wimboot script=my.lua\ninitrd my.lua\nboot\n")
        self.write("my.lua", """
assert(#volumes == 1 and volumes[2] == nil)
local volume = volumes[1]
print(volume.name, volume.label, volume.device, volume.remote, volume.own, volume.kind)
for name, f in volume:list("sources") do
    print(name .. "=" .. f.size)
end
assert(not pcall(function() volumes[1] = nil end))
boot.source = volume
""")
        out = self.run_preview("--ipxe", "boot.ipxe", "--root", self.folder.name).out
        self.assertRegex(out, r"CCCOMA_X64FRE +CCCOMA_X64FRE +/Uri\(win\.iso\) +true +false +UDF\n")
        self.assertIn("install.wim=100000", out)
