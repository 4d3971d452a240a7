#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""boot.pci, drivers.match() and drivers.inject(), and the index of a collection of drivers."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from test_preview import PREVIEW, ROOT, Case  # noqa: E402  pylint: disable=wrong-import-position
import samples  # noqa: E402  pylint: disable=wrong-import-position,wrong-import-order

CARD = (ROOT / "tests/script/card.inf").read_text()
RUN = "%SYSTEMROOT%\\System32\\wimboot_drivers.cmd"

SHOW_DEVICES = "for _, d in ipairs(boot.pci) do print(('%s %06X %04X'):format(d.id, d.class, d.device)) end\n"
SHOW = """
    for _, d in ipairs(found) do
        print(("found %s|%s|%s|%s|%s|%s|%d|%s"):format(d.name, d.inf, d.class, d.provider, d.version, d.date, #d.devices,
            table.concat(d.files, " ")))
    end
"""
MATCH_GIVEN = "function on.wim(w) local found = drivers.match(files, w)" + SHOW + "drivers.inject(w, found) end\n"

LSPCI = r'''00:00.0 "Host bridge [0600]" "Intel Corporation [8086]" "440FX [Natoma] [1237]" -r02 -p00 "Red Hat, Inc. [1af4]" "Qemu [1100]"
00:01.1 "IDE interface [0101]" "Intel Corporation [8086]" "82371SB [7010]" -p80 "Red Hat, Inc. [1af4]" "Qemu virtual machine [1100]"
00:02.0 "PCI bridge [0604]" "Intel Corporation [8086]" "A bridge [244e]" -r92 -p01 "" ""
00:03.0 "Ethernet controller [0200]" "Intel Corporation [8086]" "82540EM [100e]" -r03 "Red Hat, Inc. [1af4]" "QEMU [1100]"
'''

PNPUTIL = r"""Microsoft PnP-Hilfsprogramm

Instanz-ID:                  PCI\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03\3&11583659&0&18
Gerätebeschreibung:          Intel(R) PRO/1000 MT-Netzwerkverbindung
Klassenname:                 Net
Hardware-IDs:                PCI\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03
                             PCI\VEN_8086&DEV_100E&SUBSYS_11001AF4
                             PCI\VEN_8086&DEV_100E&CC_020000
                             PCI\VEN_8086&DEV_100E&CC_0200

Instanz-ID:                  ACPI\PNP0103\0
Instanz-ID:                  PCI\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03\3&11583659&0&20
Instanz-ID:                  PCI\VEN_8086&DEV_7010&SUBSYS_11001AF4&REV_00\3&11583659&0&09
""".replace("\n", "\r\n")


class Devices(Case):
    """boot.pci in the preview."""

    def devices(self, *words, status=0):
        self.write("wimboot.lua", SHOW_DEVICES)
        result = self.run_preview(*words, "boot.wim", "wimboot.lua", status=status)
        return [line for line in result.out.splitlines() if line.startswith("PCI\\")] if status == 0 else result.err

    def test_ids(self):
        self.assertEqual(self.devices(), [])
        self.assertEqual(self.devices("--pci", "8086:100e", "--pci",
                                      "pci\\ven_1af4&dev_1000&subsys_00011af4&rev_00&cc_020000"),
                         ["PCI\\VEN_8086&DEV_100E&SUBSYS_00000000&REV_00 000000 100E",
                          "PCI\\VEN_1AF4&DEV_1000&SUBSYS_00011AF4&REV_00 020000 1000"])

    def test_lspci(self):
        self.write("t14.txt", LSPCI)
        expected = ["PCI\\VEN_8086&DEV_1237&SUBSYS_11001AF4&REV_02 060000 1237",
                    "PCI\\VEN_8086&DEV_7010&SUBSYS_11001AF4&REV_00 010180 7010",
                    "PCI\\VEN_8086&DEV_244E&SUBSYS_00000000&REV_92 060401 244E",
                    "PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03 020000 100E"]
        self.assertEqual(self.devices("--pci", "t14.txt"), expected)
        self.write("machine.lua", "return { pci = 't14.txt' }")
        self.assertEqual(self.devices("--machine", "machine.lua"), expected)

    def test_pnputil(self):
        """In any language of Windows, as cmd and as PowerShell write it."""
        for name, data in (("a.txt", PNPUTIL.encode("cp1252")), ("b.txt", PNPUTIL.encode("utf-16"))):
            self.write(name, data)
            self.assertEqual(self.devices("--pci", name),
                             ["PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03 020000 100E",
                              "PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03 000000 100E",
                              "PCI\\VEN_8086&DEV_7010&SUBSYS_11001AF4&REV_00 000000 7010"])

    def test_dump(self):
        """boot:dump() has the devices, so that --machine plays them again."""
        self.write("wimboot.lua", "print('<<' .. boot:dump() .. '>>')\n")
        self.write("t14.txt", LSPCI)
        dump = self.run_preview("--pci", "t14.txt", "boot.wim", "wimboot.lua").out
        self.write("machine.lua", dump[dump.index("<<") + 2:dump.index(">>")])
        again = self.run_preview("--machine", "machine.lua", "boot.wim", "wimboot.lua").out
        self.assertIn("DEV_100E&SUBSYS_11001AF4&REV_03&CC_020000", again)
        self.assertEqual(dump[dump.index("<<"):dump.index(">>")], again[again.index("<<"):again.index(">>")])

    def test_wrong_ones(self):
        self.write("empty.txt", "nothing\n")
        self.assertIn("no PCI device is in it", self.devices("--pci", "empty.txt", status=2))
        self.assertIn("neither a file nor an id", self.devices("--pci", "8086:100", status=2))
        self.write("machine.lua", "return { pci = { '8086:100e', 7 } }")
        self.assertIn("entry 2 is not an id", self.devices("--machine", "machine.lua", status=2))
        self.write("machine.lua", "return { pci = 7 }")
        self.assertIn("pci must be a list", self.devices("--machine", "machine.lua", status=2))


class Drivers(Case):
    """From packages to an image."""

    def package(self, folder, inf, **changes):
        """Write a package into a folder."""
        for old, new in changes.values():
            self.assertIn(old, inf)
            inf = inf.replace(old, new)
        self.write(folder + "/card.inf", inf)
        self.write(folder + "/card.sys", "the driver of " + folder)
        self.write(folder + "/card.cat", "the catalogue of " + folder)

    def found(self, script, *words, status=0):
        self.write("wimboot.lua", script)
        result = self.run_preview("--pci", "8086:100e", *words, "boot.wim", "wimboot.lua", status=status)
        self.out = result.out + result.err
        return [line[6:] for line in self.out.splitlines() if line.startswith("found ")]

    def image_file(self, name):
        """A file of image 2 of the WIM on the disk, as wimlib reads it."""
        return samples.wim_file(os.path.join(self.folder.name, "out.wim"), 2, name).decode()

    EXPECTED = "Example Card|%s|Net|Example Cards, Inc.|12.15.31.4|2018-04-11|1|card.cat card.sys"

    def test_given_with_paths(self):
        self.package("Drivers/card", CARD)
        self.package("Drivers/other", CARD, id=("VEN_8086&DEV_100E", "VEN_8086&DEV_100F"))
        found = self.found(MATCH_GIVEN, "--extract", "\\Boot\\boot.wim=out.wim", "Drv/=Drivers")
        self.assertEqual(found, [self.EXPECTED % "Drv\\card\\card.inf"])
        self.assertNotRegex(self.out, r"(?m)^  card\.sys .*paths", "a file of a package is on the disk")
        subprocess.run(["wimlib-imagex", "verify", os.path.join(self.folder.name, "out.wim")], check=True,
                       stdout=subprocess.DEVNULL)
        self.assertEqual(self.image_file("/Drivers/card/card.inf"), CARD)
        self.assertEqual(self.image_file("/Drivers/card/card.sys"), "the driver of Drivers/card")
        self.assertEqual(self.image_file("/Drivers/card/card.cat"), "the catalogue of Drivers/card")
        self.assertEqual(self.image_file("/Windows/System32/wimboot_drivers.cmd"),
                         "@echo off\r\ndrvload %SYSTEMDRIVE%\\Drivers\\card\\card.inf\r\n")
        self.assertEqual(self.image_file("/Windows/System32/startnet.cmd"), "@call " + RUN + "\r\nwpeinit\r\n")

    def test_given_without_paths(self):
        self.package("card", CARD)
        found = self.found(MATCH_GIVEN, "card/card.inf", "card/card.sys", "card/card.cat")
        self.assertEqual(found, [self.EXPECTED % "card.inf"])
        self.assertNotIn("injected \\Windows\\System32\\card.", self.out)

    def test_missing_files(self):
        self.package("card", CARD)
        self.found(MATCH_GIVEN, "card/card.inf", "card/card.sys")
        self.assertIn("warning: drivers: card.inf needs files that are not beside it: card.cat", self.out)

    def test_best_of_several(self):
        self.package("d/old", CARD, date=("04/11/2018", "03/12/2018"))
        self.package("d/lower", CARD, version=("12.15.31.4", "12.15.30.90"))
        self.package("d/best", CARD)
        self.package("d/class", CARD, id=("VEN_8086&DEV_100E", "CC_020000"), date=("2018", "2026"))
        self.package("d/extension", CARD, kind=("Class       = Net", "Class       = Extension"), date=("2018", "2026"))
        self.assertEqual(self.found(MATCH_GIVEN, "d/=d"), [self.EXPECTED % "d\\best\\card.inf"])
        self.package("d/exact", CARD, id=("VEN_8086&DEV_100E", "VEN_8086&DEV_100E&SUBSYS_00000000"),
                     date=("2018", "2001"))
        found = self.found(MATCH_GIVEN, "d/=d")
        self.assertEqual([line.split("|")[1] for line in found], ["d\\exact\\card.inf"])

    def test_several_devices(self):
        """One package for two devices; two packages with one name."""
        self.package("d/card", CARD)
        self.package("d/second", CARD, id=("VEN_8086&DEV_100E", "VEN_8086&DEV_100F"),
                     virtio=("VEN_1AF4&DEV_1000", "VEN_1AF4&DEV_1001"))
        found = self.found(MATCH_GIVEN, "--pci", "1af4:1000", "--pci", "1af4:1001", "--pci", "1af4:9999", "d/=d",
                           "--extract", "\\Boot\\boot.wim=out.wim")
        self.assertEqual([line.split("|")[6] for line in found], ["2", "1"])
        self.assertEqual(self.image_file("/Windows/System32/wimboot_drivers.cmd"),
                         "@echo off\r\ndrvload %SYSTEMDRIVE%\\Drivers\\card\\card.inf\r\n"
                         "drvload %SYSTEMDRIVE%\\Drivers\\card_2\\card.inf\r\n")
        self.assertEqual(self.image_file("/Drivers/card_2/card.sys"), "the driver of d/second")

    def test_in_a_wim(self):
        self.package("d/Net/card", CARD)
        samples.wimlib("capture", os.path.join(self.folder.name, "d"), os.path.join(self.folder.name, "drivers.wim"))
        script = MATCH_GIVEN.replace("files, w", "{ wim = wim.open(files['drivers.wim']), path = '/Net/' }, w")
        found = self.found(script, "drivers.wim", "--extract", "\\Boot\\boot.wim=out.wim")
        self.assertEqual(found, [self.EXPECTED % "card\\card.inf"])
        self.assertEqual(self.image_file("/Drivers/card/card.sys"), "the driver of d/Net/card")

    def make_index(self, status=0):
        result = subprocess.run([str(PREVIEW), "drivers", "www"], cwd=self.folder.name, capture_output=True, check=False)
        self.assertEqual(result.returncode, status, result.stderr)
        self.write("www/drivers.idx", result.stdout)
        return result.stderr.decode()

    def test_index_on_a_server(self):
        self.package("www/Net & more/card 100%", CARD)
        self.package("www/other", CARD, id=("VEN_8086&DEV_100E", "VEN_8086&DEV_100F"))
        self.write("www/usb.inf", "[Version]\nClass=USB\n[Manufacturer]\nm=M,NTamd64\n[M.NTamd64]\nx=I,USB\\VID_1&PID_2\n")
        self.assertEqual(self.make_index(), "2 of 3 INF files are for PCI devices\n")
        script = MATCH_GIVEN.replace("files, w", "{ index = fetch 'http://server/drivers.idx', url = 'http://server' }, w")
        found = self.found(script, "--url", "http://server/=www", "--extract", "\\Boot\\boot.wim=out.wim")
        self.assertEqual(found, [self.EXPECTED % "Net & more/card 100%/card.inf"])
        self.assertEqual(self.image_file("/Drivers/card/card.cat"), "the catalogue of www/Net & more/card 100%")
        self.assertNotIn("other", self.out)

    def test_index_of_given_files(self):
        self.package("www/card", CARD)
        self.make_index()
        found = self.found(MATCH_GIVEN.replace("files, w", "{ index = files['drivers.idx'] }, w"), "www/drivers.idx",
                           "card/=www/card")
        self.assertEqual(found, [self.EXPECTED % "card/card.inf"])

    def test_index_of_a_folder_that_is_not_there(self):
        result = subprocess.run([str(PREVIEW), "drivers", "none"], cwd=self.folder.name, capture_output=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"none: No such file", result.stderr)
        self.assertEqual(subprocess.run([str(PREVIEW), "drivers"], capture_output=True, check=False).returncode, 2)

    # ---- what runs first ----

    def start_files(self, **given):
        """winpeshl.ini and startnet.cmd of the image after drivers were injected, with these given."""
        self.package("card", CARD)
        paths = []
        for name, text in given.items():
            paths.append(self.write(name.replace("_", "."), text))
        self.found(MATCH_GIVEN, "card/card.inf", "card/card.sys", "card/card.cat", *paths, "--extract",
                   "\\Boot\\boot.wim=out.wim")

    def test_winpeshl_ini(self):
        self.start_files(winpeshl_ini="; ours\r\n[launchapps]\r\n%SYSTEMDRIVE%\\a.exe, /x\r\nb.exe\r\n")
        self.assertEqual(self.image_file("/Windows/System32/winpeshl.ini"),
                         "; ours\r\n[launchapps]\r\n%SYSTEMROOT%\\System32\\cmd.exe, /c " + RUN
                         + "\r\n%SYSTEMDRIVE%\\a.exe, /x\r\nb.exe\r\n")
        self.assertEqual(self.image_file("/Windows/System32/startnet.cmd"), "wpeinit\r\n")

    def test_winpeshl_ini_of_one_program(self):
        self.start_files(winpeshl_ini="[LaunchApp]\nAppPath = %SYSTEMDRIVE%\\shell.exe\n".encode("utf-16"))
        self.assertEqual(self.image_file("/Windows/System32/winpeshl.ini"),
                         "[LaunchApps]\r\n%SYSTEMROOT%\\System32\\cmd.exe, /c " + RUN
                         + "\r\n%SYSTEMDRIVE%\\shell.exe\r\n")

    def test_given_startnet_cmd(self):
        self.start_files(startnet_cmd="echo mine\r\n")
        self.assertEqual(self.image_file("/Windows/System32/startnet.cmd"), "@call " + RUN + "\r\necho mine\r\n")

    def test_setup(self):
        self.package("card", CARD)
        self.found("function on.wim(w) w:inject('/setup.exe', 'MZ') end\n" + MATCH_GIVEN, "card/card.inf",
                   "card/card.sys", "card/card.cat", "--extract", "\\Boot\\boot.wim=out.wim")
        self.assertEqual(self.image_file("/Windows/System32/winpeshl.ini"),
                         "[LaunchApps]\r\n%SYSTEMROOT%\\System32\\cmd.exe, /c " + RUN
                         + "\r\n%SYSTEMDRIVE%\\setup.exe\r\n")
        self.assertEqual(self.image_file("/Windows/System32/startnet.cmd"), "wpeinit\r\n")

    def test_inject_twice(self):
        self.package("d/one", CARD)
        self.found(MATCH_GIVEN.replace("drivers.inject(w, found)", "drivers.inject(w, found) drivers.inject(w, found)"),
                   "d/=d", "--extract", "\\Boot\\boot.wim=out.wim")
        self.assertEqual(self.image_file("/Windows/System32/wimboot_drivers.cmd"),
                         "@echo off\r\ndrvload %SYSTEMDRIVE%\\Drivers\\card\\card.inf\r\n"
                         "drvload %SYSTEMDRIVE%\\Drivers\\card_2\\card.inf\r\n")
        self.assertEqual(self.image_file("/Windows/System32/startnet.cmd"), "@call " + RUN + "\r\nwpeinit\r\n")

    def test_nothing_matches(self):
        self.package("d/one", CARD)
        result = self.found(MATCH_GIVEN.replace("files, w", "files, w"), "d/=d", "--pci", "8086:100e")
        self.assertEqual(len(result), 1)
        self.write("wimboot.lua", MATCH_GIVEN)
        out = self.run_preview("--pci", "1234:5678", "boot.wim", "wimboot.lua", "d/=d").out
        self.assertNotIn("wimboot_drivers.cmd", out)
        self.assertNotIn("found", out)

    def test_misuse(self):
        for call, message in (("match('x')", "boot.lua:1: drivers.match: the source is files, or a table"),
                              ("match { wmi = 1 }", "unknown key 'wmi' (known: wim, path, image, index, url)"),
                              ("match {}", "neither wim nor index is given"),
                              ("match { index = files['boot.lua'] }", "boot.lua: not an index of drivers"),
                              ("matches()", "drivers: unknown function 'matches' (known: inject, match)"),
                              ("inject(wim.open(files['boot.wim']), 'x')", "what drivers.match() returned")):
            self.write("boot.lua", "drivers." + call)
            result = self.run_preview("boot.wim", "boot.lua", "--", "script=boot.lua", status=1)
            self.assertIn(message, result.out + result.err)
        self.write("boot.lua", "drivers.match { index = files['boot.lua'], url = 'http://server' }")
        result = self.run_preview("--firmware", "bios", "boot.wim", "boot.lua", "--", "script=boot.lua", status=1)
        self.assertIn("files cannot be fetched in BIOS", result.err)


if __name__ == "__main__":
    import unittest
    unittest.main()
