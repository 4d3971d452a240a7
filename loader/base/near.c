/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that are probably meant. See near.h. */
#include "base/near.h"

#include <string.h>

#include "base/ascii.h"

bool names_are_near(const char *left, size_t left_length, const char *right)
{
    size_t right_length = strlen(right), head = 0, tail = 0;
    while (head < left_length && head < right_length &&
           ascii_lower(left[head]) == ascii_lower(right[head])) {
        head++;
    }
    while (tail < left_length - head && tail < right_length - head &&
           ascii_lower(left[left_length - 1 - tail]) ==
               ascii_lower(right[right_length - 1 - tail])) {
        tail++;
    }
    size_t left_rest = left_length - head - tail, right_rest = right_length - head - tail;
    return (left_rest <= 1 && right_rest <= 1) ||
           (left_rest == 2 && right_rest == 2 &&
            ascii_lower(left[head]) == ascii_lower(right[head + 1]) &&
            ascii_lower(left[head + 1]) == ascii_lower(right[head]));
}
