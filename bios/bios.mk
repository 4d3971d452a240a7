# SPDX-License-Identifier: BSD-2-Clause
# The bios platform: the 32-bit half of build/wimboot. setup.bin is the bzImage's real-mode part,
# wimboot.elf its payload, of which all but .entry is packed in build/wimboot.

bios_CC            := $(CC)
bios_PLATFORM      := bios
bios_ARCH          := i386
bios_FLAGS         := -fno-pic -fno-pie

# What the boot manager still calls stays: wimboot.ld puts the sections of these files, whose names get the
# prefix .resident, into the resident part. A plugin adds its own in its NAME.mk.
bios_RESIDENT      := bios/callback bios/high_memory loader/volume/volume_read loader/verdict/boot_status arch/x86/libc/copy libc/memory

bios_ASSEMBLY      := $(addprefix $(BUILD)/bios/bios/,unpack.asm.o entry.asm.o real_mode.asm.o handover.asm.o)

# Sectors of the real-mode part after the first one.
SETUP_SECTORS      := 3

# nasm's own choice of warnings: -Wall would have some, in newer versions, for each reference to another section.
$(BUILD)/bios/bios/%.asm.o: bios/%.asm
	@mkdir -p $(@D)
	$(call quiet,NASM) nasm -f elf32 -Werror -o $@ $<

$(BUILD)/bios/setup.bin: bios/setup.asm bios/bios.mk
	@mkdir -p $(@D)
	$(call quiet,NASM) nasm -f bin -Werror -DSETUP_SECTORS=$(SETUP_SECTORS) -DVERSION='"$(VERSION)"' -o $@ $<

$(BUILD)/bios/wimboot.elf: $$(bios_OBJECTS) $(bios_ASSEMBLY) bios/wimboot.ld
	$(call quiet,LD  bios) $(ARCH_LD_i386) -T bios/wimboot.ld --gc-sections --orphan-handling=error -z noexecstack \
	    --no-warn-rwx-segments -Map $(@:.elf=.map) -o $@ $(filter %.o,$^)

# A program of the machine that builds.
PACK := $(BUILD)/tools/pack
$(PACK): tools/pack.c
	@mkdir -p $(@D)
	$(call quiet,CC  tools) $(CC) -std=gnu11 -O2 $(WARNINGS) -o $@ $<

$(BUILD)/bios/packed.bin: $(BUILD)/bios/wimboot.elf $(PACK)
	$(call quiet,PACK) objcopy -O binary --remove-section=.entry $< $(@:packed.bin=unpacked.bin) && \
	    $(PACK) < $(@:packed.bin=unpacked.bin) > $@
