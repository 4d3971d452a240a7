/* SPDX-License-Identifier: BSD-2-Clause */
/* CRC-32 as in zlib, so that tests can compare with Python's zlib.crc32(). */
#ifndef STANDIN_CRC32_H
#define STANDIN_CRC32_H

#include <stddef.h>
#include <stdint.h>

/** Add bytes to a checksum; start with 0. */
uint32_t crc32_add(uint32_t checksum, const void *data, size_t length);

#endif
