/* SPDX-License-Identifier: BSD-2-Clause */
/* Lua's auxiliary library reads errno after a failed fopen(), and clears it before; nothing else
 * sets it. */
#ifndef LIBC_ERRNO_H
#define LIBC_ERRNO_H

extern int errno;

#endif
