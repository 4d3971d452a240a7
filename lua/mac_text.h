/* SPDX-License-Identifier: BSD-2-Clause */
/* MAC addresses as people write them. */
#ifndef LUA_MAC_TEXT_H
#define LUA_MAC_TEXT_H

#include <stdbool.h>

enum { MAC_TEXT_SIZE = 18 }; /* with the NUL */

/**
 * Write an address in the form that boot.mac has, "52:54:00:12:34:56".
 *
 * @param text six bytes of hexadecimal digits; between them may be ':', '-' or '.'
 * @return false if it is none
 */
bool mac_text_normalize(const char *text, char mac[MAC_TEXT_SIZE]);

#endif
