# SPDX-License-Identifier: BSD-2-Clause
"""The module wds: a deployment server, played, decides what a machine boots that came by PXE."""

import os
import re

import datagrams
import samples
import start
import wds_server
import web
from harness import test, uefi
from machine import ARM64

HANDBOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "script.md")


def handbook_script():
    """The script of the handbook that boots what a server says."""
    with open(HANDBOOK, encoding="utf-8") as file:
        block = re.search(r"\n\n((?:    [^\n]*\n)+)", file.read().split("\n## wds\n")[1])
    return re.sub(r"^    ", "", block[1], flags=re.M)


def served(context, start_from):
    """Boot by the handbook's script: approved after two polls, the server's own BCD, SDI and WIM come by TFTP. `start_from`
    makes arguments of the script and of what the server has."""
    wim, store, sdi = samples.wim(context.build), samples.store("winpe-any"), samples.sdi(b"the server's")
    conversation = wds_server.Conversation(
        {"values": wds_server.pending()}, {"values": wds_server.pending()},
        {"file": b"boot\\x64\\wdsmgfw.efi", "bcd": b"\\Tmp\\x64{1}.bcd"})
    with datagrams.Server(conversation) as server:
        script = handbook_script()
        assert script.count('"10.0.0.5"') == 1, script
        script = script.replace('"10.0.0.5"', '{ server = "10.0.2.2", port = %d }' % server.port)
        report = context.run("efi", start_from(script.encode(), {
            "Tmp/x64{1}.bcd": store, "Boot/boot.sdi": sdi, "Boot/boot.wim": wim}))
    report.check()
    report.check_file("\\Boot\\boot.wim", wim)
    report.check_file("\\Boot\\boot.sdi", sdi)
    assert "request 17 waits for approval by 10.0.2.2: Ask Alice" in report.console
    assert len(conversation.values) >= 3  # a slow machine asks again
    assert conversation.options[0][93] == bytes([0, 11 if context.architecture == ARM64 else 7])


@uefi
def wds_boots(context):
    """The firmware's PXE starts the loader, and brings the datagrams and files."""
    served(context, lambda script, files: start.pxe(
        files | {"wimboot.efi": samples.read(context.loader), "wimboot.lua": script}, "wimboot.efi"))


@test
def wds_ipxe(context):
    """iPXE does."""
    with web.Server({"wimboot": samples.read(context.loader)}) as server:
        def start_from(script, files):
            server.files["wimboot.lua"] = script
            server.files["boot.ipxe"] = start.ipxe_script(server, ["wimboot.lua"])
            return start.network(server.url("boot.ipxe"), tftp=files)
        served(context, start_from)
