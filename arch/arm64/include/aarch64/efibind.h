/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gnu-efi's package for x86 lacks this header, which its efi.h includes for arm64. Its types are
 * those of x86-64, and the calling convention is the compiler's own.
 */
#define EFIAPI
#include <x86_64/efibind.h>
