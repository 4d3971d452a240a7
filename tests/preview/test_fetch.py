#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""fetch in the preview: folders stand for servers."""
import ctypes.util
import hashlib
import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_preview import Case, samples  # noqa: E402  pylint: disable=wrong-import-position
import datagrams  # noqa: E402  pylint: disable=wrong-import-position
import web  # noqa: E402  pylint: disable=wrong-import-position

URL = ("--url", "http://server/=www")


class Fetch(Case):
    """A script fetches."""

    def folder_path(self):
        return pathlib.Path(self.folder.name)

    def script(self, text, *words, status=0):
        self.write("wimboot.lua", text)
        return self.run_preview(*URL, *words, "boot.wim", "wimboot.lua", status=status)

    def fails(self, text, reason, *words):
        self.assertIn(reason, self.script(text, *words, status=1).err)

    def test_a_file_is_the_servers(self):
        self.write("www/images/Opti Plex.txt", b"\0fetched")
        out = self.script('local f = fetch("http://server/images/Opti Plex.txt")\n'
                          'assert(f:read() == "\\0fetched" and f.name == "Opti Plex.txt" and #files == 2)\n'
                          'assert(fetch("HTTP://SERVER/images/x/../Opti%20Plex.txt?x"):read() == "\\0fetched")\n').out
        self.assertIn("Fetched by the script\n  http://server/images/Opti%20Plex.txt 8 bytes\n", out)
        self.assertIn("  2 files, 16 bytes\n", out)

    def test_a_fetched_wim_boots(self):
        (self.folder_path() / "boot.wim").rename(self.folder_path() / "moved.wim")
        self.write("www/boot.wim", (self.folder_path() / "moved.wim").read_bytes())
        self.write("wimboot.lua", 'files["boot.wim"] = fetch "boot.wim"')
        report = self.json(*URL, "--boot-url", "http://server/wimboot.efi", "wimboot.lua")
        self.assertTrue(report["boots"])
        self.assertEqual([entry["url"] for entry in report["fetched"]], ["http://server/boot.wim"])
        self.assertEqual(report["fetched"][0]["size"], (self.folder_path() / "moved.wim").stat().st_size)

    def test_volumes(self):
        """A label is a server's name: small and capital letters are the same."""
        self.write("stick/images/x", "of the stick")
        self.write("wimboot.lua", 'assert(fetch("file://deploy-1/images/x"):read() == "of the stick")\n'
                                  'assert(fetch { "file://DEPLOY-1/none", optional = true } == nil)')
        self.run_preview("--url", "file://Deploy-1/=stick", "boot.wim", "wimboot.lua")
        self.write("wimboot.lua", 'fetch "file://deploy-1/none"')
        self.assertIn("there is no such file, or no such volume", self.run_preview(
            "--url", "file://Deploy-1/=stick", "boot.wim", "wimboot.lua", status=1).err)
        self.assertIn("after the server there must be a '/'", self.run_preview(
            "--url", "file://=stick", "boot.wim", status=2).err)

    def test_missing(self):
        self.fails('fetch "http://server/none"', "fetch: http://server/none: the server has no such file")
        self.script('assert(fetch { "http://server/none", optional = true } == nil)')
        self.write("www/folder/x", "")
        self.script('assert(fetch { "http://server/folder", optional = true } == nil)')
        self.script('assert(fetch "http://server/folder/x".size == 0)')

    def test_digests(self):
        self.write("www/x", "abc")
        good = hashlib.sha256(b"abc").hexdigest()
        self.script('assert(fetch { "http://server/x", sha256 = "%s", xxh3 = "78AF5F94892F3950" })' % good)
        self.fails('fetch { "http://server/x", sha256 = "%s" }' % ("0" * 64),
                   "http://server/x: its sha256 is %s, and should be 000000" % good)
        self.fails('fetch { "http://server/x", sha256 = "00" }', "64 hexadecimal digits")
        self.fails('fetch { "http://server/x", sha256 = ("g"):rep(64) }', "64 hexadecimal digits")
        self.fails('fetch { "http://server/x", sha256 = false }', "64 hexadecimal digits")

    def test_misuse(self):
        self.fails("fetch()", "URL or table expected")
        self.fails("fetch {}", "string expected")
        self.fails('fetch { "http://server/x", sha265 = "" }', "unknown field 'sha265'")
        self.fails('fetch { "http://server/x", timeout = 0 }', "timeout is a number of seconds")
        self.fails('fetch { "http://server/x", timeout = 0/0 }', "timeout is a number of seconds")
        self.fails('fetch "http://server/"', "names no file")
        self.fails('fetch "http://user:secret@server/x"', "passwords")
        self.fails('fetch "boot.wim"', "does not start with a scheme")
        self.fails('fetch "http://other/x"', "no --url says")
        self.fails('fetch "http://server/%2e%2e/boot.wim"', "an escaped '..'")
        self.fails('fetch "http://server/x\\0y"', "cannot contain the character")

    def test_too_large(self):
        path = self.folder_path() / "www" / "large"
        path.parent.mkdir()
        with open(path, "wb") as file:
            file.truncate(600 << 20)
        self.fails('fetch "http://server/large"', "it has 629.1 MB, and there is room for 533.4 MB",
                   "--memory", "1G")

    def test_what_was_fetched_adds_up(self):
        """Neither of two files is too large, both are; and memory beyond a script's own is there for them."""
        path = self.folder_path() / "www" / "large"
        path.parent.mkdir()
        with open(path, "wb") as file:
            file.truncate(300 << 20)
        self.fails('assert(fetch "http://server/large".size == 300 << 20) fetch "http://server/large"',
                   "there is room for 218.9 MB", "--memory", "1G")

    def test_a_loop_of_fetches_ends(self):
        self.write("www/x", "x")
        self.fails('while true do fetch "http://server/x" end', "endless loop")

    def large(self, name, size):
        path = self.folder_path() / "www" / name
        path.parent.mkdir(exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"start")
            file.truncate(size)
            file.seek(size - 3)
            file.write(b"end")

    def test_lazy(self):
        """Of a file larger than the machine's memory, what is read comes, and what the disk shows."""
        self.large("large", 6 << 30)
        out = self.script('local f = fetch { "http://server/large", lazy = true }\n'
                          'assert(f.size == 6 << 30 and f:read(0, 5) == "start" and f:read(f.size - 3, 3) == "end")\n'
                          'assert(f:read(1 << 30, 2) == "\\0\\0")\n'
                          'function on.disk(d) d:add("/part", f:slice(3 << 30, 10 << 20)) end', "--memory", "1G").out
        self.assertIn("http://server/large 12.5 MB", out)

    def test_lazy_wim_boots(self):
        wim = (self.folder_path() / "boot.wim").read_bytes()
        self.write("www/boot.wim", wim)
        (self.folder_path() / "boot.wim").unlink()
        self.write("wimboot.lua", 'files["boot.wim"] = fetch { "boot.wim", lazy = true }')
        report = self.json(*URL, "--boot-url", "http://server/wimboot.efi", "wimboot.lua")
        self.assertTrue(report["boots"])

    def test_lazy_digests(self):
        """What was hashed is what boots: all of it comes, once."""
        self.large("x", 3 << 20)
        out = self.script('local f = fetch { "http://server/x", lazy = true }\n'
                          'local sum = f:hash("sha256") assert(f:hash("sha256") == sum and f:read(0, 5) == "start")').out
        self.assertIn("http://server/x 3.6 MB", out)  # a first block, then all
        self.fails('fetch { "http://server/x", lazy = true, sha256 = ("0"):rep(64) }', "cannot be lazy")

    def test_lazy_limits(self):
        self.large("large", 2 << 30)
        self.fails('local f = fetch { "http://server/large", lazy = true }\nfiles["boot.wim"] = f\nf:hash("sha256")',
                   "2.1 GB of it are needed, and there is room for 5", "--memory", "1G")
        self.fails('local f = fetch { "http://server/large", lazy = true }\n'
                   'while true do for i = 0, 20 do f:read(i << 24, 1) end end', "the script read more than")
        self.write("www/empty", "")
        self.script('assert(fetch { "http://server/empty", lazy = true }.size == 0)\n'
                    'assert(fetch { "http://server/none", lazy = true, optional = true } == nil)')
        self.fails('fetch { "http://server/none", lazy = true }', "has no such file")

    def test_none_in_bios(self):
        self.script("assert(fetch == false)", "--firmware", "bios")

    def test_beside(self):
        """Without files, those beside the loader."""
        words = (*URL, "--boot-url", "http://server/a/wimboot.efi")
        wim = (self.folder_path() / "boot.wim").read_bytes()
        err = self.run_preview(*words, status=1).err
        self.assertIn("there is neither a wimboot.lua nor a boot.wim beside http://server/a/wimboot.efi", err)
        self.assertNotIn("initrd", err)
        self.write("www/a/boot.wim", wim)
        self.write("www/a/boot.sdi", b"template")
        self.assertEqual([file["name"] for file in self.json(*words)["files"]], ["boot.wim", "boot.sdi"])
        self.write("www/a/wimboot.lua", "files['boot.wim'] = fetch 'boot.wim' print 'ran'")
        self.assertEqual([file["name"] for file in self.json(*words)["files"]], ["wimboot.lua"])
        report = self.json(*words, "--", "noscript")
        self.assertEqual([file["name"] for file in report["files"]], ["boot.wim", "boot.sdi"])

    def test_words(self):
        """wimboot.cmd and the DHCP server's words; the command line's own count most."""
        words = (*URL, "--machine", "machine.lua")
        self.write("machine.lua", 'return { url = "http://server/a/wimboot.efi", network = { dhcp = { '
                   '[224] = "index=1 site=dhcp from=dhcp\\0" } }, args = "site=line" }')
        self.write("www/a/boot.wim", (self.folder_path() / "boot.wim").read_bytes())
        self.write("www/a/wimboot.cmd", "index=3\r\nsite=file a=b")
        self.write("www/a/wimboot.lua", 'local a = boot.args\nassert(a.site == "line" and a.from == "dhcp" and a.a == "b")\n'
                   'assert(boot.index == 3 and not files["wimboot.cmd"])\nfiles["boot.wim"] = fetch "boot.wim"')
        out = self.run_preview(*words).out
        self.assertIn("command line: index=1 site=dhcp from=dhcp", out)
        self.assertIn("wimboot.cmd: index=3", out)
        self.assertIn("booting image 3", out)
        self.write("wimboot.cmd", "index=2")  # given as a file
        self.assertIn("booting image 2", self.run_preview("boot.wim", "wimboot.cmd").out)
        self.write("www/a/wimboot.cmd", "x" * 5000)
        self.assertIn("wimboot.cmd: more than 4095 bytes", self.run_preview(*words, status=1).err)

    def test_store_of_dhcp(self):
        self.write("machine.lua", 'return { url = "http://server/a/wimboot.efi", network = { dhcp = { '
                   '[252] = "\\\\Boot\\\\x64.bcd\\0" } } }')
        self.write("www/a/boot.wim", (self.folder_path() / "boot.wim").read_bytes())
        self.write("www/a/BCD", b"")
        self.write("www/Boot/x64.bcd", samples.store("winpe-any"))
        report = self.json(*URL, "--machine", "machine.lua")
        self.assertIn("http://server/Boot/x64.bcd", [entry["url"] for entry in report["fetched"]])
        self.assertNotIn("http://server/a/BCD", [entry["url"] for entry in report["fetched"]])

    def test_store_of_dhcp_is_on_a_server(self):
        """A DHCP server names no files of this machine: then the store is the one beside the loader."""
        self.write("www/a/boot.wim", (self.folder_path() / "boot.wim").read_bytes())
        self.write("www/a/BCD", samples.store("winpe-any"))
        self.write("machine.lua", 'return { url = "http://server/a/wimboot.efi", network = { dhcp = { '
                   '[252] = "file:///Boot/x64.bcd\0" } } }')
        report = self.json(*URL, "--machine", "machine.lua")
        self.assertIn("http://server/a/BCD", [entry["url"] for entry in report["fetched"]])
        self.write("machine.lua", 'return { url = "tftp://10.0.0.5/a/wimboot.efi", network = { dhcp = { '
                   '[252] = "file:///Boot/x64.bcd\\0" } } }')
        report = self.json("--url", "tftp://10.0.0.5/=www", "--machine", "machine.lua")
        self.assertIn("tftp://10.0.0.5/a/BCD", [entry["url"] for entry in report["fetched"]])

    def test_advice_fits(self):
        self.write("wimboot.lua", "files['boot.wim'] = nil")
        for words, advice in ((), "initrd --name boot.wim"), (
                ("--boot-url", "http://server/x"), 'files["boot.wim"] = fetch "boot.wim"'):
            result = self.run_preview(*words, "boot.wim", "wimboot.lua", status=1)
            self.assertIn(advice, result.out + result.err)

    def test_network(self):
        self.script("assert(boot.network == nil)")
        self.write("machine.lua", 'return { network = { address = "10.0.0.7", mask = "255.255.255.0",\n'
                   'gateway = "10.0.0.1", dns = { "10.0.0.2", "10.0.0.3" }, server = "10.0.0.4", hostname = "pc7",\n'
                   'dhcp = { [252] = "\\\\Boot\\\\x64.bcd\\0", [43] = "%s" } } }' % ("x" * 600))
        check = ('local n = boot.network\nassert(n.address == "10.0.0.7" and n.mask == "255.255.255.0")\n'
                 'assert(n.gateway == "10.0.0.1" and n.server == "10.0.0.4" and n.hostname == "pc7")\n'
                 'assert(#n.dns == 2 and n.dns[2] == "10.0.0.3" and n.dhcp[252] == "\\\\Boot\\\\x64.bcd\\0")\n'
                 'assert(n.dhcp[43] == ("x"):rep(600) and n.dhcp[1] == "\\255\\255\\255\\0" and not n.dhcp[2])\n')
        out = self.script(check + "print(boot:dump())", "--machine", "machine.lua").out
        self.write("machine.lua", out[out.index("return {"):out.index("\n}\n") + 3])
        self.script(check, "--machine", "machine.lua")
        for bad in ('{ address = "10.0.0" }', '{ dns = { 1 } }', "{ dhcp = { [255] = 'x' } }", '"x"',
                    "{ dhcp = { [43] = '%s' } }" % ("x" * 9000)):
            self.write("machine.lua", "return { network = %s }" % bad)
            self.script("", "--machine", "machine.lua", status=2)

    def test_boot_url(self):
        self.script('assert(boot.url == nil)')
        self.script('assert(boot.url == "tftp://h/x")', "--boot-url", "tftp://h/x")
        out = self.script('print(boot:dump())', "--boot-url", "tftp://h/x").out
        self.write("machine.lua", out[out.index("return {"):out.index("\n}\n") + 3])
        self.script('assert(boot.url == "tftp://h/x")', "--machine", "machine.lua")


@unittest.skipUnless(ctypes.util.find_library("curl") or ctypes.util.find_library("curl-gnutls"),
                     "no libcurl (package libcurl4 or libcurl3-gnutls)")
class Servers(Case):
    """Without --url, the preview asks the server itself."""

    def boot(self, files, faults=None, script=None, status=0):
        """Preview the loader of a server that has `files`; returns the server and the preview's result."""
        if script is not None:
            files["wimboot.lua"] = script.encode()
        with web.Server(files, faults) as server:
            url = "http://127.0.0.1:%d/" % server.server.server_address[1]
            return server, self.run_preview("--boot-url", url + "wimboot.efi", status=status)

    def wim(self):
        return (pathlib.Path(self.folder.name) / "boot.wim").read_bytes()

    def test_beside(self):
        server, result = self.boot({"boot.wim": self.wim()})
        self.assertIn("by libcurl", result.out)
        self.assertEqual(server.requests.count("boot.wim"), 1)

    def test_moods(self):
        text = b"0123456789" * 2000
        server, _ = self.boot(
            {"boot.wim": self.wim(), "chunked": text, "busy": text, "moved": b"", "loop": b"", "empty": b""},
            {"chunked": web.chunked, "busy": web.first(1, web.busy), "moved": web.redirect("/chunked"),
             "boot.wim": web.first(1, web.reset), "loop": web.redirect("/loop")},
            'for _, name in ipairs { "chunked", "busy", "moved" } do assert(fetch(name).size == 20000) end\n'
            'assert(fetch { "none", optional = true } == nil and fetch("empty").size == 0)\n'
            'assert(not pcall(fetch, "loop"))\nfiles["boot.wim"] = fetch "boot.wim"')
        self.assertEqual(server.requests.count("busy"), 2)

    def test_lazy(self):
        large = self.wim() + bytes(8 << 20)
        server, _ = self.boot({"a.wim": large, "b.wim": large}, None,
                              'for _, name in ipairs { "a.wim", "b.wim" } do\n'
                              'local f = fetch { name, lazy = true } assert(#wim.open(f).images == 3)\n'
                              'if name == "b.wim" then files["boot.wim"] = f end end')
        self.assertLess(server.sent["a.wim"], 3 << 20)
        self.assertLess(server.sent["b.wim"], len(large) + (4 << 20))

    def test_no_server(self):
        self.assertIn("libcurl: ", self.run_preview("--boot-url", "http://127.0.0.1:9/x.efi", status=1).err)


class Datagrams(Case):
    """net.udp, to real servers and to folders that stand for them."""

    def script(self, text, *words, status=0):
        self.write("wimboot.lua", text)
        return self.run_preview(*words, "boot.wim", "wimboot.lua", status=status)

    def test_a_real_server(self):
        with datagrams.Server(lambda data: {b"a": [bytes(1473), b"A"], b"b": bytes(1472)}.get(data)) as server:
            self.script('assert(net.udp("127.0.0.1", %(port)d, "a") == "A")\n'
                        'assert(net.udp("127.0.0.1", %(port)d, "b", 60) == ("\\0"):rep(1472))\n'
                        'assert(net.udp("127.0.0.1", %(port)d, "c", 0.1) == nil)\n'
                        'assert(net.udp("127.0.0.1", %(port)d, ("x"):rep(1472), 0.1) == nil)\n' % {"port": server.port})
            self.assertEqual(server.received, [b"a", b"b", b"c", b"x" * 1472])

    def test_the_local_port(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            with datagrams.Server(lambda data: data) as server:
                text = 'assert(net.udp("127.0.0.1", %d, "a", 5, %d) == "a")' % (server.port, port)
                self.assertIn("net.udp: by the preview: port %d: " % port, self.script(text, status=1).err)
                free.close()
                self.script(text)

    def test_played_answers(self):
        self.write("answers/1", b"one")
        self.write("answers/3", bytes(2000))
        out = self.script('local say = function() return net.udp("10.0.0.1", 4011, "x") end\n'
                          'print(say() .. ", " .. tostring(say()) .. ", " .. #say())\n'
                          'print(select(2, pcall(net.udp, "10.0.0.2", 4011, "x")))\n',
                          "--url", "udp://10.0.0.1:4011/=answers").out
        self.assertIn("one, nil, 1472\n", out)
        self.assertIn("no --url says where answers of udp://10.0.0.2:4011/4 are", out)

    def test_misuse(self):
        for arguments, reason in (
                ('"server", 1, "x"', "'server' is not the address of a server"),
                ('"255.255.255.255", 1, "x"', "is not the address of one machine"),
                ('"224.0.0.1", 1, "x"', "is not the address of one machine"),
                ('"0.0.0.0", 1, "x"', "is not the address of one machine"),
                ('"127.0.0.1\\0", 1, "x"', "cannot contain the character"),
                ('"127.0.0.1", 0, "x"', "0 is not between 1 and 65535"),
                ('"127.0.0.1", 65536, "x"', "65536 is not between 1 and 65535"),
                ('"127.0.0.1", 1', "string expected"),
                ('"127.0.0.1", 1, ("x"):rep(1473)', "at most 1472 bytes"),
                ('"127.0.0.1", 1, "x", 0', "timeout is a number of seconds, at most 60"),
                ('"127.0.0.1", 1, "x", 61', "timeout is a number of seconds, at most 60"),
                ('"127.0.0.1", 1, "x", 0/0', "timeout is a number of seconds, at most 60"),
                ('"127.0.0.1", 1, "x", 1, 0', "0 is not between 1 and 65535")):
            self.assertIn(reason, self.script("net.udp(%s)" % arguments, status=1).err)
        self.assertIn("endless loop", self.script('while true do pcall(net.udp, "server", 1, "x") end', status=1).err)

    def test_bios(self):
        self.assertIn("false\n", self.script("print(net)", "--firmware", "bios").out)


if __name__ == "__main__":
    unittest.main()
