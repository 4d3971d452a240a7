/* SPDX-License-Identifier: BSD-2-Clause */
/* Words in which memory is copied and compared. */
#ifndef ARCH_WORD_H
#define ARCH_WORD_H

#include <stddef.h>

enum { WORD_SIZE = sizeof(size_t) };

/* An unaligned word that may alias anything. */
typedef size_t __attribute__((may_alias, aligned(1))) any_word;

#endif
