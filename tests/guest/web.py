# SPDX-License-Identifier: BSD-2-Clause
"""An HTTP server on 127.0.0.1 for guests, which reach it as 10.0.2.2."""

import collections
import http.server
import re
import socket
import ssl
import struct
import threading
import time
import urllib.parse
import zlib


def cut(handler, body):
    """End the connection in the middle of a body."""
    handler.wfile.write(body[:len(body) // 2])


def reset(handler, body):
    """The same, but with a reset."""
    handler.wfile.write(body[:len(body) // 2])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def stall(handler, body):
    """Fall silent in the middle, but keep the connection."""
    handler.wfile.write(body[:len(body) // 2])
    handler.wfile.flush()
    time.sleep(30)


def busy(handler, _):
    """Answer 503; this comes before the headers."""
    handler.send_response(503)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


busy.answers = True


def chunked(handler, body):
    """Send the body in chunks, without saying how long it is."""
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for start in range(0, len(body), 5000):
        piece = body[start:start + 5000]
        handler.wfile.write(b"%x;a=b\r\n%s\r\n" % (len(piece), piece))
    handler.wfile.write(b"0\r\nTrailer: x\r\n\r\n")


chunked.answers = True


def lie(more):
    """Say that the body has so many bytes more than it has."""
    def answer(handler, body):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body) + more))
        handler.end_headers()
        handler.wfile.write(body)
    answer.answers = True
    return answer


def redirect(location):
    """Answer 302; this comes before the headers."""
    def answer(handler, _):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
    answer.answers = True
    return answer


def first(count, fault):
    """A fault that the first `count` requests meet, and no other."""
    met = []

    def answer(handler, body):
        met.append(body)
        if len(met) <= count:
            return fault(handler, body)
        if getattr(fault, "answers", False):
            handler.send_headers(body)
        handler.wfile.write(body)
    answer.answers = getattr(fault, "answers", False)
    return answer


class Server:
    """Serves a dict of path to bytes; `faults` is a dict of path to a function that sends the body
    in its own way, or, if it has an attribute `answers`, the headers too; with `certificate`, a file with
    a certificate and its key, it speaks HTTPS. Use it in a `with` statement."""

    def __init__(self, files, faults=None, certificate=None):
        self.files = files
        self.faults = faults or {}
        self.requests = []
        self.sent = collections.Counter()  # bytes of bodies, by path
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Answers GET and HEAD from the dict."""

            def send_headers(self, body):
                """Say how long the body is; None: there is none. Returns what of it was asked for."""
                asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                status = 404 if body is None else 206 if asked and int(asked[1]) < len(body) else 200
                total, body = len(body or b""), body or b""
                self.send_response(status)
                if status == 206:
                    body = body[int(asked[1]):int(asked[2] or total) + 1]
                    self.send_header("Content-Range", "bytes %s-%d/%d" % (
                        asked[1], int(asked[1]) + len(body) - 1, total))
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", '"%x"' % zlib.crc32(outer.files.get(self.name(), b"")))
                self.end_headers()
                return body

            def name(self):
                """Of the file."""
                return urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/")

            def answer(self, fault=None):
                """Send the headers, unless the fault does; returns the body."""
                outer.requests.append(self.name())
                body = outer.files.get(self.name())
                if not getattr(fault, "answers", False):
                    return self.send_headers(body)
                return body or b""

            def do_GET(self):  # pylint: disable=invalid-name
                """A download."""
                fault = outer.faults.get(urllib.parse.unquote(self.path).lstrip("/"))
                body = self.answer(fault)
                if fault:
                    fault(self, body)
                    self.close_connection = True
                else:
                    self.wfile.write(body)
                    outer.sent[self.name()] += len(body)

            def do_HEAD(self):  # pylint: disable=invalid-name
                """A question about a file's size."""
                self.answer()

            def log_message(self, *_):  # pylint: disable=arguments-differ
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def url(self, path):
        """The address of a file as a guest sees it."""
        port = self.server.server_address[1]
        return "%s://10.0.2.2:%d/%s" % (self.scheme, port, urllib.parse.quote(path))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.server.shutdown()
        self.server.server_close()
