# SPDX-License-Identifier: BSD-2-Clause
# Unit tests as programs for other processors, with the C library and the other libraries of Debian for
# those, which are fetched into BUILD/sysroot.
#
#   make unit-arm64       unit tests as arm64 programs, which qemu-user runs
#   make unit-i386        unit tests as 32-bit programs, which this kernel runs

PROCESSOR_VARIANTS := unit-arm64 unit-i386

unit-arm64_ARCH   := arm64
unit-arm64_TARGET := aarch64-linux-gnu
unit-arm64_RUN    := env EMULATED=1 qemu-aarch64 -L $(BUILD)/sysroot/arm64
unit-i386_ARCH    := i386
unit-i386_TARGET  := i386-linux-gnu
unit-i386_RUN     := $(BUILD)/sysroot/i386/lib/ld-linux.so.2 --library-path $(BUILD)/sysroot/i386/lib/i386-linux-gnu
# C for processors other than x86, which needs arithmetic that is not more exact than a double; and tests beside
# hivex, which needs the C library's modules for character sets in their place in the system.
unit-i386_WITHOUT := $(addprefix tests/unit/test_,generic_math hive hive_damaged registry registry_random)

SYSROOT_PACKAGES  := libc6-dev libgcc-14-dev check libwim-dev libhivex-dev

# Undefined behaviour ends a program at once: there is no sanitizer's library for arm64. gnu-efi's
# macros take the address of a member of nothing, and its arrays that are longer than declared have one element.
define processor_variant
$(1)_CC    := $(CLANG)
$(1)_READY := $(BUILD)/sysroot/$($(1)_ARCH)/ready
$(1)_FLAGS := --target=$($(1)_TARGET) --sysroot=$(BUILD)/sysroot/$($(1)_ARCH) -fuse-ld=lld -O1 -g \
              -fsanitize=undefined -fno-sanitize=null,object-size,bounds -fsanitize-trap=all -Wno-unused-command-line-argument
.PHONY: $(1)
$(1): $$$$(call unit_programs,$(1)) | $(BUILD)/.need-processors
	RUN='$($(1)_RUN)' tests/run-unit.sh $$^
endef
$(foreach v,$(PROCESSOR_VARIANTS),$(eval $(call processor_variant,$(v))))

$(BUILD)/sysroot/%/ready: tools/fetch-sysroot.sh
	$(call quiet,FETCH) tools/fetch-sysroot.sh $(@D) $* $(SYSROOT_PACKAGES) && touch $@
