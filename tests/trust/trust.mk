# SPDX-License-Identifier: BSD-2-Clause
# Signed programs for the tests of verdicts, made once.
TRUST_SAMPLES := $(BUILD)/test-trust/ready
$(TRUST_SAMPLES): tests/trust/make_samples.sh
	$(call quiet,SAMPLES) tests/trust/make_samples.sh $(@D) > /dev/null
$(BUILD)/asan/tests/unit/test_trust $(BUILD)/asan/tests/unit/test_verdict: | $(TRUST_SAMPLES)
