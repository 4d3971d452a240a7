/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: BCD stores, if the input is a hive, with all that the loader does to one; else
 * device elements, as bytes and as text. */
#include <stdlib.h>
#include <string.h>

#include "bcd/bcd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Whether two texts are the same but for '/' in place of '\', which is mended. */
static bool is_same(const char *left, const char *right)
{
    while (*left != '\0' && (*left == *right || (*left == '/' && *right == '\\'))) {
        left++;
        right++;
    }
    return *left == *right;
}

/* Whatever the bytes are, the text must give them back, but for what does not count in them: then
 * the same text is that of what it gave. */
static void check_device(struct pool *pool, uint32_t element, const uint8_t *data, size_t size)
{
    struct error error;
    uint8_t *again;
    size_t again_size;
    const char *text = bcd_device_format(pool, element, data, size);
    require(bcd_device_parse(pool, element, text, &again, &again_size, &error) == 0);
    require(again_size == size);
    require(is_same(text, bcd_device_format(pool, element, again, again_size)));
}

static void check_object(struct bcd *bcd, const struct hive_key *object)
{
    char guid[GUID_TEXT_SIZE];
    uint64_t integer;
    for (uint32_t format = 1; format <= 8; format++) {
        for (uint32_t subtype = 0; subtype < 8; subtype++) {
            uint32_t element = 0x10000000 | format << 24 | subtype;
            const struct hive_value *value = bcd_find_inherited(bcd, object, element);
            size_t offset = 0;
            if (value == NULL) {
                continue;
            }
            bcd_is_sound(element, value);
            bcd_get_string(bcd->pool, value);
            bcd_get_integer(value, &integer);
            while (bcd_get_next(value, &offset, guid)) {
                bcd_find_object(bcd, guid);
            }
            check_device(bcd->pool, element, value->data, value->size);
        }
    }
}

static void check_store(struct pool *pool, const uint8_t *data, size_t size)
{
    struct error error;
    struct bcd *bcd, *again;
    struct bcd_reference *reference;
    const struct file *file;
    if (bcd_open(pool, file_from_memory(pool, "BCD", data, size), &bcd, &error) != 0) {
        return;
    }
    struct hive_key *first = hive_first_child(bcd->objects), *copy;
    char guid[GUID_TEXT_SIZE];
    for (struct hive_key *object = first; object != NULL; object = object->next) {
        check_object(bcd, object);
    }
    bcd_references(bcd, true, &reference, &error);
    int converted = bcd_convert(bcd, true, &error);
    require(bcd_convert(bcd, true, &error) == 0 && converted >= 0);
    if (first != NULL) {
        bcd_make_guid(bcd, guid);
        require(bcd_copy_object(bcd, first, guid, &copy, &error) == 0);
        require(bcd_delete_object(bcd, first, &error) == 0);
    }
    require(bcd_file(bcd, &file, &error) == 0);
    require(bcd_open(pool, file, &again, &error) == 0);
    require(again->objects->child_count == bcd->objects->child_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct error error;
    uint8_t *bytes;
    size_t length;
    if (size >= 4 && memcmp(data, "regf", 4) == 0) {
        check_store(pool, data, size);
    } else {
        check_device(pool, BCD_DEVICE, data, size);
        char *text = pool_allocate(pool, size + 1);
        memcpy(text, data, size);
        if (bcd_device_parse(pool, BCD_OS_DEVICE, text, &bytes, &length, &error) == 0) {
            check_device(pool, BCD_OS_DEVICE, bytes, length);
        }
    }
    pool_destroy(pool);
    return 0;
}
