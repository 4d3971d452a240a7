/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiler's own <limits.h> says it all, but includes the C library's behind itself: this. */
