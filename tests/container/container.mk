# SPDX-License-Identifier: BSD-2-Clause
# Images of discs for the tests of containers, made once.
CONTAINER_SAMPLES := $(BUILD)/test-container/ready
$(CONTAINER_SAMPLES): $(wildcard tests/container/*.sh tests/container/*.py)
	$(call quiet,SAMPLES) tests/container/make_samples.sh $(@D) > /dev/null
FILES_tests/unit/test_container := $(CONTAINER_SAMPLES)
