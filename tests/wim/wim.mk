# SPDX-License-Identifier: BSD-2-Clause
# Tests of the WIM engine use libwim to make WIMs and as the judge of what the engine made.
WIM_TESTS := test_wim_read test_wim_unusual test_wim_damaged test_wim_added test_wim_patch test_wim_plans \
             test_wim_names test_wim_oracle test_wim_slim test_failures test_wim_verify
$(foreach t,$(WIM_TESTS),$(eval LIBS_tests/unit/$(t) += -lwim))
$(foreach t,$(WIM_TESTS),$(eval PARTS_tests/unit/$(t) := tests/wim/samples tests/wim/builder))
$(foreach t,test_wim_patch test_wim_plans test_wim_slim,$(eval PARTS_tests/unit/$(t) += tests/wim/model))

# The benchmark counts what the core allocates.
LIBS_tests/bench/bench_wim := -lwim -Wl,--wrap=platform_allocate,--wrap=platform_free
