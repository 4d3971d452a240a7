# SPDX-License-Identifier: BSD-2-Clause
# The UEFI platform: x86-64, compiled against gnu-efi's headers (not its library), linked as a
# position-independent ELF image from which tools/mkimage.py makes PE sections.

EFI_HEADERS := -isystem /usr/include/efi -DGNU_EFI_USE_MS_ABI

# The firmware's interrupt handlers use the stack that we run on: no red zone.
efi_CC            := $(CC)
efi_PLATFORM      := efi
efi_FLAGS         := $(FREESTANDING) $(EFI_HEADERS) -m64 -O2 -fpie -mno-red-zone -fvisibility=hidden
efi_EXTRA_SOURCES := $(wildcard libc/*.c)

efi_LDFLAGS := -nostdlib -static-pie -Wl,--no-dynamic-linker -Wl,-T,efi/wimboot.ld \
               -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,text -Wl,-z,norelro \
               -Wl,-z,noexecstack -Wl,-z,max-page-size=0x1000 -Wl,--orphan-handling=error

$(BUILD)/efi/wimboot.elf: $$(efi_OBJECTS) efi/wimboot.ld
	$(call quiet,LD  efi) $(efi_CC) $(efi_LDFLAGS) -o $@ $(filter %.o,$^)

# The plugins' tests run them on the host, against firmware that the tests play.
FLAGS_plugins/blockio/test_blockio := $(EFI_HEADERS)
FLAGS_plugins/efi_fs/test_efi_fs := $(EFI_HEADERS)
FLAGS_plugins/efi_initrd/test_efi_initrd := $(EFI_HEADERS)
FLAGS_tests/unit/test_efi := $(EFI_HEADERS)
