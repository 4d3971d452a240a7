# SPDX-License-Identifier: BSD-2-Clause
"""A network of its own for one guest: a tap device, dnsmasq and a web server, in a network namespace."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from machine import Skipped

CLONE_NEWNET = 0x40000000
SERVER = "192.0.2.1"


def requirements():
    """Skip where this cannot be had."""
    for tool, package in ("dnsmasq", "dnsmasq-base"), ("ip", "iproute2"):
        if shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None:
            raise Skipped("no %s (package %s)" % (tool, package))
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
        raise Skipped("only root can make a network of its own, with /dev/net/tun")


class Network:
    """The servers of a site whose files are in `root`; `settings` are lines for dnsmasq."""

    def __init__(self, root, settings):
        self.folder = tempfile.mkdtemp(prefix="site-")
        path = os.path.join(self.folder, "dnsmasq.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write("port=0\ninterface=tap0\nbind-dynamic\ndhcp-range=192.0.2.50,192.0.2.60,1h\n"
                       "dhcp-leasefile=%s/leases\nuser=root\n" % self.folder + "\n".join(settings) + "\n")
        for words in (["link", "set", "lo", "up"], ["tuntap", "add", "tap0", "mode", "tap"],
                      ["addr", "add", SERVER + "/24", "dev", "tap0"], ["link", "set", "tap0", "up"]):
            subprocess.run(["ip", *words], check=True)
        with open(os.path.join(self.folder, "web.log"), "wb") as log:
            self.processes = [
                subprocess.Popen(["dnsmasq", "--conf-file=" + path, "--keep-in-foreground", "--log-facility=-"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
                subprocess.Popen([sys.executable, "-m", "http.server", "80", "--bind", SERVER, "--directory", root],
                                 stdout=log, stderr=log),
            ]
        time.sleep(1)

    def web_log(self):
        """What the web server was asked for."""
        with open(os.path.join(self.folder, "web.log"), encoding="utf-8") as file:
            return file.read()

    def close(self):
        """End the servers."""
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def in_namespace(root, settings, work):
    """Call `work` with a Network, in a thread that has a network namespace of its own; what it starts is in it,
    too. The namespace goes with the thread."""
    requirements()
    result = []

    def run():
        network = None
        try:
            if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
                raise Skipped("this kernel lets nobody make a network namespace here")
            network = Network(root, settings)
            result.append((work(network), None))
        except BaseException as error:  # pylint: disable=broad-exception-caught
            result.append((None, error))
        finally:
            if network is not None:
                network.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    value, error = result[0]
    if error is not None:
        raise error
    return value
