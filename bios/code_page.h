/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 in code page 437, the characters of BIOS fonts, and back. No side effects. */
#ifndef BIOS_CODE_PAGE_H
#define BIOS_CODE_PAGE_H

#include <stdint.h>

/**
 * Read one UTF-8 character of a text.
 *
 * @param text advanced past it; must be before `end`
 * @return the character in code page 437; one that looks like it, or '?', where there is none or
 * the UTF-8 is ill-formed
 */
uint8_t code_page_next(const uint8_t **text, const uint8_t *end);

/** The Unicode character of one in code page 437. */
uint16_t code_page_to_unicode(uint8_t character);

#endif
