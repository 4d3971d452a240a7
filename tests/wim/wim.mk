# SPDX-License-Identifier: BSD-2-Clause
# Tests of the WIM engine use libwim to make WIMs and as the judge of what the engine made.
WIM_TESTS := test_wim_read test_wim_unusual test_wim_damaged test_wim_added test_wim_patch test_wim_plans \
             test_wim_names test_wim_oracle test_wim_slim test_failures test_wim_verify
$(WIM_TESTS:%=$(BUILD)/asan/tests/unit/%): $(BUILD)/asan/tests/wim/samples.o $(BUILD)/asan/tests/wim/builder.o
$(BUILD)/asan/tests/unit/test_wim_patch $(BUILD)/asan/tests/unit/test_wim_plans \
$(BUILD)/asan/tests/unit/test_wim_slim: $(BUILD)/asan/tests/wim/model.o
$(foreach t,$(WIM_TESTS),$(eval LIBS_tests/unit/$(t) += -lwim))

# The benchmark counts what the core allocates.
LIBS_tests/bench/bench_wim := -lwim -Wl,--wrap=platform_allocate,--wrap=platform_free
