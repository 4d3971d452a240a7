/* SPDX-License-Identifier: BSD-2-Clause */
/* Lua includes <locale.h>; lua/port/config.h does away with every use of it. */
