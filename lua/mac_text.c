/* SPDX-License-Identifier: BSD-2-Clause */
/* MAC addresses as people write them. See mac_text.h. */
#include "lua/mac_text.h"

#include <stddef.h>

bool mac_text_normalize(const char *text, char mac[MAC_TEXT_SIZE])
{
    size_t count = 0;

    for (; *text != '\0' && count < 12; text++) {
        char digit = *text;

        if ((digit == ':' || digit == '-' || digit == '.') && count > 0 && count % 2 == 0) {
            continue;
        }
        if (digit >= 'A' && digit <= 'F') {
            digit = (char)(digit - 'A' + 'a');
        }
        if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'))) {
            return false;
        }
        mac[count / 2 * 3 + count % 2] = digit;
        count++;
    }
    for (size_t i = 2; i < 17; i += 3) {
        mac[i] = ':';
    }
    mac[17] = '\0';
    return count == 12 && *text == '\0';
}
