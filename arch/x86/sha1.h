/* SPDX-License-Identifier: BSD-2-Clause */
/* The block functions of SHA-1 for x86; arch/x86/sha1.c knows which of them a processor can run. */
#ifndef ARCH_X86_SHA1_H
#define ARCH_X86_SHA1_H

#include "arch/sha1.h"

sha1_blocks sha1_compress_ssse3;

#endif
