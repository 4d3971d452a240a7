# SPDX-License-Identifier: BSD-2-Clause
# Processors. Each is a row of this table, and what is written for it is in its folders:
#
#   ARCH_FOLDERS_*  folders in arch/, the most particular first. Of files that have the same name in
#                   several, the first counts:
#                     include/arch/*.h  what shared code asks of a processor, included as "arch/X.h"
#                     *.c               the core's routines that are written for a processor
#                     libc/*.c          the same of the freestanding C library
#   ARCH_FLAGS_*    of the compiler, in firmware
#   ARCH_SMALL_*    those for what is to be small rather than fast
#   ARCH_LD_*       the linker, for firmware
#   ARCH_IMAGE_*    the file that has the UEFI half for this processor (tools/mkimage.py)
#
# `generic` is C for any processor, and all there is for a host that has no row.

ARCH_FOLDERS_generic := generic

# Boot managers need a Pentium Pro or better themselves. No SSE: older ones have none, and the BIOS does not
# switch it on; code for those that have it asks first (bios/vector_unit.h).
# Copies of unknown length call memcpy(), which moves words: gcc's own `rep movsb` in their place is four
# times the work on processors without fast strings. (Compiling small it does that again, unless it is told.)
ARCH_FOLDERS_i386    := i386 x86 generic
ARCH_FLAGS_i386      := -m32 -march=i686 -mno-sse -mno-mmx -mpreferred-stack-boundary=2 \
                        -mmemcpy-strategy=unrolled_loop:64:noalign,libcall:-1:noalign -fcf-protection=none
ARCH_SMALL_i386      := -Os -mstringop-strategy=libcall
ARCH_LD_i386         := ld -m elf_i386
# UEFI calls it IA32.
ARCH_IMAGE_i386      := wimboot.ia32

# UEFI's interrupt handlers use the stack that we run on: no red zone.
ARCH_FOLDERS_x86_64  := x86_64 x86 generic
ARCH_FLAGS_x86_64    := -m64 -mno-red-zone -fcf-protection=none
ARCH_SMALL_x86_64    := -Os -mstringop-strategy=libcall
ARCH_LD_x86_64       := ld -m elf_x86_64
ARCH_IMAGE_x86_64    := wimboot

# clang, since Debian's gcc for another processor is a package of its own; and so lld. gnu-efi's headers
# need no convention of calls here: the compiler's own is UEFI's.
ARCH_FOLDERS_arm64   := arm64 generic
ARCH_FLAGS_arm64     := --target=aarch64-linux-gnu -march=armv8-a -mno-outline-atomics -fno-math-errno -ffp-contract=off \
                        -Wno-unused-command-line-argument -Wno-ignored-optimization-argument
ARCH_SMALL_arm64     := -Os
ARCH_CC_arm64        := $(CLANG)
ARCH_LD_arm64        := ld.lld -m aarch64linux -z nostart-stop-gc
ARCH_IMAGE_arm64     := wimboot.arm64
# These files ask the processor before they use them.
$(foreach f,sha1 sha256,$(eval FLAGS_arch/arm64/$(f) := -march=armv8-a+sha2))

# $(call arch_sources,ARCH,FOLDER/): its C files in that folder.
arch_names   = $(sort $(foreach f,$(ARCH_FOLDERS_$(1)),$(notdir $(wildcard arch/$(f)/$(2)*.c))))
arch_sources = $(foreach n,$(arch_names),$(firstword $(wildcard $(ARCH_FOLDERS_$(1):%=arch/%/$(2)$(n)))))
arch_include = $(ARCH_FOLDERS_$(1):%=-Iarch/%/include)

HOST_ARCH := $(shell uname -m)
HOST_ARCH := $(if $(ARCH_FOLDERS_$(HOST_ARCH)),$(HOST_ARCH),generic)
