# SPDX-License-Identifier: BSD-2-Clause
"""The tasks of docs/tasks.md, and the files that they need besides those of other tests."""

import html
import os
import re

import samples

PAGE = os.path.join(samples.ROOT, "docs", "tasks.md")
COMMON = """\
-- What all scripts of a site have in common.
local site = { share = "\\\\\\\\files\\\\images" }

function on.wim(w)
    w:inject("/common.txt", site.share)
end

return site
"""


def inventory():
    """A table of 3,000 machines; the MAC address is not in the notation of boot.mac."""
    lines = ["Name;MAC;Image"]
    for number in range(3000):
        mac = "52-54-00-12-34-56" if number == 1715 else "00-15-5D-00-%02X-%02X" % divmod(number, 256)
        lines.append("PC-%04d;%s;%d" % (number, mac, number % 3 + 1))
    return "\r\n".join(lines) + "\r\n"


FILES = {
    "common.lua": COMMON,
    "inventory.csv": inventory(),
    "answers.xml": "<unattend><ComputerName>${name}</ComputerName></unattend>\n",
}


class Task:
    """One of them: its heading, its script, and the comments in front of it by their words."""

    def __init__(self, title, script, comments):
        self.title, self.script = title, script
        self.wanted = {word: [text for found, text in comments if found == word]
                       for word in ("Preview", "Prints", "Disk", "Fails", "Guest")}


def read():
    """All tasks of the page, by their headings."""
    page = samples.read(PAGE).decode()
    tasks = {}
    for title, part in re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", page, re.M | re.S):
        comments = re.findall(r"^<!-- (Preview|Prints|Disk|Fails|Guest): (.*) -->$", part, re.M)
        script = re.search(r"^```lua\n(.*?)^```$", part, re.M | re.S)[1]
        tasks[title] = Task(title, script, [(word, html.unescape(text)) for word, text in comments])
    return tasks
