/* SPDX-License-Identifier: BSD-2-Clause */
/* Lua's auxiliary library names errno after a failed fopen(); nothing here sets it. */
#ifndef LIBC_ERRNO_H
#define LIBC_ERRNO_H

#define errno 0

#endif
