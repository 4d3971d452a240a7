/* SPDX-License-Identifier: BSD-2-Clause */
/* The instructions that move and store the processor's words, of size_t's size
 * (arch/x86/libc/memory.c). */
#ifndef ARCH_STRING_INSTRUCTIONS_H
#define ARCH_STRING_INSTRUCTIONS_H

#define REP_MOVE_WORDS  "rep movsl"
#define REP_STORE_WORDS "rep stosl"

#endif
