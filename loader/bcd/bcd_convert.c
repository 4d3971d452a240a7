/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a store work in both firmwares: Windows' boot applications are called winload.exe in BIOS
 * and winload.efi under UEFI, and so on. Only the path elements of Windows boot applications are
 * looked at: legacy loaders, boot sectors and firmware entries exist for one firmware only, and
 * ".exe" elsewhere (in load options, a description, a device) is left alone.
 */
#include "bcd/bcd.h"

#include <string.h>

static bool is_windows_boot_application(uint32_t object_type)
{
    return object_type >> 28 == 1 && (object_type >> 20 & 15) == 2;
}

/* The last three units of a UTF-16 string that ends in one of two endings of four letters; else
 * NULL. */
static uint8_t *ending(uint8_t *data, size_t size, const char *letters)
{
    size_t end = 0;
    while (size - end >= 2 && (data[end] | data[end + 1]) != 0) {
        end += 2;
    }
    if (end < 8 || data[end - 8] != '.' || data[end - 7] != 0) {
        return NULL;
    }
    for (int i = 0; i < 3; i++) {
        if ((data[end - 6 + 2 * i] | 0x20) != letters[i] || data[end - 5 + 2 * i] != 0) {
            return NULL;
        }
    }
    return data + end - 6;
}

static int convert_path(struct bcd *bcd, struct hive_key *object, const char *from, const char *to,
                        struct error *error)
{
    const struct hive_value *value = bcd_find_element(object, BCD_PATH);
    if (value == NULL) {
        return 0;
    }
    uint8_t *copy = memory_allocate(value->size + 1);
    if (copy == NULL) {
        return error_no_memory(error, "the BCD store");
    }
    memcpy(copy, value->data, value->size);
    uint8_t *letters = ending(copy, value->size, from);
    int result = 0;
    if (letters != NULL) {
        for (int i = 0; i < 3; i++) {
            letters[2 * i] = (uint8_t)to[i];
        }
        result = bcd_set_element(bcd, object, BCD_PATH, copy, value->size, error) == 0 ? 1 : -1;
    }
    memory_free(copy);
    return result;
}

int bcd_convert(struct bcd *bcd, bool efi, struct error *error)
{
    int count = 0;
    for (struct hive_key *object = hive_first_child(bcd->objects); object != NULL;
         object = object->next) {
        if (!is_windows_boot_application(bcd_object_type(object))) {
            continue;
        }
        int changed = convert_path(bcd, object, efi ? "exe" : "efi", efi ? "efi" : "exe", error);
        if (changed < 0) {
            return -1;
        }
        count += changed;
    }
    return count;
}
