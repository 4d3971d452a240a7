# SPDX-License-Identifier: BSD-2-Clause
# The UEFI platform, once for each processor that has a UEFI image (arch/arch.mk): compiled against
# gnu-efi's headers (not its library), linked as a position-independent ELF image from which
# tools/mkimage.py makes PE sections.

# CHAR16 is wchar_t in some versions of these headers.
EFI_HEADERS := -isystem /usr/include/efi -DGNU_EFI_USE_MS_ABI -fshort-wchar
# make ARCHES='x86_64 arm64 i386' chooses which are built; i386 (wimboot.ia32) only where it is named.
EFI_ARCHES  := $(patsubst ARCH_IMAGE_%,%,$(filter ARCH_IMAGE_%,$(.VARIABLES)))
EFI_LDFLAGS := -static -pie --no-dynamic-linker -T efi/wimboot.ld --gc-sections --build-id=none -z text \
               -z norelro -z noexecstack -z max-page-size=0x1000 --orphan-handling=error

ARCHES      ?= $(filter-out i386,$(EFI_ARCHES))

# $(call efi_variant,ARCH): the variant efi-ARCH.
define efi_variant
efi-$(1)_CC       := $$(or $$(ARCH_CC_$(1)),$$(CC))
efi-$(1)_PLATFORM := efi
efi-$(1)_ARCH     := $(1)
efi-$(1)_FLAGS    := -fpie -fvisibility=hidden $$(EFI_HEADERS)

$(BUILD)/efi-$(1)/wimboot.elf: $$$$(efi-$(1)_OBJECTS) efi/wimboot.ld
	$$(call quiet,LD  efi) $$(ARCH_LD_$(1)) $$(EFI_LDFLAGS) -o $$@ $$(filter %.o,$$^)
endef
$(foreach a,$(EFI_ARCHES),$(eval $(call efi_variant,$(a))))

# The test runs the platform on the host, against firmware that the test plays.
FLAGS_tests/unit/test_efi := $(EFI_HEADERS)
