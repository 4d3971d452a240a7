# SPDX-License-Identifier: BSD-2-Clause
"""The README's site: `make site`, its settings for dnsmasq, and machines of every kind."""

import os
import re
import subprocess
import tempfile

import samples
import site_network
from harness import arm64, test, uefi
from machine import ARM64

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

SCRIPT = b"""
if fetch then
    files["boot.wim"] = fetch "boot.wim"
end
print("the site's script, " .. boot.firmware)
"""


def readme_settings(tftp_root):
    """The README's settings of dnsmasq that serve everybody."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        text = file.read()
    block = re.search(r"\n    # Firmware that asks for HTTP Boot.*?\n\n", text, re.DOTALL)[0]
    return [line.strip() for line in block.replace("/srv/http", tftp_root).splitlines()]


def boot(context, firmware, options, served, settings=()):
    """Lay the site out and boot a machine from it; returns what the stand-in reported. `settings` are more lines for
    dnsmasq."""
    with tempfile.TemporaryDirectory() as root:
        samples.write_tree(os.path.join(root, "given"), served)
        subprocess.run([os.path.join(ROOT, "tools", "mksite.sh"), os.path.join(root, "boot"), context.tools,
                        *(os.path.join(root, "given", name) for name in served)],
                       check=True, stdout=subprocess.DEVNULL)

        def arguments(_machine):
            card = "e1000" if firmware == "bios" else "virtio-net-pci"
            rom = "" if firmware == "bios" else ",romfile="
            return ["-netdev", "tap,id=net0,ifname=tap0,script=no,downscript=no",
                    "-device", card + ",netdev=net0" + rom, *options]

        def work(network):
            report = context.run(firmware, arguments)
            report.web_log = network.web_log()
            return report
        return site_network.in_namespace(root, readme_settings(root) + list(settings), work)


def only_http():
    """Have UEFI try HTTP Boot alone."""
    result = []
    for version in ("IPv4", "IPv6"):
        result += ["-fw_cfg", "name=opt/org.tianocore/%sPXESupport,string=no" % version]
    return result


@arm64
@uefi
def site_http(context):
    """Three files on a web server, and a DHCP server."""
    wim = samples.wim(context.build)
    report = boot(context, "efi", only_http(), {"boot.wim": wim, "wimboot.lua": SCRIPT})
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)
    assert "the site's script, efi" in report.console
    name = "wimboot.arm64.efi" if context.architecture == ARM64 else "wimboot.efi"
    assert "GET /boot/" + name in report.web_log


@uefi
def site_pxe(context):
    """The same by PXE, with a WIM and a BCD that DHCP names, and words from wimboot.cmd and from DHCP."""
    wim = samples.wim(context.build)
    store = samples.store("winpe-any")
    report = boot(context, "efi", [], {"boot.wim": wim, "x64.bcd": store, "wimboot.cmd": b"rawwim rawbcd\r\n"},
                  ["dhcp-option-force=224,from=dhcp", "dhcp-option-force=252,boot/x64.bcd"])
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)
    report.check_file("\\Boot\\BCD", store)
    assert "wimboot.cmd: rawwim rawbcd" in report.console and "command line: from=dhcp" in report.console
    assert "by the firmware's TFTP" in report.console


@test
def site_bios(context):
    """A BIOS, by iPXE: the card's own, or one that dnsmasq sends."""
    wim = samples.wim(context.build)
    report = boot(context, "bios", ["-boot", "n"], {"boot.wim": wim, "wimboot.lua": SCRIPT})
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)
    assert "the site's script, bios" in report.console
    assert "GET /boot/boot.ipxe" in report.web_log
