# SPDX-License-Identifier: BSD-2-Clause
# Signed programs for the tests of verdicts, made once.
TRUST_SAMPLES := $(BUILD)/test-trust/ready
$(TRUST_SAMPLES): tests/trust/make_samples.sh
	$(call quiet,SAMPLES) tests/trust/make_samples.sh $(@D) > /dev/null
$(foreach t,test_trust test_verdict,$(eval FILES_tests/unit/$(t) += $(TRUST_SAMPLES)))
