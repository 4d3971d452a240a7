# SPDX-License-Identifier: BSD-2-Clause
"""The README's site: `make site`, its settings for dnsmasq, and machines of every kind."""

import os
import re
import subprocess
import sys
import tempfile

import ipv6_network
import samples
import site_network
import start
from harness import arm64, on_request, test, uefi
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


def boot_by_ipv6(context, url, options, settings, serve):
    """Boot from a site that has IPv6. `url` is the loader's; `options` say what the firmware tries; `settings` are
    dnsmasq's, where ROOT is the folder of the files; `serve` makes a command of that folder that serves it, if dnsmasq
    does not."""
    wim = samples.wim(context.build)
    script = b"""
assert(boot.url == "URL" and boot.network == nil, boot.url)
assert(fetch(boot.url:match("^.*/") .. "text"):read() == "by IPv6")
files["boot.wim"] = fetch "boot.wim"
""".replace(b"URL", url.encode())
    files = {"boot/wimboot.efi": samples.read(context.loader), "boot/wimboot.lua": script, "boot/text": b"by IPv6",
             "boot/boot.wim": wim}

    def arguments(_machine):
        return ["-netdev", "tap,id=net0,ifname=tap0,script=no,downscript=no", *start.FIRMWARE_NETWORK, *options]

    with tempfile.TemporaryDirectory() as root:
        samples.write_tree(root, files)
        os.chmod(root, 0o755)

        def work(_network):
            site = ipv6_network.Site(url)
            server = serve and subprocess.Popen(serve(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                return context.run("efi", arguments)
            finally:
                if server:
                    server.kill()
                    server.wait()
                site.close()
        report = site_network.in_namespace(root, [line.replace("ROOT", root) for line in settings], work)
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)
    return report


@on_request
@test
def site_ipv6_http(context):
    """HTTP Boot over IPv6. The firmware tries IPv4 first, where the file does not exist."""
    boot_by_ipv6(context, "http://[fd00::1]:8080/boot/wimboot.efi", only_http(),
                 ["dhcp-option-force=60,HTTPClient", "dhcp-boot=http://192.0.2.1/none.efi"],
                 lambda root: [sys.executable, "-m", "http.server", "8080", "--bind", ipv6_network.SERVER,
                               "--directory", root])


@on_request
@test
def site_ipv6_pxe(context):
    """PXE over IPv6."""
    report = boot_by_ipv6(context, "tftp://[fd00::1]/boot/wimboot.efi",
                          ["-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=no"],
                          ["enable-tftp", "tftp-root=ROOT"], None)
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
