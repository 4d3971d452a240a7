# SPDX-License-Identifier: BSD-2-Clause
# Is adding a folder all that a plugin takes? A stub of each kind is added to a copy of the tree, which
# starts with what is built here.
#
#   make plugin-test      tests of the ways to add a plugin
.PHONY: plugin-test
plugin-test: all $(PREVIEW) $$(asan_TEST_OBJECTS) $(BUILD)/asan/tests/wim/builder.o
	BUILD=$(BUILD) tests/run_python.py tests/plugins/test_stubs.py
