# SPDX-License-Identifier: BSD-2-Clause
"""Lists that are written down more than once agree: the words of the command line, the facts of SMBIOS, what
luacheck knows of the loader's Lua."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def read(path):
    return (ROOT / path).read_text()


def between(text, start, end):
    """The part of a text after `start` and before the next `end`."""
    return text.split(start, 1)[1].split(end, 1)[0]


def words_of_the_loader():
    """The command line words that options.c knows."""
    source = read("loader/options.c")
    flags = re.findall(r'\{"(\w+)", &options\.', source)
    values = re.findall(r'"(\w+)"', between(source, "values[] = {", "}"))
    return set(flags + values)


def smbios_fields():
    """The names of the facts that boot.smbios has."""
    return set(re.findall(r'\{"(\w+)", ', between(read("loader/base/smbios.c"), "smbios_fields[", "};")))


class Lists(unittest.TestCase):
    def test_words(self):
        words = words_of_the_loader()
        self.assertIn("index", words)
        self.assertIn("quiet", words)
        table = re.findall(r"^\| (`.*`) \|", between(read("README.md"), "| word |", "\n\n"), re.MULTILINE)
        self.assertEqual({re.match(r"\w+", word)[0] for word in re.findall(r"`([^`]+)`", " ".join(table))}, words,
                         "README.md")
        completion = between(read("host/completion.bash"), '-W "', '" --').split()
        self.assertEqual({word.split("=")[0] for word in completion}, words, "host/completion.bash")
        manual = between(read("host/wimboot-preview.1"), "loader's command line: ", ", and words for")
        self.assertEqual({re.match(r"\w+", word)[0] for word in manual.split(", ")}, words, "host/wimboot-preview.1")

        handbook = set(re.findall(r"\w+", read("docs/script.md")))
        self.assertEqual(words - handbook, set(), "docs/script.md")

    def test_smbios(self):
        fields = smbios_fields()
        self.assertIn("uuid", fields)
        handbook = between(read("docs/script.md"), "| `boot.smbios` |", ". |")
        self.assertEqual(set(re.findall(r"`(\w+)`", handbook)), fields, "docs/script.md")
        editors = between(read("scripts/meta/wimboot.lua"), "---@class wimboot.smbios", "\n\n")
        self.assertEqual(set(re.findall(r"---@field (\w+)", editors)), fields, "scripts/meta/wimboot.lua")
        dumped = re.findall(r'"(\w+)"', between(read("scripts/boot_dump.lua"), "local facts = {", "}"))
        self.assertEqual(sorted(dumped), sorted(fields), "scripts/boot_dump.lua")
        completion = between(read("host/completion.bash"), '-S = -W "', '" --').split()
        self.assertEqual(set(completion), fields, "host/completion.bash")
        manual = between(read("host/wimboot-preview.1"), "boot.smbios for scripts: ", ".")
        self.assertEqual(set(re.findall(r"\w+", manual)), fields, "host/wimboot-preview.1")

    def test_options_of_the_preview(self):
        """What wimboot-preview takes is in its help, its manual and the completion."""
        options = set(re.findall(r'\{"([\w-]+)", (?:no|required)_argument', read("host/arguments.c")))
        self.assertIn("firmware", options)
        source = read("host/arguments.c")
        completion = re.findall(r"--([\w-]+)", between(read("host/completion.bash"), '-W "--firmware', '" --'))
        self.assertEqual(set(completion) | {"firmware"}, options, "host/completion.bash")
        manual = read("host/wimboot-preview.1").replace("\\-", "-")
        for option in options:
            self.assertRegex(source, rf'"[^"]*--{option}\b', f"--{option} is not in the help")
            self.assertIn(f"--{option}", re.findall(r"--[\w-]+", manual), f"--{option} is not in the manual")

    def test_processors(self):
        """The processor's features and the models of --cpu, wherever they are written down."""
        features = re.findall(r'"(\w+)"\}', between(read("loader/base/processor.c"), "processor_features[", "};"))
        self.assertIn("popcnt", features)
        handbook = between(read("docs/script.md"), "| `boot.processor` |", ". nil")
        self.assertEqual(re.findall(r"`(\w+)`", handbook)[1:], features, "docs/script.md")
        editors = between(read("scripts/meta/wimboot.lua"), "---@class wimboot.processor", "\n\n")
        self.assertEqual(re.findall(r"---@field (\w+) boolean", editors), features, "scripts/meta/wimboot.lua")
        manual = between(read("host/wimboot-preview.1"), "The features: ", ".")
        self.assertEqual(re.findall(r"\w+", manual), features, "host/wimboot-preview.1")
        dump = between(read("scripts/boot_dump.lua"), 'ipairs { "lm"', "}")
        self.assertEqual(["lm", *re.findall(r'"(\w+)"', dump)], features, "scripts/boot_dump.lua")
        models = re.findall(r'\{"([\w-]+)", ', between(read("host/processor_models.c"), "models[] = {", "};"))
        self.assertIn("Nehalem", models)
        completion = between(read("host/completion.bash"), '--cpu)', '" --').split('-W "', 1)[1].split()
        self.assertEqual(completion, models, "host/completion.bash")
        manual = between(read("host/wimboot-preview.1"), "The names: ", ". The features")
        self.assertEqual(re.findall(r"[\w-]+", manual.replace("base (nothing)", "base")), models,
                         "host/wimboot-preview.1")

    def test_codes_of_boot_managers(self):
        """What the loader prints for a code is what the page says."""
        entries = re.findall(r'\{(0x[0-9A-F]{8}),\s*((?:"[^"]*"\s*)+)\}', read("loader/verdict/boot_status.c"))
        table = [(code, "".join(re.findall(r'"([^"]*)"', text))) for code, text in entries]
        self.assertEqual(table, sorted(table))
        self.assertIn("0xC0430001", dict(table))
        page = re.findall(r"^\| (0x[0-9A-F]{8}) \| (.*) \|$", read("docs/troubleshooting.md"), re.MULTILINE)
        self.assertEqual([(code, text.replace("`", "")) for code, text in page], table)
        self.assertEqual(len(table), int(re.search(r"BOOT_STATUS_COUNT = (\d+)",
                                                   read("loader/verdict/boot_status.h"))[1]))


if __name__ == "__main__":
    unittest.main()
