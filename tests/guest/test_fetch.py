# SPDX-License-Identifier: BSD-2-Clause
"""Scripts that fetch: through iPXE, from a server that has its moods."""

import hashlib

import samples
import start
import web
from harness import test

# What boots is the WIM that the script fetched: iPXE was given the script alone.
SCRIPT = """
local sum = "%(sum)s"
assert(fetch { "%(none)s", optional = true } == nil)
local found, reason = pcall(fetch, "%(none)s")
assert(not found and reason:find("the server has no such file", 1, true), reason)
files["boot.wim"] = fetch { "%(wim)s", sha256 = sum }
print("fetched " .. files["boot.wim"]:hash("sha256"))
"""


def run(context, served, script, faults=None):
    """Boot by iPXE with `script` alone given, which may name the server's files as %(name)s."""
    with web.Server(dict(served), faults) as server:
        with open(context.loader, "rb") as loader:
            server.files["wimboot"] = loader.read()
        urls = {name.split(".")[0]: server.url(name) for name in [*served, "none"]}
        server.files["wimboot.lua"] = (script % urls).encode()
        server.files["boot.ipxe"] = start.ipxe_script(server, ["wimboot.lua"])
        report = context.run("efi", start.network(server.url("boot.ipxe")))
        report.requests = server.requests
        return report


@test
def fetch_ipxe(context):
    """One WIM of three is downloaded, checked while it comes, and boots byte for byte."""
    wim = samples.wim(context.build)
    served = {"boot.wim": wim, "other.wim": wim, "third.wim": wim}
    script = SCRIPT.replace("%(wim)s", "%(boot)s").replace("%(sum)s", hashlib.sha256(wim).hexdigest())
    report = run(context, served, script)
    report.check()
    assert "fetched " + hashlib.sha256(wim).hexdigest() in report.console
    assert ", by iPXE" in report.console
    assert "\\Sources\\boot.wim" in report.files
    assert report.requests.count("boot.wim") == 1
    assert "other.wim" not in report.requests and "third.wim" not in report.requests


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
