# Tests of the scripts: what they find is made once.
SCRIPT_SAMPLES := $(BUILD)/test-script/ready
$(SCRIPT_SAMPLES): tests/script/make_samples.sh
	$(call quiet,SAMPLES) tests/script/make_samples.sh $(@D)

SCRIPT_TESTS := test_lua_scripts
$(SCRIPT_TESTS:%=$(BUILD)/asan/tests/unit/%): | $(SCRIPT_SAMPLES)
