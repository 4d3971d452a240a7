/* SPDX-License-Identifier: BSD-2-Clause */
/* There is no clock: time() is always 0 (libc/stdlib.c). Lua's generator of random numbers is
 * seeded again by lua/state.c. */
#ifndef LIBC_TIME_H
#define LIBC_TIME_H

typedef long time_t;

time_t time(time_t *result);

#endif
