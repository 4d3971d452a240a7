# SPDX-License-Identifier: BSD-2-Clause
"""An HTTP server on 127.0.0.1 for guests, which reach it as 10.0.2.2."""

import http.server
import socket
import struct
import threading
import urllib.parse


def cut(handler, body):
    """End the connection in the middle of a body."""
    handler.wfile.write(body[:len(body) // 2])


def reset(handler, body):
    """The same, but with a reset."""
    handler.wfile.write(body[:len(body) // 2])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


class Server:
    """Serves a dict of path to bytes; `faults` is a dict of path to a function that sends the body
    in its own way. Use it in a `with` statement."""

    def __init__(self, files, faults=None):
        self.files = files
        self.faults = faults or {}
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Answers GET and HEAD from the dict."""

            def answer(self):
                """Send the headers; the body, or None."""
                path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/")
                outer.requests.append(path)
                body = outer.files.get(path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                return body or b""

            def do_GET(self):  # pylint: disable=invalid-name
                """A download."""
                body = self.answer()
                fault = outer.faults.get(urllib.parse.unquote(self.path).lstrip("/"))
                if fault:
                    fault(self, body)
                    self.close_connection = True
                else:
                    self.wfile.write(body)

            def do_HEAD(self):  # pylint: disable=invalid-name
                """A question about a file's size."""
                self.answer()

            def log_message(self, *_):  # pylint: disable=arguments-differ
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def url(self, path):
        """The address of a file as a guest sees it."""
        port = self.server.server_address[1]
        return "http://10.0.2.2:%d/%s" % (port, urllib.parse.quote(path))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.server.shutdown()
        self.server.server_close()
