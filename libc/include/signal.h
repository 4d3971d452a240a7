/* SPDX-License-Identifier: BSD-2-Clause */
/* Lua includes <signal.h> for this type alone. */
#ifndef LIBC_SIGNAL_H
#define LIBC_SIGNAL_H

typedef int sig_atomic_t;

#endif
