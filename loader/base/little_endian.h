/* SPDX-License-Identifier: BSD-2-Clause */
/* Little-endian integers at any alignment: all formats that the loader reads or writes use them. */
#ifndef LOADER_LITTLE_ENDIAN_H
#define LOADER_LITTLE_ENDIAN_H

#include <stdint.h>
#include <string.h>

static inline uint16_t get_u16(const void *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint32_t get_u32(const void *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint64_t get_u64(const void *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline void put_u16(void *bytes, uint16_t value)
{
    memcpy(bytes, &value, sizeof(value));
}

static inline void put_u32(void *bytes, uint32_t value)
{
    memcpy(bytes, &value, sizeof(value));
}

static inline void put_u64(void *bytes, uint64_t value)
{
    memcpy(bytes, &value, sizeof(value));
}

#endif
