# SPDX-License-Identifier: BSD-2-Clause
# Guests: stand-ins for Microsoft's boot managers, and the tests that boot the loader in QEMU.
#
#   make guest            the guest tests (GUEST_TESTS='name ...': only those)
#   make demo             make a sample WIM, boot it by iPXE over HTTP in BIOS and in UEFI
#   make boot ISO=FILE    boot a Windows ISO in QEMU (FIRMWARE=efi|bios SCRIPT=my.lua MEMORY=2048)
#   make icount           instructions from entry to hand-over, and until the files are read
#   make calls            time of a BIOS boot manager's calls of the loader
#   make screenshots      the pictures of docs/screens.md

GUEST          := $(BUILD)/guest
STANDIN        := tests/guest/standin
STANDIN_COMMON := arena crc32 export fat fat_directory report standin string wishes
STANDIN_BIOS   := bios_block bios_callback bios_disk bios_main bios_memory bios_timing machine_pc
STANDIN_EFI    := efi_attributes efi_disk efi_image efi_main efi_memory efi_timer
STANDIN_FLAGS  := -std=gnu11 -O2 -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes \
                  -Wno-unused-parameter -ffreestanding -isystem $(STANDIN)/include -MMD -MP

STANDIN_BIOS_CC    := i686-w64-mingw32-gcc
STANDIN_BIOS_FLAGS := $(STANDIN_FLAGS) -mno-stack-arg-probe -mgeneral-regs-only -fno-stack-protector \
                      -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables -Wno-array-bounds
STANDIN_EFI_FLAGS  := $(STANDIN_FLAGS) -fshort-wchar -isystem /usr/include/efi

# The UEFI stand-in of each processor: where it lies in BUILD, what is particular to its machine, its
# compiler's flags, and the name that UEFI starts.
STANDIN_FOLDER_x86_64  := guest
STANDIN_MACHINE_x86_64 := machine_pc
STANDIN_FLAGS_x86_64   := --target=x86_64-unknown-windows-gnu -mno-red-zone -mno-stack-arg-probe \
                          -isystem /usr/include/efi/x86_64 -DSTANDIN_NAME='"BOOTX64.EFI"'
STANDIN_FOLDER_arm64   := arm64/guest
STANDIN_MACHINE_arm64  := machine_virt
STANDIN_FLAGS_arm64    := --target=aarch64-unknown-windows-gnu -isystem arch/arm64/include -DSTANDIN_NAME='"BOOTAA64.EFI"'

STANDINS := $(GUEST)/bootmgr.exe $(GUEST)/host-check \
            $(foreach a,x86_64 arm64,$(addprefix $(BUILD)/$(STANDIN_FOLDER_$(a))/,bootmgfw.efi bootmgfw_EX.efi bootmgfw_writes.efi))

$(GUEST)/bios/%.o: $(STANDIN)/%.c | $(BUILD)/.need-guest
	@mkdir -p $(@D)
	$(call quiet,CC  guest) $(STANDIN_BIOS_CC) $(STANDIN_BIOS_FLAGS) -c -o $@ $<
$(GUEST)/bios/bios_entry.o: $(STANDIN)/bios_entry.asm
	@mkdir -p $(@D)
	$(call quiet,ASM guest) nasm -f win32 -o $@ $<

link_efi = $(call quiet,LD  guest) lld-link /subsystem:efi_application /entry:efi_main /nodefaultlib \
           /timestamp:0 /out:$@ $^

# $(call standin_efi,ARCH,FOLDER). Variants differ in efi_main.c only.
define standin_efi
$(2)/efi/%.o: $(STANDIN)/%.c | $(BUILD)/.need-guest
	@mkdir -p $$(@D)
	$$(call quiet,CC  guest) $$(CLANG) $$(STANDIN_FLAGS_$(1)) $$(STANDIN_EFI_FLAGS) -c -o $$@ $$<
$(2)/efi_ex/efi_main.o: $(STANDIN)/efi_main.c
	@mkdir -p $$(@D)
	$$(call quiet,CC  guest) $$(CLANG) $$(STANDIN_FLAGS_$(1)) $$(STANDIN_EFI_FLAGS) '-DSTANDIN_VARIANT="EX"' -c -o $$@ $$<
$(2)/efi_writes/efi_main.o: $(STANDIN)/efi_main.c
	@mkdir -p $$(@D)
	$$(call quiet,CC  guest) $$(CLANG) $$(STANDIN_FLAGS_$(1)) $$(STANDIN_EFI_FLAGS) -DSTANDIN_WRITES_CODE=true -c -o $$@ $$<
-include $$(wildcard $(2)/*/*.d)

STANDIN_PARTS_$(1) := $(patsubst %,$(2)/efi/%.o,$(filter-out efi_main,$(STANDIN_EFI)) $(STANDIN_COMMON) $(STANDIN_MACHINE_$(1)))
$(2)/bootmgfw.efi: $(2)/efi/efi_main.o $$(STANDIN_PARTS_$(1))
	$$(link_efi)
$(2)/bootmgfw_EX.efi: $(2)/efi_ex/efi_main.o $$(STANDIN_PARTS_$(1))
	$$(link_efi)
# As Microsoft links Windows 7 to 10's: not made for pages that are either written or run.
$(2)/bootmgfw_writes.efi: $(2)/efi_writes/efi_main.o $$(STANDIN_PARTS_$(1))
	$$(link_efi) /nxcompat:no
endef
$(foreach a,x86_64 arm64,$(eval $(call standin_efi,$(a),$(BUILD)/$(STANDIN_FOLDER_$(a)))))

# As Microsoft links it: subsystem 16 (boot application), no relocations.
$(GUEST)/bootmgr.exe: $(addprefix $(GUEST)/bios/,bios_entry.o $(addsuffix .o,$(STANDIN_BIOS) $(STANDIN_COMMON)))
	$(call quiet,LD  guest) $(STANDIN_BIOS_CC) -nostdlib -s -o $@ $^ -lgcc -Wl,--entry=_entry \
	    -Wl,--subsystem=16 -Wl,--image-base=0x400000 -Wl,--section-alignment=0x1000 \
	    -Wl,--file-alignment=0x200 -Wl,--disable-reloc-section -Wl,--disable-dynamicbase \
	    -Wl,--no-insert-timestamp

# The stand-in's disk reader on the host, to prove it on images of other tools.
$(GUEST)/host-check: $(addprefix $(STANDIN)/,host_check.c standin.c fat.c fat_directory.c arena.c crc32.c) $(wildcard $(STANDIN)/*.h)
	@mkdir -p $(@D)
	$(call quiet,CC  guest) $(CC) -std=gnu11 -O1 -g -fsanitize=address,undefined -Wall -Wextra -Werror \
	    -Wno-unused-parameter -Wno-format -o $@ $(filter %.c,$^)

.PHONY: guest demo boot icount calls screenshots
guest: $(BUILD)/wimboot $(BUILD)/wimboot.arm64 $(STANDINS) $(PREVIEW) $$(TRUST_SAMPLES)
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

calls: $(BUILD)/wimboot $(STANDINS)
	$(PYTHON) tests/guest/calls.py --build $(BUILD)

screenshots: $(BUILD)/wimboot $(STANDINS)
	$(PYTHON) tests/guest/screenshots.py --build $(BUILD)
