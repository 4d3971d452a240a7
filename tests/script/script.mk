# SPDX-License-Identifier: BSD-2-Clause
# Tests of the scripts: what they find is made once.
#
#   make script-test      the complete scripts and the examples of docs/script.md
SCRIPT_SAMPLES := $(BUILD)/test-script/ready
$(SCRIPT_SAMPLES): tests/script/make_samples.sh tests/data/registry/SYSTEM | $(BUILD)/.need-unit
	$(call quiet,SAMPLES) tests/script/make_samples.sh $(@D)

SCRIPT_TESTS := test_lua_scripts test_failures
$(foreach t,$(SCRIPT_TESTS),$(eval FILES_tests/unit/$(t) += $(SCRIPT_SAMPLES)))

# The complete scripts and the handbook's examples, through the preview tool.
.PHONY: script-test
script-test: $(PREVIEW) $(SCRIPT_SAMPLES)
	BUILD=$(BUILD) tests/run_python.py tests/script/test_examples.py tests/script/test_lists.py

$(BUILD)/fuzz/tests/fuzz/fuzz_lua: | $(SCRIPT_SAMPLES)

# The functions under test are not to be replaced by the compiler's own.
FLAGS_tests/unit/test_libc := -fno-builtin
FLAGS_tests/unit/test_generic_math := -fno-builtin -Itests/unit/libm
