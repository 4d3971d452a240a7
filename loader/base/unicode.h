/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UTF-8, UTF-16, and the way Windows compares names without regard to case.
 *
 * Scripts and messages are UTF-8; WIM, FAT, hives and UEFI are UTF-16LE. Ill-formed UTF-8 turns
 * into U+FFFD. Unpaired surrogates survive the conversion UTF-16 -> UTF-8 -> UTF-16 (as
 * three-byte sequences), because names in a WIM may have them.
 */
#ifndef LOADER_UNICODE_H
#define LOADER_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Convert to UTF-16 in native (little-endian) order, without a terminator.
 *
 * @param length   bytes of the UTF-8
 * @param capacity units that fit in `units`; `units` may be NULL to measure
 * @return units that the whole text has; more than capacity means it was cut
 */
size_t utf16_from_utf8(const char *text, size_t length, uint16_t *units, size_t capacity);

/**
 * Convert UTF-16LE bytes (any alignment) to UTF-8, NUL-terminated when capacity > 0.
 *
 * @param unit_count units, not bytes
 * @return bytes that the whole text has, without the NUL; >= capacity means it was cut
 */
size_t utf8_from_utf16(const void *units, size_t unit_count, char *text, size_t capacity);

/** Upper case of one unit by Windows' simple one-to-one folding: Latin, Greek, Cyrillic, Armenian,
 * Georgian, full-width; other characters stay the same. */
uint16_t utf16_upcase(uint16_t unit);

/** Compare UTF-16LE names (any alignment, lengths in units) as Windows sorts them: by upper-cased
 * unit, a prefix first. <0, 0, >0. */
int utf16_compare(const void *left, size_t left_count, const void *right, size_t right_count);

/** Compare NUL-terminated UTF-8 names without regard to case, with the same folding. */
bool utf8_equal(const char *left, const char *right);

/** Continue a hash (hash_table.h) with a name. Names that utf16_compare() and utf8_equal() call
 * equal have the same hash, in UTF-8 as in UTF-16LE. Lengths in bytes and in units. */
uint32_t utf8_hash(uint32_t hash, const char *text, size_t length);
uint32_t utf16_hash(uint32_t hash, const void *units, size_t unit_count);

/** Match a name against a pattern of '*' and '?' without regard to case. Time is at most the
 * product of the lengths. */
bool utf8_match(const char *pattern, const char *name);

/** Whether bytes are UTF-8: each leading byte is one, and has as many others after it as it says.
 * Code points that nobody may encode are not looked for. */
bool utf8_is_well_formed(const uint8_t *bytes, size_t size);

#endif
