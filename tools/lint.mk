# SPDX-License-Identifier: BSD-2-Clause
# Static analysis of every C file, with the flags of the platform that it is compiled for.
#
# Nearly all the time of `make lint` is clang's analyzer, which takes seconds for a file. So a file that
# passed leaves a stamp in build/lint/, and is looked at again when it, a header that it includes or
# the checks change.

LINT := $(BUILD)/lint

# Each file once, for the first of these variants that has it.
LINT_VARIANTS    := host bios $(ARCHES:%=efi-%)
LINT_SEEN        :=
$(foreach v,$(LINT_VARIANTS),\
    $(eval LINT_$(v) := $(sort $(filter-out $(LINT_SEEN),$($(v)_SOURCES) $(if $(filter host,$(v)),$(LUA_PORT) $(wildcard host/*/*.c)))))\
    $(eval LINT_SEEN += $(LINT_$(v))))
# Tests are only compiled; some are made to do what the analyzer warns of.
LINT_TESTS       := $(UNIT_SOURCES) $(FUZZ_SOURCES) $(BENCH_SOURCES) $(wildcard tests/decompress/*.c tests/wim/*.c)
LINT_TESTS_ARM64 := $(filter %_arm64.c,$(LINT_TESTS))
LINT_TEST_STAMPS := $(patsubst %.c,$(LINT)/tests/%.stamp,$(filter-out $(LINT_TESTS_ARM64),$(LINT_TESTS))) \
                    $(LINT_TESTS_ARM64:%.c=$(LINT)/tests-arm64/%.stamp)
LINT_STAMPS      := $(foreach v,$(LINT_VARIANTS),$(LINT_$(v):%.c=$(LINT)/$(v)/%.stamp))

# A variant's flags as clang has them: its own headers, and without what only gcc knows.
GCC_FLAGS  := -mmemcpy-strategy=% -mstringop-strategy=% -mpreferred-stack-boundary=% -fno-tree-loop-distribute-patterns \
              -ffile-prefix-map=% -MMD -MP
lint_flags = $(subst $(shell $(CC) -print-file-name=include),$(shell $(CLANG) -print-file-name=include),\
             $(filter-out $(GCC_FLAGS),$(COMMON_FLAGS) $(LUA_INCLUDE) $($(1)_FLAGS))) \
             -Wno-string-concatenation

# "make TIDY= lint-clang": the compiler alone.
TIDY ?= tidy

# $(call lint_rules,FOLDER,VARIANT,COMMAND AFTER THE COMPILER)
define lint_rules
LINT_FLAGS_$(1) := $$(call lint_flags,$(2))
$(LINT)/$(1)/%.stamp: %.c .clang-tidy Makefile arch/arch.mk tools/lint.mk | $(LUA_READY) $(BUILD)/.need-lint $(BUILD)/xxhash/xxhash.h
	@mkdir -p $$(@D)
	@$(CLANG) -fsyntax-only $$(LINT_FLAGS_$(1)) $$(filter-out $(GCC_FLAGS),$$(FLAGS_$$*)) -MMD -MP -MT $$@ -MF $$(@:.stamp=.d) $$<
	$(if $(3),@clang-tidy --quiet $$< -- $$(LINT_FLAGS_$(1)) $$(filter-out $(GCC_FLAGS),$$(FLAGS_$$*)) 2>/dev/null)
	@touch $$@
endef
$(foreach v,$(LINT_VARIANTS),$(eval $(call lint_rules,$(v),$(v),$(TIDY))))
$(eval $(call lint_rules,tests,host))
$(eval $(call lint_rules,tests-arm64,efi-arm64))
-include $(shell find $(LINT) -name '*.d' 2>/dev/null)

# cppcheck remembers what it found in its own build folder. Suppressed: the bounds of linker sections
# (plugin.h) are no pointers into one object; and a queue that is filled before it is read, which cppcheck
# does not follow.
lint_cppcheck = mkdir -p $(LINT)/cppcheck-$(1) && cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
    --cppcheck-build-dir=$(LINT)/cppcheck-$(1) -j $$(nproc) -I. -Iloader \
    --suppress=missingIncludeSystem --suppress=comparePointers --suppress=uninitvar:plugins/lzms/adaptive_code.c

.PHONY: lint lint-clang lint-cppcheck $(LINT_VARIANTS:%=lint-cppcheck-%) lint-unused
# Built first: tools/check_layers.py reads the object files.
lint: $(BUILD)/wimboot $(PREVIEW) $(BUILD)/.need-lint
	tools/lint.sh

lint-clang: $(LINT_STAMPS) $(LINT_TEST_STAMPS)

lint-cppcheck: $(LINT_VARIANTS:%=lint-cppcheck-%)
$(LINT_VARIANTS:%=lint-cppcheck-%): lint-cppcheck-%:
	@$(call lint_cppcheck,$*) --enable=warning,portability --platform=$(if $(filter bios,$*),unix32,unix64) \
	    $(call arch_include,$($*_ARCH)) $(LINT_$*)

# Functions that nobody calls, on any platform. These are called by assembly, by the firmware, and by Lua's
# core (lua/port/config.h); what diff shows with ">" is called by nobody.
CALLED_FROM_OUTSIDE := bios_main boot_parameters_save callback_interrupt callback_real manager_returned \
                       efi_entry script_compare_text script_hash_pointer script_match_exhausted script_serial script_write \
                       script_write_error unpack
lint-unused:
	@$(call lint_cppcheck,unused) --enable=unusedFunction --suppress='unusedFunction:libc/*' \
	    --suppress='unusedFunction:arch/*' --suppress='unusedFunction:lua/port/*' \
	    $(foreach v,$(LINT_VARIANTS),$(LINT_$(v))) 2>&1 | sed -n "s/.*'\(.*\)' is never used.*/\1/p" | sort | \
	    diff <(printf '%s\n' $(sort $(CALLED_FROM_OUTSIDE))) -
