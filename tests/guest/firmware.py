# SPDX-License-Identifier: BSD-2-Clause
"""Firmware, shim and iPXE that are newer than what this machine has installed."""

import os
import subprocess
import threading

from machine import Skipped

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FETCHING = threading.Lock()


def newer(build, path, package, release="trixie"):
    """A file of a package of Debian 13 or of another release, which is fetched into the build's folder if it is not
    there."""
    folder = os.path.join(build, "firmware")
    with FETCHING:
        result = subprocess.run([os.path.join(ROOT, "tools/fetch-firmware.sh"), folder, release, package],
                                capture_output=True, check=False)
    path = os.path.join(folder, release, path)
    if result.returncode or not os.path.exists(path):
        raise Skipped("%s of Debian's %s cannot be had (tools/fetch-firmware.sh)" % (package, release))
    return path
