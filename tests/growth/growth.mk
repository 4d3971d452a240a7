# SPDX-License-Identifier: BSD-2-Clause
# What grows faster than its input: one program, whose instructions callgrind counts.
GROWTH := $(BUILD)/host/tests/growth/growth
$(GROWTH): $(GROWTH).o $(BUILD)/host/tests/wim/builder.o $$(host_TEST_OBJECTS)
	$(call quiet,LD  host) $(host_CC) $(host_FLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread

.PHONY: growth-test
growth-test: $(GROWTH) $(BUILD)/.need-growth
	tests/run_python.py tests/growth/test_growth.py
