/* SPDX-License-Identifier: BSD-2-Clause */
/* The entry point of SMBIOS. See smbios_entry.h. */
#include "base/smbios_entry.h"

#include <string.h>

#include "base/little_endian.h"

/* Offsets in the entry points. */
enum {
    LENGTH_2 = 0x05,
    MIDDLE_ANCHOR_2 = 0x10,
    TABLE_SIZE_2 = 0x16,
    TABLE_2 = 0x18,
    END_2 = 0x1C, /* of the part that is read here */
    LENGTH_3 = 0x06,
    TABLE_SIZE_3 = 0x0C,
    TABLE_3 = 0x10,
    END_3 = 0x18,
};

/* Is the length that an entry point gives for itself right, and does it add up to zero? */
static bool is_sound(const uint8_t *entry, size_t length, size_t least, size_t room)
{
    uint8_t sum = 0;
    if (length < least || length > SMBIOS_ENTRY_SIZE_MAX || length > room) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        sum = (uint8_t)(sum + entry[i]);
    }
    return sum == 0;
}

bool smbios_read_entry(const uint8_t *entry, size_t room, uint64_t *address, uint32_t *size)
{
    if (room >= END_3 && memcmp(entry, "_SM3_", 5) == 0 &&
        is_sound(entry, entry[LENGTH_3], END_3, room)) {
        *size = get_u32(entry + TABLE_SIZE_3);
        *address = get_u64(entry + TABLE_3);
    } else if (room >= END_2 && memcmp(entry, "_SM_", 4) == 0 &&
               memcmp(entry + MIDDLE_ANCHOR_2, "_DMI_", 5) == 0 &&
               is_sound(entry, entry[LENGTH_2], END_2, room)) {
        *size = get_u16(entry + TABLE_SIZE_2);
        *address = get_u32(entry + TABLE_2);
    } else {
        return false;
    }
    if (*size > SMBIOS_TABLE_SIZE_MAX) {
        *size = SMBIOS_TABLE_SIZE_MAX;
    }
    return *address != 0 && *size != 0 && *address <= UINT64_MAX - *size;
}
