# SPDX-License-Identifier: BSD-2-Clause
# What the decompressors' tests and benchmark need: their common suite, the decompressors of the
# BIOS image as a 32-bit Linux program and of arm64's image as one for that, libwim and ntfs-3g.

# A plugin with a table of vectors is a decompressor.
DECOMPRESSORS        := $(patsubst plugins/%/vectors/vectors.txt,%,$(wildcard plugins/*/vectors/vectors.txt))
DECOMPRESSOR_SOURCES := loader/compression/huffman.c loader/compression/decompressor.c \
                        $(filter $(DECOMPRESSORS:%=plugins/%/%),$(call plugin_files,host))
RUN_CHUNKS           := $(BUILD)/i386/run_chunks

$(RUN_CHUNKS): tests/decompress/run_chunks.c tests/decompress/chunk_run.c $(DECOMPRESSOR_SOURCES:%.c=$(BUILD)/bios/%.o) \
               $(wildcard tests/decompress/chunk_*.h)
	@mkdir -p $(@D)
	$(call quiet,LD  i386) $(bios_CC) $(filter-out -MMD -MP,$(COMMON_FLAGS)) -m32 -O2 -no-pie -o $@ $(filter %.c %.o,$^)

# The same of arm64's, which qemu-user runs.
RUN_CHUNKS_ARM64 := $(BUILD)/arm64/run_chunks
RUN_CHUNKS_ARM64_PARTS = $(patsubst %.c,$(BUILD)/efi-arm64/%.o,tests/decompress/run_chunks_arm64.c tests/decompress/chunk_run.c \
                            $(DECOMPRESSOR_SOURCES) $(efi-arm64_LIBC))
$(RUN_CHUNKS_ARM64): $$(RUN_CHUNKS_ARM64_PARTS)
	@mkdir -p $(@D)
	$(call quiet,LD  arm64) $(ARCH_LD_arm64) -static --gc-sections -e start -o $@ $^

define decompressor_test
PARTS_plugins/$(1)/test_$(1) := $(addprefix tests/decompress/,suite vectors samples)
FILES_plugins/$(1)/test_$(1) := $(RUN_CHUNKS) $(RUN_CHUNKS_ARM64)
LIBS_plugins/$(1)/test_$(1) := -lwim
endef
$(foreach p,$(DECOMPRESSORS),$(eval $(call decompressor_test,$(p))))

$(BUILD)/host/tests/bench/bench_decompress: | $(RUN_CHUNKS) $(DECOMPRESSOR_SOURCES:%.c=$(BUILD)/efi-x86_64/%.o)
LIBS_tests/bench/bench_decompress := -lwim -lntfs-3g
