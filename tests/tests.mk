# SPDX-License-Identifier: BSD-2-Clause
# Unit tests: every tests/unit/test_*.c and plugins/*/test_*.c is a Check program, linked with the
# whole core of the asan variant (and of others: tests/processors.mk). Fuzz targets: tests/fuzz/fuzz_*.c and plugins/*/fuzz_*.c.
# Benchmarks: tests/bench/bench_*.c and plugins/*/bench_*.c.
#
#   make check            all of the following tests and lint; the last line is "N passed, N failed"
#   make unit             unit tests
#   make image            tests of build/wimboot as a file
#   make growth-test      twice the input takes twice the instructions
#   make preview-test     tests of the preview tool
#   make ipxe-test        the preview's --ipxe against the real iPXE
#   make tools-test       tests of the make targets and of the messages about missing packages
#   make lint             formatting and static analysis
#   make fuzz             every fuzz target for a minute (FUZZ_SECONDS=60)
#   make bench            speed, compared with other implementations

UNIT_SOURCES  := $(wildcard tests/unit/test_*.c plugins/*/test_*.c)
UNIT_VARIANTS := asan $(PROCESSOR_VARIANTS)
# $(call unit_programs,VARIANT)
unit_programs  = $(addprefix $(BUILD)/$(1)/,$(filter-out $($(1)_WITHOUT),$(UNIT_SOURCES:%.c=%)))
FUZZ_SOURCES  := $(wildcard tests/fuzz/fuzz_*.c plugins/*/fuzz_*.c)
FUZZ_PROGRAMS := $(patsubst %.c,$(BUILD)/fuzz/%,$(FUZZ_SOURCES))
BENCH_SOURCES := $(wildcard tests/bench/bench_*.c plugins/*/bench_*.c)
BENCH_PROGRAMS := $(patsubst %.c,$(BUILD)/host/%,$(BENCH_SOURCES))

FUZZ_SECONDS  ?= 60

LIBS_tests/unit/test_hive := -lhivex
LIBS_tests/unit/test_hive_damaged := -lhivex
LIBS_tests/unit/test_registry := -lhivex
LIBS_tests/unit/test_registry_file := -lhivex
LIBS_tests/unit/test_registry_random := -lhivex
# What the console asks of the platform is recorded.
LIBS_tests/unit/test_console := $(foreach f,screen_size break_line style,-Wl,--wrap=platform_$(f))
# What the core calls for memory goes through the test first.
LIBS_tests/unit/test_failures := $(foreach f,memory_allocate memory_allocate_zeroed memory_resize \
    pool_create pool_allocate pool_copy_string pool_allocate_content pool_on_destroy,-Wl,--wrap=$(f))

$(FUZZ_PROGRAMS:%=%.o): | $(BUILD)/.need-fuzz
$(BENCH_PROGRAMS:%=%.o): | $(BUILD)/.need-bench

# SHA-1 of the BIOS image as a 32-bit Linux program.
RUN_SHA1 := $(BUILD)/i386/run_sha1
$(RUN_SHA1): tests/unit/run_sha1.c $(addprefix $(BUILD)/bios/,arch/x86/sha1.o arch/x86/sha1_ssse3.o loader/digest/sha1.o loader/digest/sha_blocks.o)
	@mkdir -p $(@D)
	$(call quiet,LD  i386) $(bios_CC) $(filter-out -MMD -MP,$(COMMON_FLAGS)) $(call arch_include,i386) -m32 -O2 -no-pie -o $@ $^
FILES_tests/unit/test_sha1 := $(RUN_SHA1)
FILES_tests/unit/test_bios_lz4 := $(PACK)

# What a test program needs besides the core, by its path without .c:
#   PARTS_plugins/lzx/test_lzx   other files of the tests, without .c
#   LIBS_plugins/lzx/test_lzx    libraries
#   FILES_plugins/lzx/test_lzx   what it reads when it runs
define unit_rules
$(patsubst %,%.o,$(call unit_programs,$(1))): | $(BUILD)/.need-unit
$(call unit_programs,$(1)): $(BUILD)/$(1)/%: $(BUILD)/$(1)/%.o $$$$($(1)_TEST_OBJECTS) \
                            $$$$(addprefix $(BUILD)/$(1)/,$$$$(addsuffix .o,$$$$(PARTS_$$$$*))) | $$$$(FILES_$$$$*)
	$$(call quiet,LD  $(1)) $$($(1)_CC) $$($(1)_FLAGS) -o $$@ $$^ -lcheck -lsubunit -lm -lrt -lpthread $$(LIBS_$$*)
endef
$(foreach v,$(UNIT_VARIANTS),$(eval $(call unit_rules,$(v))))
$(FUZZ_PROGRAMS): $(BUILD)/fuzz/%: $(BUILD)/fuzz/%.o $$(fuzz_TEST_OBJECTS)
	$(call quiet,LD  fuzz) $(fuzz_CC) $(fuzz_FLAGS) -fsanitize=fuzzer -o $@ $^ -lm $(LIBS_$*)
$(BENCH_PROGRAMS): $(BUILD)/host/%: $(BUILD)/host/%.o $$(host_TEST_OBJECTS)
	$(call quiet,LD  host) $(host_CC) $(host_FLAGS) -o $@ $^ -lm $(LIBS_$*)

.PHONY: check unit image preview-test ipxe-test tools-test fuzz bench
check:
	tests/check.sh

image: $(BUILD)/wimboot $(BUILD)/wimboot.arm64 $(BUILD)/.need-image
	tests/run_python.py tests/image/test_image.py

tools-test:
	tests/run_python.py tests/tools/test_tools.py

preview-test: $$(TRUST_SAMPLES) $(BUILD)/wimboot $(PREVIEW) $(NBD_PLUGIN) $$(STANDINS) | $(BUILD)/.need-preview
	tests/run_python.py $(wildcard tests/preview/test_*.py)

ipxe-test: $(BUILD)/wimboot $(PREVIEW) $(BUILD)/.need-guest
	tests/run_python.py tests/ipxe/test_ipxe.py

unit: $(call unit_programs,asan)
	tests/run-unit.sh $^

fuzz: $(FUZZ_PROGRAMS)
	tests/run-fuzz.sh $(FUZZ_SECONDS) $(FUZZ_PROGRAMS)

bench: $(BENCH_PROGRAMS)
	@for program in $(BENCH_PROGRAMS); do $$program || exit; done

include tests/decompress/decompress.mk
include tests/growth/growth.mk
include tests/wim/wim.mk
include tests/script/script.mk
include tests/trust/trust.mk
include tests/container/container.mk
include tests/guest/guest.mk
include tests/plugins/plugins.mk
