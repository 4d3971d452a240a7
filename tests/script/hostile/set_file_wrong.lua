-- expect: set_file_wrong.lua:3: files["a.txt"] = a number: a file, a string or nil is expected
-- SPDX-License-Identifier: BSD-2-Clause
files["a.txt"] = 3
