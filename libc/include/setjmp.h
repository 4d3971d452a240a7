/* SPDX-License-Identifier: BSD-2-Clause */
/* Lua includes <setjmp.h>; lua/port/config.h uses the compiler's built-in jumps instead. */
