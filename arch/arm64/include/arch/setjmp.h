/* SPDX-License-Identifier: BSD-2-Clause */
/* setjmp() and longjmp() (arch/arm64/libc/setjmp.c): clang has none built in for this processor. */
#ifndef ARCH_SETJMP_H
#define ARCH_SETJMP_H

#include <stdint.h>

/* What a function must keep (AAPCS64, 6.1): x19 to x30, sp, d8 to d15. */
typedef uint64_t jmp_buf[21];

int setjmp(jmp_buf buffer) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf buffer, int value);

#endif
