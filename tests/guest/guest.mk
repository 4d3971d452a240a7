# SPDX-License-Identifier: BSD-2-Clause
# Guests: stand-ins for Microsoft's boot managers, and the tests that boot the loader in QEMU.
#
#   make guest            the guest tests (GUEST_TESTS='name ...': only those)
#   make demo             make a sample WIM, boot it by iPXE over HTTP in BIOS and in UEFI
#   make boot ISO=FILE    boot a Windows ISO in QEMU (FIRMWARE=efi|bios SCRIPT=my.lua MEMORY=2048)
#   make icount           instructions from entry to hand-over

GUEST          := $(BUILD)/guest
STANDIN        := tests/guest/standin
STANDIN_COMMON := arena crc32 export fat fat_directory report standin string wishes
STANDIN_BIOS   := bios_block bios_callback bios_disk bios_main bios_memory
STANDIN_EFI    := efi_attributes efi_disk efi_image efi_main efi_memory efi_timer
STANDIN_FLAGS  := -std=gnu11 -O2 -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes \
                  -Wno-unused-parameter -ffreestanding -isystem $(STANDIN)/include \
                  -mno-stack-arg-probe -MMD -MP

STANDIN_BIOS_CC    := i686-w64-mingw32-gcc
STANDIN_BIOS_FLAGS := $(STANDIN_FLAGS) -mgeneral-regs-only -fno-stack-protector \
                      -fno-asynchronous-unwind-tables -Wno-array-bounds
STANDIN_EFI_FLAGS  := --target=x86_64-unknown-windows-gnu $(STANDIN_FLAGS) -mno-red-zone -fshort-wchar \
                      -isystem /usr/include/efi -isystem /usr/include/efi/x86_64

STANDINS := $(GUEST)/bootmgr.exe $(GUEST)/bootmgfw.efi $(GUEST)/bootmgfw_EX.efi $(GUEST)/bootmgfw_writes.efi $(GUEST)/host-check

$(GUEST)/bios/%.o: $(STANDIN)/%.c | $(BUILD)/.need-guest
	@mkdir -p $(@D)
	$(call quiet,CC  guest) $(STANDIN_BIOS_CC) $(STANDIN_BIOS_FLAGS) -c -o $@ $<
$(GUEST)/bios/bios_entry.o: $(STANDIN)/bios_entry.asm
	@mkdir -p $(@D)
	$(call quiet,ASM guest) nasm -f win32 -o $@ $<
$(GUEST)/efi/%.o: $(STANDIN)/%.c | $(BUILD)/.need-guest
	@mkdir -p $(@D)
	$(call quiet,CC  guest) $(CLANG) $(STANDIN_EFI_FLAGS) -c -o $@ $<
$(GUEST)/efi_ex/efi_main.o: $(STANDIN)/efi_main.c
	@mkdir -p $(@D)
	$(call quiet,CC  guest) $(CLANG) $(STANDIN_EFI_FLAGS) '-DSTANDIN_VARIANT="EX"' -c -o $@ $<
$(GUEST)/efi_writes/efi_main.o: $(STANDIN)/efi_main.c
	@mkdir -p $(@D)
	$(call quiet,CC  guest) $(CLANG) $(STANDIN_EFI_FLAGS) -DSTANDIN_WRITES_CODE=true -c -o $@ $<
-include $(wildcard $(GUEST)/*/*.d)

# As Microsoft links it: subsystem 16 (boot application), no relocations.
$(GUEST)/bootmgr.exe: $(addprefix $(GUEST)/bios/,bios_entry.o $(addsuffix .o,$(STANDIN_BIOS) $(STANDIN_COMMON)))
	$(call quiet,LD  guest) $(STANDIN_BIOS_CC) -nostdlib -s -o $@ $^ -lgcc -Wl,--entry=_entry \
	    -Wl,--subsystem=16 -Wl,--image-base=0x400000 -Wl,--section-alignment=0x1000 \
	    -Wl,--file-alignment=0x200 -Wl,--disable-reloc-section -Wl,--disable-dynamicbase \
	    -Wl,--no-insert-timestamp

link_efi = $(call quiet,LD  guest) lld-link /subsystem:efi_application /entry:efi_main /nodefaultlib \
           /timestamp:0 /out:$@ $^
$(GUEST)/bootmgfw.efi: $(patsubst %,$(GUEST)/efi/%.o,$(STANDIN_EFI) $(STANDIN_COMMON))
	$(link_efi)
$(GUEST)/bootmgfw_EX.efi: $(GUEST)/efi_ex/efi_main.o $(patsubst %,$(GUEST)/efi/%.o,$(filter-out efi_main,$(STANDIN_EFI)) $(STANDIN_COMMON))
	$(link_efi)

# As Microsoft links Windows 7 to 10's: not made for pages that are either written or run.
$(GUEST)/bootmgfw_writes.efi: $(GUEST)/efi_writes/efi_main.o $(patsubst %,$(GUEST)/efi/%.o,$(filter-out efi_main,$(STANDIN_EFI)) $(STANDIN_COMMON))
	$(link_efi) /nxcompat:no

# The stand-in's disk reader on the host, to prove it on images of other tools.
$(GUEST)/host-check: $(addprefix $(STANDIN)/,host_check.c standin.c fat.c fat_directory.c arena.c crc32.c) $(wildcard $(STANDIN)/*.h)
	@mkdir -p $(@D)
	$(call quiet,CC  guest) $(CC) -std=gnu11 -O1 -g -fsanitize=address,undefined -Wall -Wextra -Werror \
	    -Wno-unused-parameter -Wno-format -o $@ $(filter %.c,$^)

.PHONY: guest demo boot icount
guest: $(BUILD)/wimboot $(STANDINS) $(PREVIEW) $$(TRUST_SAMPLES)
	$(PYTHON) tests/guest/run.py --build $(BUILD) $(GUEST_TESTS)

demo: $(BUILD)/wimboot $(STANDINS)
	$(PYTHON) tests/guest/demo.py --build $(BUILD)

BOOT_USAGE := make boot ISO=windows.iso [FIRMWARE=efi|bios] [SCRIPT=my.lua] [MEMORY=2048]
# First, so that nothing is built in vain.
.PHONY: iso-given
iso-given:
	@[ -n '$(ISO)' ] || { echo 'Which ISO? $(BOOT_USAGE)' >&2; exit 1; }
boot: iso-given $(BUILD)/wimboot $(BUILD)/.need-guest
	$(PYTHON) tests/guest/boot_iso.py --build $(BUILD) --firmware $(or $(FIRMWARE),efi) \
	    $(if $(SCRIPT),--script '$(SCRIPT)') $(if $(MEMORY),--memory $(MEMORY)) '$(ISO)'

icount: $(BUILD)/wimboot $(STANDINS)
	$(PYTHON) tests/guest/icount.py --build $(BUILD)
