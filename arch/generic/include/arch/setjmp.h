/* SPDX-License-Identifier: BSD-2-Clause */
/* setjmp() and longjmp() as the compiler has them built in. */
#ifndef ARCH_SETJMP_H
#define ARCH_SETJMP_H

typedef void *jmp_buf[5]; /* GCC's manual, "Nonlocal Gotos" */

/* The value that setjmp() returns the second time is always 1. */
#define setjmp(buffer)         __builtin_setjmp(buffer)
#define longjmp(buffer, value) __builtin_longjmp(buffer, 1)

#endif
