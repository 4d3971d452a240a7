# SPDX-License-Identifier: BSD-2-Clause
# wimboot: one file that boots Windows PE in BIOS and UEFI.
#
#   make                  build/wimboot, build/wimboot.arm64; the first time, it downloads Lua's source (LUA_SRC=FOLDER: uses this copy)
#   make NOSCRIPT=1       a loader that never runs a script of the site
#   make setup            install what the build and the tests need, as tools/setup.sh does
#   make clean            remove what was built
#   make help             all targets
#
# The same sources are compiled for several variants, each into build/VARIANT/:
#   bios  the 32-bit half of build/wimboot          efi-x86_64  its UEFI half
#   host  the preview tool and benchmarks           asan        unit tests, with sanitizers
#   fuzz  libFuzzer targets (clang)                unit-arm64, unit-i386   unit tests for these processors
# Each platform's own rules are in its folder: bios/bios.mk, efi/efi.mk, host/host.mk, lua/lua.mk,
# tests/tests.mk; processors are rows of the table in arch/arch.mk.

.SECONDEXPANSION:
SHELL        := /bin/bash
.SHELLFLAGS  := -o pipefail -c
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS    += --no-builtin-rules
BUILD        := build
CC           := gcc
CLANG        := clang
PYTHON       := /usr/bin/python3
VERSION      := $(shell cat VERSION)
# mkfs.fat and fsck.fat are in a folder that is not in an ordinary user's PATH in Debian.
export PATH  := $(PATH):/usr/sbin:/sbin
# Without a locale tools spoil names that are not ASCII; in another language they say other things.
export LC_ALL := C.UTF-8
# Where this build's maker can be found, for .sbat: make HOMEPAGE=https://… for builds that you publish.
HOMEPAGE     ?= urn:uuid:7d1b3f0e-52c8-4f5c-9a07-6c2f8b1de9a4

# ---- what is compiled -------------------------------------------------------------------------

# A folder in plugins/ is a plugin. PLUGINS='lzx int13' builds only those. What is particular to one is in
# plugins/NAME/NAME.mk: PLATFORMS_NAME restricts it to some of bios, efi, host.
PLUGINS      ?= $(notdir $(patsubst %/,%,$(wildcard plugins/*/)))
plugin_serves = $(filter $(2),$(or $(PLATFORMS_$(1)),$(2)))
plugin_files  = $(foreach p,$(PLUGINS),$(if $(call plugin_serves,$(p),$(1)),$(filter-out $(wildcard plugins/$(p)/test_*.c plugins/$(p)/fuzz_*.c plugins/$(p)/bench_*.c),$(wildcard plugins/$(p)/*.c))))

CORE_FOLDERS := $(patsubst %/,%,loader $(wildcard loader/*/))
CORE_SOURCES := $(wildcard $(CORE_FOLDERS:%=%/*.c))
LUA_BINDINGS := $(wildcard lua/*.c)
SCRIPTS      := $(wildcard scripts/*.lua)

# ---- flags ------------------------------------------------------------------------------------

WARNINGS     := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
                -Wno-unused-parameter
# Reproducible: no paths, no dates.
COMMON_FLAGS := -std=gnu11 $(WARNINGS) -I. -Iloader -DWIMBOOT_VERSION='"$(VERSION)"' -DWIMBOOT_HOMEPAGE='"$(HOMEPAGE)"' \
                -ffile-prefix-map=$(CURDIR)=. -fno-strict-aliasing -fno-common -MMD -MP
# Freestanding, but with the compiler's builtin memcpy() and friends: bare -ffreestanding makes
# every small copy a call and decoders up to 3.6 times slower.
freestanding  = -ffreestanding -fbuiltin -nostdinc -isystem $(shell $(1) -print-file-name=include) \
                -isystem libc/include -ffunction-sections -fdata-sections -fno-stack-protector \
                -fno-asynchronous-unwind-tables

# Firmware is compiled small, but for what works through the bytes of files, and the disk's answers.
HOT          := $(foreach p,lzx lzms lznt1 xpress sha1 sha256 int13 blockio,plugins/$(p)/%) loader/digest/% \
                loader/compression/% loader/volume/volume_read arch/% libc/memory bios/high_memory \
                loader/wim/wim_lookup loader/wim/wim_metadata loader/base/hash_table
# $(call optimize,ARCH,SOURCE without .c)
optimize      = $(if $(filter $(HOT),$(2)),-O2,$(ARCH_SMALL_$(1)))

host_FLAGS   := -O2 -g
asan_FLAGS   := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
fuzz_FLAGS   := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
                -fno-omit-frame-pointer
host_CC      := $(CC)
asan_CC      := $(CC)
fuzz_CC      := $(CLANG)
# Programs of Linux: the core on the host platform.
LINUX_VARIANTS := host asan fuzz unit-arm64 unit-i386

include arch/arch.mk
include tests/processors.mk
include lua/lua.mk
include host/host.mk
include bios/bios.mk
include efi/efi.mk
VARIANTS := $(LINUX_VARIANTS) bios $(EFI_ARCHES:%=efi-%)
include $(wildcard plugins/*/*.mk)
include tests/tests.mk

# ---- one set of rules for every variant -------------------------------------------------------

# The loops in memcpy() and its relatives are not to be turned into calls to themselves.
copy_flags = -fno-builtin $(if $(findstring clang,$(1)),,-fno-tree-loop-distribute-patterns)
is_copy    = $(filter libc/string libc/memory arch/%/libc/copy,$(1))

# $(VARIANT_OBJECTS): the core, the plugins that serve its platform, Lua and its bindings, the
# embedded scripts, what is particular to the processor, and the platform itself; in firmware the C
# library too.
define variant_rules
$(1)_FLAGS   += $$(call arch_include,$$($(1)_ARCH)) -DWIMBOOT_ARCH='"$$($(1)_ARCH)"'
ifneq ($$($(1)_PLATFORM),host)
$(1)_FLAGS   += $$(call freestanding,$$($(1)_CC)) $$(ARCH_FLAGS_$$($(1)_ARCH))
$(1)_LIBC    := $$(wildcard libc/*.c) $$(call arch_sources,$$($(1)_ARCH),libc/)
endif
$(1)_SOURCES := $$(CORE_SOURCES) $$(call plugin_files,$$($(1)_PLATFORM)) $$(LUA_BINDINGS) \
                $$(call arch_sources,$$($(1)_ARCH)) $$($(1)_LIBC) \
                $$(wildcard $$($(1)_PLATFORM)/*.c) $$($(1)_EXTRA_SOURCES)
$(1)_OBJECTS  = $$(patsubst %.c,$(BUILD)/$(1)/%.o,$$($(1)_SOURCES)) $(BUILD)/$(1)/scripts.o \
                $$($(1)_LUA_OBJECTS)
# What test programs are linked with: all of it but the program's own main().
$(1)_TEST_OBJECTS = $$(filter-out $(BUILD)/$(1)/host/main.o,$$($(1)_OBJECTS))

$(BUILD)/$(1)/%.o: %.c Makefile arch/arch.mk $(foreach p,$($(1)_PLATFORM),$(p)/$(p).mk) \
                $$$$(wildcard $$$$(*D)/$$$$(notdir $$$$(*D)).mk) | $(LUA_READY) $(BUILD)/.need-build $($(1)_READY)
	@mkdir -p $$(@D)
	$$(call quiet,CC  $(1)) $$($(1)_CC) $$(COMMON_FLAGS) $$(LUA_INCLUDE) $$($(1)_FLAGS) $$(FLAGS_$$*) \
	    $(if $(filter host,$($(1)_PLATFORM)),,$$(call optimize,$$($(1)_ARCH),$$*)) \
	    $$(if $$(call is_copy,$$*),$$(call copy_flags,$$($(1)_CC))) -c -o $$@ $$< \
	    $$(if $$(filter $$*,$$($(1)_RESIDENT)),&& objcopy --prefix-alloc-sections=.resident $$@)

$(BUILD)/$(1)/scripts.o: $(if $(filter host,$($(1)_PLATFORM)),$(BUILD)/scripts-host.c,$(BUILD)/scripts.c)
	@mkdir -p $$(@D)
	$$(call quiet,CC  $(1)) $$($(1)_CC) $$(COMMON_FLAGS) $$($(1)_FLAGS) -c -o $$@ $$<
-include $$(shell find $(BUILD)/$(1) -name '*.d' 2>/dev/null)
endef

# "make V=1" shows the commands.
quiet = $(if $(V),,@printf '  %-9s %s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$@)';)

# NOSCRIPT=1 makes a loader that never runs a script of the site.
FLAGS_loader/options := $(if $(NOSCRIPT),-DWIMBOOT_NOSCRIPT)
NOSCRIPT_STAMP := $(BUILD)/.noscript-$(if $(NOSCRIPT),yes,no)
$(VARIANTS:%=$(BUILD)/%/loader/options.o): $(NOSCRIPT_STAMP)
$(NOSCRIPT_STAMP):
	@mkdir -p $(@D)
	@rm -f $(BUILD)/.noscript-* && touch $@

$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$(v))))
$(foreach v,$(VARIANTS),$(eval $(call lua_rules,$(v))))

# The name is that of tracebacks: SCRIPT_BUILTIN_PREFIX of lua/state.h, or none on the host.
$(BUILD)/scripts/%.luac: scripts/%.lua $(PRECOMPILE)
	@mkdir -p $(@D)
	$(call quiet,LUAC) $(PRECOMPILE) $< @wimboot/$(<F) > $@
$(BUILD)/scripts/%.luac: host/%.lua $(PRECOMPILE)
	@mkdir -p $(@D)
	$(call quiet,LUAC) $(PRECOMPILE) $< @$(<F) > $@

$(BUILD)/scripts.c: tools/embed.py $(SCRIPTS:scripts/%.lua=$(BUILD)/scripts/%.luac)
$(BUILD)/scripts-host.c: tools/embed.py $(SCRIPTS:scripts/%.lua=$(BUILD)/scripts/%.luac) $(BUILD)/scripts/report.luac
$(BUILD)/scripts.c $(BUILD)/scripts-host.c:
	@mkdir -p $(@D)
	$(call quiet,EMBED) $(PYTHON) $^ > $@

# What is missing on this machine, said before the first thing fails for want of it.
.PRECIOUS: $(BUILD)/.need-%
$(BUILD)/.need-%: tools/need.sh
	@mkdir -p $(@D)
	@tools/need.sh $* && touch $@

# ---- the product ------------------------------------------------------------------------------

.PHONY: all clean help setup
all: $(foreach a,$(ARCHES),$(BUILD)/$(ARCH_IMAGE_$(a)))

$(BUILD)/wimboot: tools/mkimage.py $(BUILD)/bios/wimboot.elf $(BUILD)/bios/packed.bin $(BUILD)/bios/setup.bin $(BUILD)/efi-x86_64/wimboot.elf
	$(call quiet,IMAGE) $(PYTHON) tools/mkimage.py --version $(VERSION) --machine x86_64 --setup $(BUILD)/bios/setup.bin \
	    --bios $(BUILD)/bios/wimboot.elf --packed $(BUILD)/bios/packed.bin --efi $(BUILD)/efi-x86_64/wimboot.elf --output $@
	@echo "  $@: $$(stat -c %s $@) bytes"

# The UEFI half alone, for a processor that has no BIOS.
define image_rule
$(BUILD)/$(ARCH_IMAGE_$(1)): tools/mkimage.py $(BUILD)/efi-$(1)/wimboot.elf
	$$(call quiet,IMAGE) $$(PYTHON) tools/mkimage.py --version $$(VERSION) --machine $(1) --efi $(BUILD)/efi-$(1)/wimboot.elf --output $$@
	@echo "  $$@: $$$$(stat -c %s $$@) bytes"
endef
$(foreach a,$(filter-out x86_64,$(EFI_ARCHES)),$(eval $(call image_rule,$(a))))

setup:
	tools/setup.sh

clean:
	rm -rf $(BUILD)

# Each makefile lists its own targets in its first lines.
help:
	@sed -nE 's/^#   (make( [^ ]+)*)  +(.*)/\1\t\3/p' $(filter %Makefile %.mk,$(MAKEFILE_LIST)) | \
	    awk -F '\t' '{ printf "%-24s %s\n", $$1, $$2 }'

include tools/sign.mk
include tools/site.mk
include tools/lint.mk
