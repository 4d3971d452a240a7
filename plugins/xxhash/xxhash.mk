# SPDX-License-Identifier: BSD-2-Clause

# xxHash is one header of the package libxxhash-dev, compiled into the plugin; copied to where code that
# sees no system headers finds it.
FLAGS_plugins/xxhash/xxhash := -isystem $(BUILD)/xxhash
$(VARIANTS:%=$(BUILD)/%/plugins/xxhash/xxhash.o): | $(BUILD)/xxhash/xxhash.h
$(BUILD)/xxhash/xxhash.h: | $(BUILD)/.need-build
	@mkdir -p $(@D)
	@cp /usr/include/xxhash.h $@
