# SPDX-License-Identifier: BSD-2-Clause
"""A Windows deployment server, played: what it answers on port 4011 (docs/script.md says what is known of that)."""

import struct

COOKIE = b"\x63\x82\x53\x63"
# In option 250, as WDSBP_OPT_... in wdsbp.h of the Windows SDK.
ARCHITECTURE, NEXT_ACTION, POLL_INTERVAL, POLL_RETRY_COUNT, REQUEST_ID, MESSAGE = 1, 2, 3, 4, 5, 6
REFERRAL_SERVER, PXE_PROMPT_DONE, NBP_VERSION, ACTION_DONE = 9, 12, 13, 14
APPROVAL, REFERRAL, ABORT = 1, 3, 5


def read_values(data):
    """Codes and values until code 255, as a dict."""
    result, at = {}, 0
    while at + 1 < len(data) and data[at] != 255:
        result[data[at]] = data[at + 2:at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    return result


def write_values(values):
    """The other way; no code 255."""
    return b"".join(bytes([code, len(value)]) + value for code, value in values.items())


def read_request(data):
    """A client's request: its options and, in option 250, what is for this server."""
    assert data[0] == 1 and data[236:240] == COOKIE, data
    options = read_values(data[240:])
    assert options[53] == b"\x03" and options[60].startswith(b"PXEClient"), options
    assert data[-1] == 255 and options[250][-1] == 255
    return options, read_values(options[250])


def answer(request, values=None, file=b"", bcd=None, server="10.0.2.2", more=None):
    """The answer to a request: `values` of option 250, a boot file, the path of a BCD, further options."""
    address = bytes(int(part) for part in server.split("."))
    header = struct.pack(">4B4sI4s4s4s4s16s64s128s", 2, 1, 6, 0, request[4:8], 0, request[12:16], bytes(4), address,
                         bytes(4), request[28:44], b"", file)
    options = {53: b"\x05", 54: address, 60: b"PXEClient"} | (more or {})
    if values:
        options[250] = write_values(values) + b"\xff"
    if bcd:
        options[252] = bcd + b"\0"
    return header + COOKIE + write_values(options) + b"\xff"


def pending(number=17, message=b"Ask Alice", interval=1, polls=0):
    """The values of an answer that a request waits for approval."""
    return {NEXT_ACTION: bytes([APPROVAL]), ACTION_DONE: b"\0", REQUEST_ID: struct.pack(">I", number),
            POLL_INTERVAL: struct.pack(">H", interval), POLL_RETRY_COUNT: struct.pack(">H", polls), MESSAGE: message}


class Conversation:
    """Answers requests with `answers`, one after the other, the last again and again: each is a dict of the arguments
    of answer(), or a function of the request, or None for silence."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.values = []  # what requests had in option 250
        self.options = []  # all of their options

    def __call__(self, request):
        options, values = read_request(request)
        self.options.append(options)
        self.values.append(values)
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return now(request) if callable(now) else now and answer(request, **now)
