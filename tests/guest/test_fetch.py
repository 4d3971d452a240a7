# SPDX-License-Identifier: BSD-2-Clause
"""Scripts that fetch: through iPXE, from a server that has its moods."""

import hashlib
import os
import re
import ssl
import subprocess
import tempfile

import datagrams
import samples
import start
import web
from firmware import newer
from harness import PROMPT, arm64, on_request, test, uefi
from variables import CERTIFICATE, signature_list

# What boots is the WIM that the script fetched: iPXE was given the script alone.
SCRIPT = """
local sum = "%(sum)s"
assert(fetch { "%(none)s", optional = true } == nil)
local found, reason = pcall(fetch, "%(none)s")
assert(not found and reason:find("the server has no such file", 1, true), reason)
files["boot.wim"] = fetch { "%(wim)s", sha256 = sum }
print("fetched " .. files["boot.wim"]:hash("sha256"))
"""


# Datagrams: one that is answered, after one that is too long; the longest, from a port that the firmware has, too; one
# that is not answered.
DATAGRAMS = """
assert(net.udp("10.0.2.2", PORT, "hello", 10) == "HELLO")
assert(net.udp("10.0.2.2", PORT, ("x"):rep(1472), 10, 68) == ("X"):rep(1472))
assert(net.udp("10.0.2.2", PORT, "silence", 0.5) == nil)
print("datagrams came back")
"""


def answer_datagram(data):
    """What the server of DATAGRAMS answers."""
    return {b"hello": [bytes(3000), b"HELLO"], b"silence": None}.get(data, data.upper())


def run(context, served, script, faults=None, program=None):
    """Boot by iPXE, or by `program`, another iPXE, with `script` alone given, which may name the server's files as
    %(name)s."""
    with web.Server(dict(served), faults) as server:
        with open(context.loader, "rb") as loader:
            server.files["wimboot"] = loader.read()
        urls = {name.split(".")[0]: server.url(name) for name in [*served, "none"]}
        server.files["wimboot.lua"] = (script % urls).encode()
        server.files["boot.ipxe"] = start.ipxe_script(server, ["wimboot.lua"])
        report = context.run("efi", start.network(server.url("boot.ipxe"), program))
        report.requests = server.requests
        return report


def one_of_three(context, program=None):
    """One WIM of three is downloaded, checked while it comes, and boots byte for byte."""
    wim = samples.wim(context.build)
    served = {"boot.wim": wim, "other.wim": wim, "third.wim": wim}
    script = SCRIPT.replace("%(wim)s", "%(boot)s").replace("%(sum)s", hashlib.sha256(wim).hexdigest())
    with datagrams.Server(answer_datagram) as server:
        report = run(context, served, script + DATAGRAMS.replace("PORT", str(server.port)), program=program)
    report.check()
    assert "datagrams came back" in report.console
    assert "fetched " + hashlib.sha256(wim).hexdigest() in report.console
    assert ", by iPXE" in report.console
    assert "\\Sources\\boot.wim" in report.files
    assert report.requests.count("boot.wim") == 1
    assert "other.wim" not in report.requests and "third.wim" not in report.requests
    return report


@test
def fetch_ipxe(context):
    """By the iPXE that this machine has."""
    one_of_three(context)


@test
def fetch_ipxe_newer(context):
    """By Debian 13's iPXE."""
    report = one_of_three(context, newer(context.build, "usr/lib/ipxe/ipxe.efi", "ipxe"))
    assert "iPXE 1.21.1" in report.console


@on_request
@test
def fetch_ipxe_newest(context):
    """By iPXE 2, which no release of Debian has yet."""
    report = one_of_three(context, newer(context.build, "usr/lib/ipxe/ipxe-amd64.efi", "ipxe", "sid"))
    assert "iPXE 2." in report.console


@test
def fetch_ipxe_moods(context):
    """A connection that is reset twice, a busy server, a redirect, and a wrong digest."""
    wim = samples.wim(context.build)
    served = {"boot.wim": wim, "busy.txt": b"at last", "moved.txt": b"", "target.txt": b"found"}
    faults = {"boot.wim": web.first(2, web.reset), "busy.txt": web.first(1, web.busy),
              "moved.txt": web.redirect("/target.txt")}
    report = run(context, served, """
assert(fetch("%(busy)s"):read() == "at last")
assert(fetch("%(moved)s"):read() == "found")
local matches, reason = pcall(fetch, { "%(target)s", sha256 = ("0"):rep(64) })
assert(not matches and reason:find("its sha256 is", 1, true), reason)
files["boot.wim"] = fetch("%(boot)s")
""", faults)
    report.check()
    assert report.console.count("trying again") >= 3, report.console
    assert report.requests.count("boot.wim") == 3


@test
def fetch_ipxe_stall(context):
    """A server that falls silent in the middle: told apart from a slow one by the script's timeout."""
    served = {"boot.wim": samples.wim(context.build), "slow.bin": bytes(20000)}
    report = run(context, served, """
local came, reason = pcall(fetch, { "%(slow)s", timeout = 1 })
assert(not came and reason:find("no byte came for 1 seconds", 1, true), reason)
files["boot.wim"] = fetch("%(boot)s")
""", {"slow.bin": web.stall})
    report.check()


def http_boot(context, served, faults=None, options=()):
    """Boot by the firmware's HTTP, from a server that has the loader and `served` beside it."""
    with open(context.loader, "rb") as loader:
        files = {"boot/wimboot.efi": loader.read()} | {"boot/" + name: data for name, data in served.items()}
    with web.Server(files, {"boot/" + name: fault for name, fault in (faults or {}).items()}) as server:
        arguments = start.http_boot(server.url("boot/wimboot.efi"))
        report = context.run("efi", lambda machine: arguments(machine) + list(options))
        report.requests, report.sent = server.requests, server.sent
        return report


@arm64
@uefi
def fetch_beside(context):
    """HTTP Boot with nothing given: what is beside the loader boots."""
    wim = samples.wim(context.build)
    report = http_boot(context, {"boot.wim": wim, "BCD": samples.store("winpe-any")})
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)
    report.check_file("\\Boot\\BCD", samples.store("winpe-any"))
    assert "by the firmware's HTTP" in report.console
    names = ["wimboot.cmd", "wimboot.lua", "boot.wim", "boot.sdi", "bootmgfw.efi", "BCD"]
    assert report.requests[-len(names):] == ["boot/" + name for name in names], report.requests


@uefi
def fetch_http(context):
    """HTTP Boot with a script beside the loader, which fetches by relative URLs, from a server with moods."""
    wim = samples.wim(context.build)
    script = b"""
assert(boot.url:find("^http://10%.0%.2%.2:%d+/boot/wimboot%.efi$"), boot.url)
local network = boot.network
assert(network.address == "10.0.2.15" and network.mask == "255.255.255.0" and network.server == "10.0.2.2")
assert(network.gateway == "10.0.2.2" and network.dns[1] == "10.0.2.3")
print(boot:dump())
assert(fetch { "none", optional = true } == nil)
assert(fetch("empty").size == 0)
assert(fetch("../boot/busy.txt"):read() == "at last")
assert(fetch("moved.txt"):read() == "found")
local came, reason = pcall(fetch, { "slow.bin", timeout = 1 })
assert(not came and reason:find("no byte came for 1 seconds", 1, true), reason)
files["boot.wim"] = fetch { "images/boot wim", sha256 = "SUM" }
print("fetched " .. files["boot.wim"]:hash("sha256"))
""".replace(b"SUM", hashlib.sha256(wim).hexdigest().encode())
    served = {"wimboot.lua": script, "images/boot wim": wim, "busy.txt": b"at last", "moved.txt": b"", "empty": b"",
              "target.txt": b"found", "slow.bin": bytes(20000)}
    faults = {"images/boot wim": web.first(1, web.reset), "busy.txt": web.first(1, web.busy),
              "moved.txt": web.redirect("target.txt"), "slow.bin": web.stall}
    with datagrams.Server(answer_datagram) as server:
        served["wimboot.lua"] += DATAGRAMS.replace("PORT", str(server.port)).encode()
        report = http_boot(context, served, faults)
    report.check()
    assert "datagrams came back" in report.console
    assert "fetched " + hashlib.sha256(wim).hexdigest() in report.console
    assert "boot/boot.wim" not in report.requests


def make_certificate(folder):
    """A certificate of the server as guests see it, which signs itself, with its key: a file."""
    path = os.path.join(folder, "server.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", path + ".key",
                    "-out", path, "-subj", "/CN=10.0.2.2", "-addext", "subjectAltName=IP:10.0.2.2"],
                   check=True, stderr=subprocess.DEVNULL)
    with open(path, "ab") as file:
        file.write(samples.read(path + ".key"))
    return path


@test
def fetch_https(context):
    """HTTPS, from a server whose certificate the firmware has, and from one whose it has not."""
    wim = samples.wim(context.build)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        trusted = make_certificate(folder)
        with open(trusted, encoding="ascii") as file:
            pem = file.read()
        der = ssl.PEM_cert_to_DER_cert(pem[:pem.index("-----END CERTIFICATE-----") + 26])
        list_path = os.path.join(folder, "list")
        with open(list_path, "wb") as file:
            file.write(signature_list(CERTIFICATE, der))
        with web.Server({"boot wim": wim}, certificate=trusted) as server, \
                web.Server({"x": b"x"}, certificate=make_certificate(other)) as stranger:
            script = ('local came, reason = pcall(fetch, "%s")\nassert(not came) print(reason)\n'
                      'files["boot.wim"] = fetch { "%s", sha256 = "%s" }\n' % (
                          stranger.url("x"), server.url("boot wim"), hashlib.sha256(wim).hexdigest()))
            report = http_boot(context, {"wimboot.lua": script.encode()},
                               options=["-fw_cfg", "name=etc/edk2/https/cacerts,file=" + list_path])
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)


@uefi
def fetch_robust(context):
    """Chunks; a server that says more bytes, or fewer, than it sends; a loop of redirects; a reset, after which
    only the rest is asked for."""
    wim = samples.wim(context.build)
    text = b"0123456789" * 2000
    script = b"""
assert(fetch("chunked.txt"):read() == ("0123456789"):rep(2000))
local came, reason = pcall(fetch, "more.txt")
assert(not came and reason:find("more.txt"), reason)
assert(fetch("fewer.txt").size == 19990) -- as it said
came, reason = pcall(fetch, "loop.txt")
assert(not came and reason:find("sent us on more than 5 times", 1, true), reason)
files["boot.wim"] = fetch "boot wim"
"""
    served = {"wimboot.lua": script, "boot wim": wim, "chunked.txt": text, "more.txt": text, "fewer.txt": text,
              "loop.txt": b""}
    faults = {"boot wim": web.first(1, web.reset), "chunked.txt": web.chunked, "more.txt": web.lie(10),
              "fewer.txt": web.lie(-10), "loop.txt": web.redirect("loop.txt")}
    report = http_boot(context, served, faults)
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)
    assert "trying again from there" in report.console
    assert report.requests.count("boot/loop.txt") == 6


@uefi
def fetch_lazy(context):
    """A script looks into three WIMs on the server, and boots one: it alone comes, and once."""
    wim = samples.wim(context.build)
    large = {"images/%d.wim" % number: wim + bytes(8 << 20) for number in (1, 2, 3)}
    script = b"""
for number = 1, 3 do
    local file = fetch { ("images/%d.wim"):format(number), lazy = true }
    assert(file.size == SIZE and #wim.open(file).images == 3)
    assert(file:read(SIZE - 4, 4) == "\\0\\0\\0\\0")
    if number == 2 then
        files["boot.wim"] = file
    end
end
""".replace(b"SIZE", b"%d" % len(large["images/1.wim"]))
    report = http_boot(context, {"wimboot.lua": script, **large})
    report.check()
    assert "\\Sources\\boot.wim" in report.files
    sent = [report.sent["boot/images/%d.wim" % number] for number in (1, 2, 3)]
    assert sent[0] < 3 << 20 and sent[2] < 3 << 20, sent
    assert len(wim) + (8 << 20) < sent[1] < len(wim) + (12 << 20), sent


def pxe(context, served):
    """Boot by PXE, from a TFTP server that has the loader and `served` beside it."""
    with open(context.loader, "rb") as loader:
        files = {"boot/wimboot.efi": loader.read()} | {"boot/" + name: data for name, data in served.items()}
    return start.pxe(files, "boot/wimboot.efi")


@arm64
@uefi
def fetch_pxe(context):
    """PXE: the script beside the loader comes by TFTP, and fetches by relative URLs, and by HTTP from elsewhere."""
    wim = samples.wim(context.build)
    script = b"""
assert(boot.url == "tftp://10.0.2.2/boot/wimboot.efi", boot.url)
local network = boot.network
assert(network.address == "10.0.2.15" and network.mask == "255.255.255.0" and network.server == "10.0.2.2")
assert(network.gateway == "10.0.2.2" and network.dns[1] == "10.0.2.3" and network.dhcp[54] == "\\10\\0\\2\\2")
assert(fetch { "none", optional = true } == nil)
local found, reason = pcall(fetch, "none")
assert(not found and reason:find("the server has no such file", 1, true), reason)
local named, why = pcall(fetch, "tftp://server/x")
assert(not named and why:find("TFTP needs the server's address", 1, true), why)
assert(fetch("URL"):read() == "by HTTP")
assert(fetch("../boot/text"):read() == "some text")
files["boot.wim"] = fetch { "images/boot wim", sha256 = "SUM" }
print("fetched " .. files["boot.wim"]:hash("sha256"))
""".replace(b"SUM", hashlib.sha256(wim).hexdigest().encode())
    with web.Server({"x": b"by HTTP"}) as server, datagrams.Server(answer_datagram) as other:
        script = script.replace(b"URL", server.url("x").encode())
        script += DATAGRAMS.replace("PORT", str(other.port)).encode()
        report = context.run("efi", pxe(context, {"wimboot.lua": script, "text": b"some text", "images/boot wim": wim}))
    report.check()
    assert "fetched " + hashlib.sha256(wim).hexdigest() in report.console
    assert ", by the firmware's TFTP" in report.console
    assert "datagrams came back" in report.console


@uefi
def fetch_pxe_beside(context):
    """PXE with nothing but a WIM and a BCD beside the loader."""
    wim = samples.wim(context.build)
    report = context.run("efi", pxe(context, {"boot.wim": wim, "BCD": samples.store("winpe-any")}))
    report.check()
    report.check_file("\\Sources\\boot.wim", wim)
    report.check_file("\\Boot\\BCD", samples.store("winpe-any"))


@uefi
def fetch_stick(context):
    """The same script on a stick: relative URLs are relative to the loader there. And a file of another volume."""
    wim = samples.wim(context.build)
    script = b"""
assert(boot.url == "file:///%s", boot.url)
assert(boot.network == nil and fetch { "none", optional = true } == nil)
assert(fetch("/images/../text"):read() == "some text")
assert(not pcall(fetch, "http://10.0.2.2/x"))
assert(fetch("file://deploy-1/images/x"):read() == "of another volume")
assert(fetch { "file://deploy-1/text", optional = true } == nil)
assert(fetch { "file://deploy-2/images/x", optional = true } == nil)
files["boot.wim"] = fetch { "../../images/boot wim", lazy = true }
assert(#wim.open(files["boot.wim"]).images == 3)
""" % context.default_program().encode()
    stick = start.usb_stick({
        context.default_program(): samples.read(context.loader), "wimboot.lua": script, "text": b"some text",
        "images/boot wim": wim})

    def arguments(machine):
        start.fat_image(machine.path("disk"), {"images/x": b"of another volume"}, "DEPLOY-1")
        return stick(machine) + ["-drive", "if=virtio,format=raw,file=" + machine.path("disk")]
    report = context.run("efi", arguments)
    report.check()
    assert "\\Sources\\boot.wim" in report.files


@test
def fetch_nothing_beside_pxe(context):
    """PXE from a server that has the loader alone."""
    with context.machine("efi", pxe(context, {})) as guest:
        guest.wait(PROMPT)
        console = re.sub(r"\s+", " ", guest.console())
    assert "neither a wimboot.lua nor a boot.wim beside tftp://10.0.2.2/boot/wimboot.efi" in console, console
    assert "initrd" not in console, console


@test
def fetch_nothing_beside(context):
    """HTTP Boot from a server that has the loader alone: the message is not about iPXE."""
    with open(context.loader, "rb") as loader, web.Server({"wimboot.efi": loader.read()}) as server:
        with context.machine("efi", start.http_boot(server.url("wimboot.efi"))) as guest:
            guest.wait(PROMPT)
            console = re.sub(r"\s+", " ", guest.console())
    assert "neither a wimboot.lua nor a boot.wim beside http://10.0.2.2" in console, console
    assert "initrd" not in console, console
