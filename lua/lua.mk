# SPDX-License-Identifier: BSD-2-Clause
# Lua: the distribution's source package, unmodified, compiled for every variant with the
# configuration of lua/port/config.h.
#
#   LUA_SRC=/path/to/lua-5.4.x/src   uses that source instead of fetching it

ifdef LUA_SRC
LUA_READY    := $(LUA_SRC)/lua.h
else
LUA_SRC      := $(BUILD)/lua/src
LUA_READY    := $(LUA_SRC)/lua.h
$(LUA_READY): tools/fetch-lua.sh | $(BUILD)/.need-build
	$(call quiet,FETCH) tools/fetch-lua.sh $(BUILD)/lua && touch $@
endif

LUA_INCLUDE  := -isystem $(LUA_SRC) -isystem lua/port

# Without ldump.c (bytecode: lua/port/undump.c), and without the libraries that reach outside the
# interpreter (io, os, debug, package).
LUA_CORE     := lapi lauxlib lbaselib lcode lcorolib lctype ldebug ldo lfunc lgc llex lmathlib lmem \
                lobject lopcodes lparser lstate lstring lstrlib ltable ltablib ltm lundump lutf8lib lvm lzio
LUA_PORT     := $(wildcard lua/port/*.c)

# Lua's own sources are compiled without our warnings; for firmware, small. Jump tables cost more than
# they bring at this size.
LUA_FLAGS    := -std=gnu11 -I. -DLUA_USE_JUMPTABLE=0 -fno-strict-aliasing -fno-common -w \
                -ffile-prefix-map=$(CURDIR)=. -MMD -MP -include lua/port/config.h
# A fuzzer that follows each branch of Lua's parser and machine sees little of what is under test.
fuzz_LUA_OPTIMIZE := -fno-sanitize=fuzzer-no-link
LUA_FLAGS_lstrlib := -DSCRIPT_LIMIT_MATCHES -DSCRIPT_SERIALS_FOR_ADDRESSES
LUA_FLAGS_lauxlib := -DSCRIPT_SERIALS_FOR_ADDRESSES
LUA_FLAGS_ltable  := -DSCRIPT_BLIND_HASHES
LUA_FLAGS_lstring := -DSCRIPT_COUNT_COMPARISONS
LUA_FLAGS_lvm     := -DSCRIPT_COUNT_COMPARISONS
# For the built-in scripts alone (lua/port/precompiled.c).
LUA_FLAGS_lundump := -DluaU_undump=precompiled_undump

define lua_rules
$(1)_LUA_OBJECTS := $$(LUA_CORE:%=$(BUILD)/$(1)/lua/core/%.o) $$(LUA_PORT:%.c=$(BUILD)/$(1)/%.o)

$$(LUA_CORE:%=$(BUILD)/$(1)/lua/core/%.o): $(BUILD)/$(1)/lua/core/%.o: lua/port/config.h lua/lua.mk | $(LUA_READY) $($(1)_READY)
	@mkdir -p $$(@D)
	$$(call quiet,CC  $(1)) $$($(1)_CC) $$(LUA_FLAGS) $$(LUA_INCLUDE) $$($(1)_FLAGS) \
	    $(if $(filter host,$($(1)_PLATFORM)),,$$(ARCH_SMALL_$$($(1)_ARCH))) $$($(1)_LUA_OPTIMIZE) $$(LUA_FLAGS_$$*) \
	    -c -o $$@ $$(LUA_SRC)/$$*.c
endef

# The compiler of the built-in scripts, a program of the machine that builds: Lua as it comes. Compiled they are
# loaded with a tenth of the work.
PRECOMPILE       := $(BUILD)/tools/precompile
PRECOMPILE_PARTS := lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring \
                    ltable ltm lundump lvm lzio
$(PRECOMPILE): tools/precompile.c lua/lua.mk | $(LUA_READY)
	@mkdir -p $(@D)
	$(call quiet,CC  tools) $(CC) -O1 -w $(LUA_INCLUDE) -o $@ $< $(PRECOMPILE_PARTS:%=$(LUA_SRC)/%.c) -lm
