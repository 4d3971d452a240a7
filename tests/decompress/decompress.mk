# SPDX-License-Identifier: BSD-2-Clause
# What the decompressors' tests and benchmark need: their common suite, the decompressors of the
# BIOS image as a 32-bit Linux program, libwim and ntfs-3g.

# A plugin with a table of vectors is a decompressor.
DECOMPRESSORS        := $(patsubst plugins/%/vectors/vectors.txt,%,$(wildcard plugins/*/vectors/vectors.txt))
DECOMPRESSOR_SOURCES := loader/compression/huffman.c loader/compression/decompressor.c \
                        $(filter $(DECOMPRESSORS:%=plugins/%/%),$(call plugin_files,host))
RUN_CHUNKS           := $(BUILD)/i386/run_chunks

$(RUN_CHUNKS): tests/decompress/run_chunks.c $(DECOMPRESSOR_SOURCES:%.c=$(BUILD)/bios/%.o) \
               tests/decompress/chunk_file.h
	@mkdir -p $(@D)
	$(call quiet,LD  i386) $(bios_CC) $(filter-out -MMD -MP,$(COMMON_FLAGS)) -m32 -O2 -no-pie -o $@ $(filter %.c %.o,$^)

define decompressor_test
$(BUILD)/asan/plugins/$(1)/test_$(1): $(addprefix $(BUILD)/asan/tests/decompress/,suite.o vectors.o samples.o) \
                                      | $(RUN_CHUNKS)
LIBS_plugins/$(1)/test_$(1) := -lwim
endef
$(foreach p,$(DECOMPRESSORS),$(eval $(call decompressor_test,$(p))))

$(BUILD)/host/tests/bench/bench_decompress: | $(RUN_CHUNKS) $(DECOMPRESSOR_SOURCES:%.c=$(BUILD)/efi-x86_64/%.o)
LIBS_tests/bench/bench_decompress := -lwim -lntfs-3g
