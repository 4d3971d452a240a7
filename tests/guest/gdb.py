# SPDX-License-Identifier: BSD-2-Clause
"""A little of GDB's remote protocol: stop a guest at an address and read its time stamp counter."""

import socket
import time

RAX, RDX, RIP = 0, 3, 16
RDTSC = "0f31"


class Stub:
    """The connection to QEMU's GDB stub at a Unix socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(100):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.1)
        self.stream = self.socket.makefile("rb")
        # QEMU reads and writes single registers only for who knows what they are.
        self.ask("qXfer:features:read:target.xml:0,1000")

    def send(self, command):
        """Send a packet."""
        data = command.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xff))

    def receive(self):
        """Wait for a packet."""
        while (byte := self.stream.read(1)) != b"$":
            if not byte:
                raise EOFError("the guest ended before it came to the address")
        packet = bytearray()
        while (byte := self.stream.read(1)) != b"#":
            packet += byte
        self.stream.read(2)
        self.socket.sendall(b"+")
        return packet.decode()

    def ask(self, command):
        """Send a packet and return the answer."""
        self.send(command)
        return self.receive()

    def register(self, number):
        """A register's value."""
        return int.from_bytes(bytes.fromhex(self.ask("p%x" % number)), "little")

    def set_register(self, number, value):
        """Change a register."""
        assert self.ask("P%x=%s" % (number, value.to_bytes(8, "little").hex())) == "OK"

    def run_to(self, address):
        """Go on until the instruction at this linear address is next."""
        assert self.ask("Z1,%x,1" % address) == "OK"
        self.ask("c")
        assert self.ask("z1,%x,1" % address) == "OK"

    def time_stamp(self, address):
        """The time stamp counter, read by the guest itself: RDTSC takes the place of the next
        instruction, which is at linear `address`, for one step."""
        saved = [(number, self.register(number)) for number in (RAX, RDX, RIP)]
        code = self.ask("m%x,2" % address)
        assert self.ask("M%x,2:%s" % (address, RDTSC)) == "OK"
        self.ask("s")
        low, high = self.register(RAX), self.register(RDX)
        assert self.ask("M%x,2:%s" % (address, code)) == "OK"
        for number, value in saved:
            self.set_register(number, value)
        return (high & 0xffffffff) << 32 | low & 0xffffffff

    def detach(self):
        """Let the guest run without us."""
        self.ask("D")
        self.socket.close()
