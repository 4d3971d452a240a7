/* SPDX-License-Identifier: BSD-2-Clause */
/* The C library's header: jumps are the processor's matter. */
#ifndef LIBC_SETJMP_H
#define LIBC_SETJMP_H

#include "arch/setjmp.h"

#endif
