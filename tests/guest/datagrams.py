# SPDX-License-Identifier: BSD-2-Clause
"""A server of datagrams on 127.0.0.1 for guests, which reach it as 10.0.2.2."""

import socket
import threading


class Server:
    """Answers each datagram with what `answer`, a function of its bytes, returns: bytes, a list of them, or None.
    Use it in a `with` statement."""

    def __init__(self, answer):
        self.answer = answer
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.received = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        """Until an empty datagram comes."""
        while True:
            data, client = self.socket.recvfrom(65536)
            if not data:
                return
            self.received.append(data)
            answers = self.answer(data) or []
            for answer in [answers] if isinstance(answers, bytes) else answers:
                self.socket.sendto(answer, client)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()
