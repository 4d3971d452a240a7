/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiler's own <limits.h> has everything, but then includes the C library's: this file. */
