/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects of a store. */
#include "bcd/bcd.h"

#include <string.h>

#include "base/little_endian.h"

/* ---- finding ---- */

static struct hive_key *object_of_guid(const struct bcd *bcd, const uint8_t guid[GUID_SIZE])
{
    char text[GUID_TEXT_SIZE];
    guid_format(guid, text);
    return hive_find(bcd->objects, text);
}

/* What {bootmgr} starts: its default, or else the first of its display order. */
static bool default_guid(const struct bcd *bcd, uint8_t guid[GUID_SIZE])
{
    char text[GUID_TEXT_SIZE];
    size_t offset = 0;
    struct hive_key *bootmgr = bcd_find_object(bcd, "{bootmgr}");
    const struct hive_value *value = NULL;
    if (bootmgr != NULL) {
        value = bcd_find_element(bootmgr, BCD_DEFAULT);
        if (value == NULL) {
            value = bcd_find_element(bootmgr, BCD_DISPLAY_ORDER);
        }
    }
    return value != NULL && bcd_get_next(value, &offset, text) &&
           guid_parse(text, strlen(text), guid);
}

bool bcd_resolve(const struct bcd *bcd, const char *id, char text[GUID_TEXT_SIZE])
{
    uint8_t guid[GUID_SIZE];
    size_t length = strlen(id);
    if (!guid_parse(id, length, guid) && !bcd_alias_guid(id, length, guid) &&
        !(strcmp(id, "{default}") == 0 && default_guid(bcd, guid))) {
        return false;
    }
    guid_format(guid, text);
    return true;
}

struct hive_key *bcd_find_object(const struct bcd *bcd, const char *id)
{
    char guid[GUID_TEXT_SIZE];
    return bcd_resolve(bcd, id, guid) ? hive_find(bcd->objects, guid) : NULL;
}

const char *bcd_object_id(const struct hive_key *object)
{
    uint8_t guid[GUID_SIZE];
    const char *alias = NULL;
    if (guid_parse(object->name, strlen(object->name), guid)) {
        alias = bcd_guid_alias(guid);
    }
    return alias != NULL ? alias : object->name;
}

uint32_t bcd_object_type(const struct hive_key *object)
{
    const struct hive_key *description = hive_find(object, "Description");
    const struct hive_value *type =
        description != NULL ? hive_find_value(description, "Type") : NULL;
    if (type != NULL && type->type == HIVE_DWORD && type->size == 4) {
        return get_u32(type->data);
    }
    /* Boot managers know these two by their GUIDs. */
    const char *id = bcd_object_id(object);
    return strcmp(id, "{bootmgr}") == 0          ? BCD_BOOTMGR
           : strcmp(id, "{ramdiskoptions}") == 0 ? BCD_DEVICE_OPTIONS
                                                 : 0;
}

/* ---- changing ---- */

void bcd_make_guid(struct bcd *bcd, char text[GUID_TEXT_SIZE])
{
    /* Any GUID will do that is unique in its store; the last four bytes are a counter. */
    uint8_t guid[GUID_SIZE] = {0x77, 0x6D, 0x62, 0x6F, 0x74, 0x6F, 0x74, 0x4E,
                               0x8B, 0x0D, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    do {
        uint32_t number = ++bcd->next_guid;
        for (int i = 0; i < 4; i++) {
            guid[GUID_SIZE - 1 - i] = (uint8_t)(number >> 8 * i);
        }
    } while (object_of_guid(bcd, guid) != NULL);
    guid_format(guid, text);
}

static int out_of_memory(struct error *error)
{
    return error_no_memory(error, "the BCD store");
}

int bcd_create_object(struct bcd *bcd, const char *guid, uint32_t type, struct hive_key **object,
                      struct error *error)
{
    uint8_t bytes[4];
    if (hive_find(bcd->objects, guid) != NULL) {
        return error_set(error, "the BCD store has an object %s already", guid);
    }
    bcd->changed = true;
    struct hive_key *key = hive_add_key(bcd->hive, bcd->objects, guid);
    struct hive_key *description = key != NULL ? hive_add_key(bcd->hive, key, "Description") : NULL;
    put_u32(bytes, type);
    if (description == NULL || hive_add_key(bcd->hive, key, "Elements") == NULL ||
        hive_set_value(bcd->hive, description, "Type", HIVE_DWORD, bytes, 4) != 0) {
        return out_of_memory(error);
    }
    *object = key;
    return 0;
}

int bcd_copy_object(struct bcd *bcd, const struct hive_key *from, const char *guid,
                    struct hive_key **object, struct error *error)
{
    if (hive_find(bcd->objects, guid) != NULL) {
        return error_set(error, "the BCD store has an object %s already", guid);
    }
    bcd->changed = true;
    struct hive_key *key = hive_add_key(bcd->hive, bcd->objects, guid);
    if (key == NULL || hive_copy_key(bcd->hive, from, key) != 0) {
        return out_of_memory(error);
    }
    *object = key;
    return 0;
}

/* Remove a GUID from one of {bootmgr}'s lists, or its default. */
static int forget(struct bcd *bcd, struct hive_key *bootmgr, uint32_t element, const char *guid,
                  struct error *error)
{
    const struct hive_value *value = bcd_find_element(bootmgr, element);
    if (value == NULL) {
        return 0;
    }
    size_t most = value->size / 2 + 1; /* GUIDs, however short */
    char(*kept)[GUID_TEXT_SIZE] = memory_allocate_zeroed(most, sizeof(*kept));
    const char **texts = memory_allocate_zeroed(most, sizeof(*texts));
    int result = 0;
    if (kept != NULL && texts != NULL) {
        size_t offset = 0, count = 0;
        bool mentioned = false;
        while (bcd_get_next(value, &offset, kept[count])) {
            bool same =
                hive_compare_names(kept[count], strlen(kept[count]), guid, strlen(guid)) == 0;
            mentioned = mentioned || same;
            texts[count] = kept[count];
            count += !same;
        }
        if (mentioned && count == 0) {
            bcd_remove_element(bcd, bootmgr, element);
        } else if (mentioned) {
            result = bcd_set_list(bcd, bootmgr, element, texts, count, error);
        }
    } else {
        result = out_of_memory(error);
    }
    memory_free(kept);
    memory_free(texts);
    return result;
}

int bcd_delete_object(struct bcd *bcd, struct hive_key *object, struct error *error)
{
    static const uint32_t lists[] = {BCD_DISPLAY_ORDER, BCD_BOOT_SEQUENCE, BCD_TOOLS_ORDER,
                                     BCD_DEFAULT, BCD_RESUME_OBJECT};
    struct hive_key *bootmgr = bcd_find_object(bcd, "{bootmgr}");
    bcd->changed = true;
    for (size_t i = 0; bootmgr != NULL && i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (forget(bcd, bootmgr, lists[i], object->name, error) != 0) {
            return -1;
        }
    }
    hive_remove_key(object);
    return 0;
}
