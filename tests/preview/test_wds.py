#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The module wds in the preview, against a deployment server that is played."""
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_preview import Case, samples  # noqa: E402  pylint: disable=wrong-import-position
import datagrams  # noqa: E402  pylint: disable=wrong-import-position
import wds_server  # noqa: E402  pylint: disable=wrong-import-position
from wds_server import Conversation, pending  # noqa: E402  pylint: disable=wrong-import-position

MACHINE = ("--mac", "52:54:00:12:34:56", "--smbios", "uuid=00112233-4455-6677-8899-aabbccddeeff")
DONE = {"file": b"\\Boot\\x64\\wdsmgfw.efi", "bcd": b"\\Tmp\\x64.bcd"}


class Asking(Case):
    """wds.ask, by real datagrams."""

    def ask(self, *answers, script="", status=0, keys=""):
        """Ask; returns what was printed, and keeps the conversation."""
        self.conversation = Conversation(*answers)
        with datagrams.Server(self.conversation) as server:
            ask = 'require("wds").ask { server = "127.0.0.1", port = %d, local_port = %d }' % (
                server.port, self.free_port())
            self.write("wimboot.lua", "local answer = %s\n%s" % (ask, script))
            result = self.run_preview(*MACHINE, "--keys", keys, "boot.wim", "wimboot.lua", status=status)
        return result.err if status else result.out

    @staticmethod
    def free_port():
        """A port that nothing uses."""
        with datagrams.Server(None) as server:
            return server.port

    def test_what_is_asked(self):
        self.ask(DONE, script='assert(answer.file == "\\\\Boot\\\\x64\\\\wdsmgfw.efi" and answer.bcd == '
                 '"\\\\Tmp\\\\x64.bcd" and answer.server == "10.0.2.2" and answer.options[60] == "PXEClient")')
        options, values = self.conversation.options[0], self.conversation.values[0]
        self.assertEqual(options[93], b"\0\7")
        self.assertEqual(options[94], b"\1\3\x10")
        self.assertEqual(options[97].hex(), "00" "33221100" "5544" "7766" "8899aabbccddeeff")
        self.assertEqual(values, {wds_server.PXE_PROMPT_DONE: b"\1", wds_server.NBP_VERSION: b"\x08\0",
                                  wds_server.ARCHITECTURE: b"\0\7", wds_server.ACTION_DONE: b"\0",
                                  wds_server.REQUEST_ID: bytes(4)})
        self.assertEqual(len(self.conversation.values), 1)

    def test_approval(self):
        """The message is shown once, each poll has the request's number, and the decision is what counts."""
        out = self.ask({"values": pending()}, {"values": pending()}, {"values": pending(message=b"soon\nnow")}, DONE,
                       script="print(answer.bcd)")
        self.assertIn("wds: request 17 waits for approval by 127.0.0.1: Ask Alice (Escape gives up)\n"
                      "wds: request 17 waits for approval by 127.0.0.1: soon now (Escape gives up)\n"
                      "\\Tmp\\x64.bcd\n", out)
        numbers = [values[wds_server.REQUEST_ID] for values in self.conversation.values]
        self.assertEqual(numbers, [bytes(4)] + 3 * [b"\0\0\0\x11"])

    def test_decided_but_not_said(self):
        """An answer without a BCD is asked again, as done."""
        decided = {"file": b"x", "values": pending() | {wds_server.ACTION_DONE: b"\1"}}
        self.ask(decided, DONE, script="assert(answer.bcd)")
        self.assertEqual([values[wds_server.ACTION_DONE] for values in self.conversation.values], [b"\0", b"\1"])
        self.ask({"file": b"x"}, script='assert(answer.bcd == nil and answer.file == "x")')
        self.assertEqual(len(self.conversation.values), 2)

    def test_user_gives_up(self):
        self.assertIn("nil\n", self.ask({"values": pending()}, script="print(answer)", keys="x<esc>"))
        self.assertEqual(len(self.conversation.values), 2)
        values = pending() | {wds_server.POLL_INTERVAL: b"\xff" * 4}  # a century: the user can give up all the same
        self.assertIn("nil\n", self.ask({"values": values}, script="print(answer)", keys="<esc>"))

    def test_no_approval(self):
        self.assertIn("wds: 127.0.0.1 did not approve request 17 in time: Ask Alice",
                      self.ask({"values": pending(polls=3)}, status=1))
        self.assertEqual(len(self.conversation.values), 4)

    def test_refusal(self):
        values = {wds_server.NEXT_ACTION: bytes([wds_server.ABORT]), wds_server.MESSAGE: b"Not you"}
        self.assertIn("wds: 127.0.0.1 refuses this machine: Not you", self.ask({"values": values}, status=1))

    def test_referral(self):
        values = {wds_server.NEXT_ACTION: bytes([wds_server.REFERRAL]), wds_server.REFERRAL_SERVER: b"\x7f\0\0\1"}
        self.assertIn("wds: sent on to 127.0.0.1\n", self.ask({"values": values}, DONE))
        self.assertIn("sent this machine on more than 3 times", self.ask({"values": values}, status=1))
        self.assertEqual(len(self.conversation.values), 4)
        values[wds_server.REFERRAL_SERVER] = b"\x7f\0\0"  # none: as if nothing was said
        self.ask({"values": values}, DONE, script="assert(answer.bcd)")

    def test_malformed_answers(self):
        """Another's, another kind, none, cut: the next one counts. What is too short in option 250 is not there."""
        def damaged(damage):
            return lambda request: damage(wds_server.answer(request, **DONE))

        out = self.ask(damaged(lambda data: data[:4] + b"xxxx" + data[8:]),
                       damaged(lambda data: data.replace(b"\x35\1\5", b"\x35\1\6")),
                       damaged(lambda data: data[:239]), DONE, script="print(answer.bcd)")
        self.assertIn("\\Tmp\\x64.bcd\n", out)
        self.assertEqual(len(self.conversation.values), 4)
        for values, check in ((b"", "answer.id == 0"), (b"\2", "answer.id == 0"), (b"\2\1", "answer.id == 0"),
                              (b"\2\0\xff", "answer.id == 0"), (b"\5\xff\1", "answer.id == 1"),
                              (b"\5\5\1\2\3\4\5\xff", "answer.id == 0"), (b"\6\1\0\xff", "not answer.message")):
            self.ask(DONE | {"more": {250: values}}, script="assert(answer.bcd and %s)" % check)

    def test_silence(self):
        """A lost datagram is sent again."""
        self.ask(None, DONE, script="assert(answer.bcd)")
        self.assertEqual(len(self.conversation.values), 2)
        (pathlib.Path(self.folder.name) / "answers").mkdir()
        self.write("wimboot.lua", 'require("wds").ask "10.0.0.1"')
        self.assertIn("wds: 10.0.0.1 does not answer on port 4011", self.run_preview(
            *MACHINE, "--url", "udp://10.0.0.1:4011/=answers", "boot.wim", "wimboot.lua", status=1).err)

    def test_misuse(self):
        for text, reason in (('wds.ask()', "which server?"),
                             ('wds.ask { sever = "10.0.0.1" }', "unknown key 'sever' (known: local_port, port, "),
                             ('wds.ask "server"', "'server' is not the address of a server")):
            self.write("wimboot.lua", 'local wds = require "wds"\n' + text)
            self.assertIn(reason, self.run_preview(*MACHINE, "boot.wim", "wimboot.lua", status=1).err)
        self.write("wimboot.lua", 'require("wds").ask "10.0.0.1"')
        self.assertIn("wds: in BIOS the network is gone", self.run_preview(
            "--firmware", "bios", "boot.wim", "wimboot.lua", status=1).err)
        self.assertIn("the firmware knows", self.run_preview("boot.wim", "wimboot.lua", status=1).err)


class Booting(Case):
    """wds.boot, with answers and files from folders."""

    def boot(self, store, *options, status=0, answer=None, script='print(require("wds").boot("10.0.0.5").file)'):
        """Boot what a server decides, whose BCD is `store`."""
        (pathlib.Path(self.folder.name) / "boot.wim").rename(pathlib.Path(self.folder.name) / "moved.wim")
        request = bytes(4) + bytes.fromhex("00123456") + bytes(20) + bytes.fromhex("525400123456") + bytes(10)
        self.write("answers/1", answer or wds_server.answer(request, **DONE | {"server": "10.0.0.5"}))
        self.write("www/Tmp/x64.bcd", store)
        self.write("www/Boot/boot.wim", (pathlib.Path(self.folder.name) / "moved.wim").read_bytes())
        self.write("www/Boot/boot.sdi", samples.sdi(b"www"))
        self.write("wimboot.lua", script)
        return self.run_preview(*MACHINE, "--url", "udp://10.0.0.5:4011/=answers", "--url", "tftp://10.0.0.5/=www",
                                *options, "wimboot.lua", status=status)

    def test_a_servers_store(self):
        out = self.boot(samples.store("winpe-any")).out
        self.assertIn("\\Boot\\x64\\wdsmgfw.efi\n", out)
        for name in "Tmp/x64.bcd", "Boot/boot.wim", "Boot/boot.sdi":
            self.assertIn("tftp://10.0.0.5/" + name, out)
        self.assertIn("\\Boot\\boot.wim is on the disk (device)", out)

    def test_what_was_given_counts(self):
        """A file with the path that the store names is not fetched."""
        self.write("sdi", samples.sdi(b"given"))
        out = self.boot(samples.store("winpe-any"), "Boot/boot.sdi=sdi").out
        self.assertNotIn("tftp://10.0.0.5/Boot/boot.sdi", out)
        self.assertIn("\\Boot\\boot.sdi is on the disk (ramdisksdipath)", out)

    def test_a_menu(self):
        """Only the entry that the user chooses is fetched, and it boots without another menu."""
        out = self.boot(samples.store("menu"), "--keys", "1").out
        self.assertIn("What should this machine boot?", out)
        self.assertIn("\\Boot\\boot.wim is on the disk (device)", out)
        self.assertNotIn("rescue.wim is", out)

    def test_a_menu_that_waits(self):
        """A boot manager with the greatest of all timeouts waits for the user."""
        store, number = bytearray(samples.store("menu")), struct.pack("<Q", 15)
        self.assertEqual(store.count(number), 1)
        out = self.boot(bytes(store.replace(number, struct.pack("<Q", 0xffffffff))), "--keys", "1").out
        self.assertIn("\\Boot\\boot.wim is on the disk (device)", out)

    def test_what_is_missing(self):
        """The menu's default boots when nobody chooses; its WIM is not on this server."""
        err = self.boot(samples.store("menu"), "--keys", "<enter>", status=1).err
        self.assertIn("tftp://10.0.0.5/Boot/rescue.wim: the server has no such file", err)

    def test_a_script_is_not_fetched(self):
        """A server's BCD can give no file the name of a script, which require() would run."""
        store = samples.store("menu").replace("rescue.wim".encode("utf-16-le"), "rescue.lua".encode("utf-16-le"))
        self.write("www/Boot/rescue.lua", "print('from the server')")
        self.write("www/Boot/rescue.sdi", samples.sdi(b"rescue"))
        result = self.boot(store, "--keys", "<enter>", status=1,
                           script='require("wds").boot("10.0.0.5")\nrequire "rescue"')
        self.assertIn("there is no file rescue.lua", result.err)
        self.assertNotIn("from the server", result.out)

    def test_no_store(self):
        request = bytes(4) + bytes.fromhex("00123456") + bytes(36)
        answer = wds_server.answer(request, file=b"wdsmgfw.efi")
        self.write("answers/2", answer)
        self.assertIn("names no BCD for this machine, only the boot program wdsmgfw.efi",
                      self.boot(b"", status=1, answer=answer).err)


if __name__ == "__main__":
    unittest.main()
