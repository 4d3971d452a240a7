# SPDX-License-Identifier: BSD-2-Clause
"""What a site with IPv6 tells a guest on tap0: routers' advertisements, and DHCPv6 (RFC 8415) with a boot file."""

import socket
import struct
import subprocess
import threading
import time

SERVER, CLIENT, PREFIX = "fd00::1", "fd00::56", "fd00::"
SOLICIT, ADVERTISE, REPLY = 1, 2, 7
CLIENT_ID, SERVER_ID, IA_NA, IA_ADDRESS, PREFERENCE, VENDOR_CLASS, BOOT_FILE = 1, 2, 3, 5, 7, 16, 59
ENTERPRISE = 343  # Intel's: HTTP Boot's


def packed(address):
    """An address as bytes."""
    return socket.inet_pton(socket.AF_INET6, address)


def option(code, data):
    """An option of DHCPv6."""
    return struct.pack(">HH", code, len(data)) + data


def read_options(data):
    """The options of a message, as a dict."""
    result, at = {}, 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(">HH", data, at)
        result[code] = data[at + 4:at + 4 + length]
        at += 4 + length
    return result


def answer(message, url):
    """What a client is told: one address, and what it boots. dnsmasq cannot send the vendor class."""
    asked = read_options(message[4:])
    body = option(CLIENT_ID, asked[CLIENT_ID]) + option(SERVER_ID, b"\0\3\0\1\2\0\0\0\0\1")
    if IA_NA in asked:
        address = packed(CLIENT) + struct.pack(">II", 3600, 3600)
        body += option(IA_NA, asked[IA_NA][:4] + struct.pack(">II", 1800, 3150) + option(IA_ADDRESS, address))
    body += option(PREFERENCE, b"\xff") + option(BOOT_FILE, url.encode())
    if url.startswith("http"):
        body += option(VENDOR_CLASS, struct.pack(">IH", ENTERPRISE, 10) + b"HTTPClient")
    return bytes([ADVERTISE if message[0] == SOLICIT else REPLY]) + message[1:4] + body


def serve_dhcp(listener, url):
    """Answer until the socket is closed."""
    while True:
        try:
            message, client = listener.recvfrom(2000)
        except TimeoutError:
            continue
        except OSError:
            return
        listener.sendto(answer(message, url), client)


def advertise(sender, interface):
    """Say every two seconds that the prefix is on the link, until the socket is closed. Neither of its flags sends
    the firmware to DHCPv6: that is HTTP Boot's to do."""
    prefix = struct.pack(">BBBBIII16s", 3, 4, 64, 0x80, 86400, 14400, 0, packed(PREFIX))
    while True:
        try:
            sender.sendto(struct.pack(">BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix, ("ff02::1", 0, 0, interface))
        except OSError:
            return
        time.sleep(2)


class Site:
    """For a guest on tap0, in the namespace of this thread: the address SERVER, and a boot from `url`, by HTTP or TFTP."""

    def __init__(self, url):
        subprocess.run(["ip", "addr", "add", SERVER + "/64", "dev", "tap0", "nodad"], check=True)
        interface = socket.if_nametoindex("tap0")
        listener = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        listener.settimeout(1)
        listener.bind(("::", 547))
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                            packed("ff02::1:2") + struct.pack("@I", interface))
        sender = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        self.sockets = [listener, sender]
        for target, arguments in (serve_dhcp, (listener, url)), (advertise, (sender, interface)):
            threading.Thread(target=target, args=arguments, daemon=True).start()

    def close(self):
        """End it."""
        for end in self.sockets:
            end.close()
