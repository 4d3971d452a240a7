# SPDX-License-Identifier: BSD-2-Clause
# The host platform: the core as an ordinary Linux program.
#
#   make preview          build/host/wimboot-preview: shows on this computer what the loader would do
#   make nbd              the nbdkit plugin of the preview
#   make install          the loader, the preview, its man page and completion (PREFIX=/usr/local DESTDIR=)

PREFIX      ?= /usr/local
DESTDIR     ?=
PREVIEW     := $(BUILD)/host/wimboot-preview
NBD_PLUGIN  := $(BUILD)/host/wimboot-nbdkit.so

# Also linked into the nbdkit plugin.
host_FLAGS  += -fPIC
$(foreach v,$(LINUX_VARIANTS),$(eval $(v)_FLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64))
$(foreach v,$(LINUX_VARIANTS),$(eval $(v)_PLATFORM := host))
$(foreach v,$(LINUX_VARIANTS),$(eval $(v)_ARCH ?= $(HOST_ARCH)))

# What BIOS says of a boot manager, the preview says in the same words.
$(foreach v,$(LINUX_VARIANTS),$(eval $(v)_EXTRA_SOURCES := bios/boot_program.c $(wildcard host/ipxe/*.c)))

$(PREVIEW): $$(host_OBJECTS)
	$(call quiet,LD  host) $(CC) $(host_FLAGS) -o $@ $^ -lm

$(BUILD)/host/host/nbd/plugin.o: | $(BUILD)/.need-nbd
$(NBD_PLUGIN): $(BUILD)/host/host/nbd/plugin.o $$(host_TEST_OBJECTS)
	$(call quiet,LD  host) $(CC) $(host_FLAGS) -shared -o $@ $^ -lm

# nbdkit's macro defines a function that has no prototype.
FLAGS_host/nbd/plugin := -Wno-missing-prototypes

.PHONY: preview nbd install
preview: $(PREVIEW)
nbd: $(NBD_PLUGIN)

install: all $(PREVIEW)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/wimboot $(foreach a,$(ARCHES),$(BUILD)/$(ARCH_IMAGE_$(a)))
	install -D -m 755 $(PREVIEW) $(DESTDIR)$(PREFIX)/bin/wimboot-preview
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/wimboot LICENSE NOTICE README.md CHANGELOG.md docs/*.md
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/wimboot/examples scripts/examples/*.lua
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/wimboot scripts/meta/wimboot.lua scripts/wimboot.luacheckrc
	install -D -m 644 host/wimboot-preview.1 $(DESTDIR)$(PREFIX)/share/man/man1/wimboot-preview.1
	install -D -m 644 host/completion.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/wimboot-preview
	[ ! -e $(NBD_PLUGIN) ] || install -D -m 644 $(NBD_PLUGIN) $(DESTDIR)$(PREFIX)/lib/wimboot/wimboot-nbdkit.so
