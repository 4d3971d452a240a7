/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of a hive that is edited in place.
 *
 * Data of up to four bytes are in the value itself, longer ones in a cell, and from version 1.4 on,
 * those over 16344 bytes in segments, which a "db" cell lists.
 */
#include <string.h>

#include "base/little_endian.h"
#include "base/work.h"
#include "hive/registry_cell.h"

enum {
    SPARE = 4, /* values that a list has room for, so that it need not move each time */
    NAME_TEXT_SIZE = 3 * UINT16_MAX + 1,
    SEGMENT_PADDING = 4, /* whole segments have as many; hivex takes them for granted */
};

/* The list of a key's values. @return NULL, without an error: there are none */
static uint8_t *value_list(const struct registry *registry, const uint8_t *nk, uint32_t *count,
                           uint32_t *capacity, struct error *error, int *result)
{
    uint32_t cell = get_u32(nk + KEY_VALUES), bytes = 0;
    *count = get_u32(nk + KEY_VALUE_COUNT);
    *capacity = 0;
    *result = 0;
    if (*count == 0 || cell == NO_CELL) {
        *count = 0;
        return NULL;
    }
    uint8_t *list = registry_cell(registry, cell, 4, &bytes, "a list of values", error);
    *capacity = bytes / 4;
    if (list != NULL && *count > *capacity) {
        registry_damaged(cell, "this list has no room for the values of its key", error);
        list = NULL;
    }
    *result = list != NULL ? 0 : -1;
    return list;
}

static struct registry_value describe(uint32_t cell, const uint8_t *vk)
{
    return (struct registry_value){.cell = cell,
                                   .type = get_u32(vk + VALUE_TYPE),
                                   .size = get_u32(vk + VALUE_SIZE) & ~VALUE_INLINE};
}

/* ---- reading ---- */

/* Find a value. @param place written: in the list */
static int find(struct registry *registry, const uint8_t *nk, const struct registry_name *name,
                struct registry_value *value, uint32_t *place, struct error *error)
{
    uint32_t count, capacity;
    int result;
    const uint8_t *list = value_list(registry, nk, &count, &capacity, error, &result);
    *value = (struct registry_value){.cell = REGISTRY_NONE};
    for (uint32_t i = 0; i < count && result == 0; i++) {
        uint32_t cell = get_u32(list + 4 * (size_t)i);
        const uint8_t *vk = registry_value_cell(registry, cell, error);
        if (vk == NULL) {
            return -1;
        }
        struct registry_name other = registry_value_name(vk);
        if (registry_name_compare(name, &other) == 0) {
            *value = describe(cell, vk);
            *place = i;
            return 0;
        }
    }
    return result;
}

static int find_by_text(struct registry *registry, uint32_t key, const char *name,
                        struct registry_name *converted, struct registry_value *value,
                        uint32_t *place, struct error *error)
{
    const uint8_t *nk = registry_key(registry, key, error);
    if (nk == NULL || registry_name_from(registry, name, strlen(name), REGISTRY_VALUE_NAME_MAX,
                                         converted, error) != 0) {
        return -1;
    }
    return find(registry, nk, converted, value, place, error);
}

int registry_find_value(struct registry *registry, uint32_t key, const char *name,
                        struct registry_value *value, struct error *error)
{
    struct registry_name converted;
    uint32_t place;
    return find_by_text(registry, key, name, &converted, value, &place, error);
}

/* Copy the segments of a big value. */
static int read_segments(const struct registry *registry, uint32_t cell, const uint8_t *header,
                         uint32_t size, uint8_t *data, struct error *error)
{
    uint32_t count = get_u16(header + SEGMENTS_COUNT);
    uint32_t needed = size / SEGMENT_SIZE + (size % SEGMENT_SIZE != 0);
    if (count < needed) {
        return registry_damaged(cell, "this value has fewer segments than its size needs", error);
    }
    const uint8_t *list = registry_cell(registry, get_u32(header + SEGMENTS_LIST), needed * 4, NULL,
                                        "a list of segments", error);
    for (uint32_t i = 0, done = 0; list != NULL && i < needed; i++) {
        uint32_t length = size - done < SEGMENT_SIZE ? size - done : SEGMENT_SIZE;
        const uint8_t *segment = registry_cell(registry, get_u32(list + 4 * (size_t)i), length,
                                               NULL, "a segment of a value", error);
        if (segment == NULL) {
            return -1;
        }
        memcpy(data + done, segment, length);
        done += length;
    }
    return list != NULL ? 0 : -1;
}

static bool is_segmented(const uint8_t *data, uint32_t capacity, uint32_t size)
{
    return size > capacity && capacity >= 8 && size > SEGMENT_SIZE &&
           get_u16(data) == SIGNATURE_SEGMENTS;
}

int registry_read_value(struct registry *registry, const struct registry_value *value, void *data,
                        struct error *error)
{
    const uint8_t *vk = registry_value_cell(registry, value->cell, error);
    uint32_t size = value->size, capacity = 0;
    if (vk == NULL) {
        return -1;
    }
    work_done.moved += size;
    if (get_u32(vk + VALUE_SIZE) & VALUE_INLINE) {
        if (size > VALUE_INLINE_MAX) {
            return registry_damaged(
                value->cell, "this value has more than 4 bytes, but no cell for them", error);
        }
        memcpy(data, vk + VALUE_DATA, size);
        return 0;
    }
    if (size == 0) {
        return 0;
    }
    uint32_t cell = get_u32(vk + VALUE_DATA);
    const uint8_t *from = registry_cell(registry, cell, 4, &capacity, "a value's data", error);
    if (from == NULL) {
        return -1;
    }
    if (is_segmented(from, capacity, size)) {
        return read_segments(registry, cell, from, size, data, error);
    }
    if (size > capacity) {
        return registry_damaged(cell, "this cell is smaller than the value that it should hold",
                                error);
    }
    memcpy(data, from, size);
    return 0;
}

int registry_list_values(struct registry *registry, uint32_t key,
                         bool (*visit)(void *context, const char *name,
                                       const struct registry_value *value),
                         void *context, struct error *error)
{
    uint32_t count, capacity;
    int result;
    const uint8_t *nk = registry_key(registry, key, error);
    if (nk == NULL) {
        return -1;
    }
    if (registry->text_buffer == NULL) { /* kept: `visit` may not return */
        registry->text_buffer = pool_allocate(registry->pool, NAME_TEXT_SIZE);
    }
    if (registry->text_buffer == NULL) {
        return error_no_memory(error, "the names of values");
    }
    const uint8_t *list = value_list(registry, nk, &count, &capacity, error, &result);
    for (uint32_t i = 0; i < count && result == 0; i++) {
        uint32_t cell = get_u32(list + 4 * (size_t)i);
        const uint8_t *vk = registry_value_cell(registry, cell, error);
        if (vk == NULL) {
            result = -1;
            break;
        }
        struct registry_name name = registry_value_name(vk);
        struct registry_value value = describe(cell, vk);
        registry_name_text(&name, registry->text_buffer);
        if (!visit(context, registry->text_buffer, &value)) {
            break;
        }
    }
    return result;
}

/* ---- changing ---- */

/* Free the cells that a value's data are in. */
static void free_data(struct registry *registry, const uint8_t *vk)
{
    struct error ignored;
    uint32_t size = get_u32(vk + VALUE_SIZE), cell = get_u32(vk + VALUE_DATA), capacity = 0;
    if (size == 0 || size & VALUE_INLINE) {
        return;
    }
    const uint8_t *data = registry_cell(registry, cell, 4, &capacity, "a value's data", &ignored);
    if (data != NULL && is_segmented(data, capacity, size)) {
        uint32_t list_cell = get_u32(data + SEGMENTS_LIST), bytes = 0;
        const uint8_t *list =
            registry_cell(registry, list_cell, 4, &bytes, "a list of segments", &ignored);
        for (uint32_t i = 0; list != NULL && i < bytes / 4 && i < get_u16(data + SEGMENTS_COUNT);
             i++) {
            registry_free(registry, get_u32(list + 4 * (size_t)i));
        }
        registry_free(registry, list_cell);
    }
    registry_free(registry, cell);
}

/* Put data into segments. @param cell written: the cell that lists them */
static int put_segments(struct registry *registry, const uint8_t *data, uint32_t size,
                        uint32_t *cell, struct error *error)
{
    uint32_t count = size / SEGMENT_SIZE + (size % SEGMENT_SIZE != 0), list_cell, segment;
    uint8_t *header, *list, *bytes;
    if (registry_allocate(registry, 8, cell, &header, error) != 0 ||
        registry_allocate(registry, 4 * (uint64_t)count, &list_cell, &list, error) != 0) {
        return -1;
    }
    put_u16(header, SIGNATURE_SEGMENTS);
    put_u16(header + SEGMENTS_COUNT, (uint16_t)count);
    put_u32(header + SEGMENTS_LIST, list_cell);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t rest = size - i * SEGMENT_SIZE;
        uint32_t length = rest < SEGMENT_SIZE ? rest : SEGMENT_SIZE;
        if (registry_allocate(registry, (uint64_t)length + SEGMENT_PADDING, &segment, &bytes,
                              error) != 0) {
            return -1;
        }
        memcpy(bytes, data + (size_t)i * SEGMENT_SIZE, length);
        put_u32(list + 4 * (size_t)i, segment);
    }
    return 0;
}

/* Give a value its data. */
static int put_data(struct registry *registry, uint8_t *vk, const void *data, uint32_t size,
                    struct error *error)
{
    uint32_t cell;
    uint8_t *bytes;
    if (size <= VALUE_INLINE_MAX) {
        free_data(registry, vk);
        put_u32(vk + VALUE_SIZE, VALUE_INLINE | size);
        put_u32(vk + VALUE_DATA, 0);
        if (size > 0) {
            memcpy(vk + VALUE_DATA, data, size);
        }
        return 0;
    }
    if (size > SEGMENT_SIZE && registry->minor >= 4) {
        if (put_segments(registry, data, size, &cell, error) != 0) {
            return -1;
        }
    } else {
        if (registry_allocate(registry, size, &cell, &bytes, error) != 0) {
            return -1;
        }
        memcpy(bytes, data, size);
    }
    free_data(registry, vk);
    put_u32(vk + VALUE_SIZE, size);
    put_u32(vk + VALUE_DATA, cell);
    work_done.moved += size;
    return 0;
}

/* Append a value to the list of its key. */
static int append(struct registry *registry, uint8_t *nk, uint32_t value, struct error *error)
{
    uint32_t count, capacity, cell;
    int result;
    uint8_t *list = value_list(registry, nk, &count, &capacity, error, &result), *larger;
    if (result != 0) {
        return -1;
    }
    if (count == capacity) {
        uint64_t room = (uint64_t)count + count / 4 + SPARE;
        if (registry_allocate(registry, 4 * room, &cell, &larger, error) != 0) {
            return -1;
        }
        if (list != NULL) {
            memcpy(larger, list, 4 * (size_t)count);
            registry_free(registry, get_u32(nk + KEY_VALUES));
        }
        list = larger;
        put_u32(nk + KEY_VALUES, cell);
    }
    put_u32(list + 4 * (size_t)count, value);
    put_u32(nk + KEY_VALUE_COUNT, count + 1);
    return 0;
}

static void raise_to(uint8_t *field, uint32_t value)
{
    if (value > get_u32(field)) {
        put_u32(field, value);
    }
}

/* Make a value without data. */
static int make_value(struct registry *registry, uint8_t *nk, const struct registry_name *name,
                      uint32_t *cell, struct error *error)
{
    uint32_t size = registry_name_size(name);
    uint8_t *vk;
    if (registry_allocate(registry, VALUE_NAME + (uint64_t)size, cell, &vk, error) != 0) {
        return -1;
    }
    put_u16(vk, SIGNATURE_VALUE);
    put_u16(vk + VALUE_NAME_SIZE, (uint16_t)size);
    put_u32(vk + VALUE_SIZE, VALUE_INLINE);
    put_u16(vk + VALUE_FLAGS, size > 0 && !name->wide ? VALUE_FLAG_NAME_8_BIT : 0);
    if (size > 0) {
        memcpy(vk + VALUE_NAME, name->bytes, size);
    }
    raise_to(nk + KEY_VALUE_NAME_MAX, 2 * name->count);
    return append(registry, nk, *cell, error);
}

int registry_set_value(struct registry *registry, uint32_t key, const char *name, uint32_t type,
                       const void *data, size_t size, struct error *error)
{
    struct registry_value value;
    struct registry_name converted;
    uint32_t place;
    if (size > REGISTRY_DATA_MAX) {
        return error_set(error, "%s: a value of %zu bytes is too large: at most 16 MB are possible",
                         name, size);
    }
    if (registry_unshare(registry, error) != 0 ||
        find_by_text(registry, key, name, &converted, &value, &place, error) != 0) {
        return -1;
    }
    uint8_t *nk = registry_key(registry, key, error);
    if (nk == NULL || (value.cell == REGISTRY_NONE &&
                       make_value(registry, nk, &converted, &value.cell, error) != 0)) {
        return -1;
    }
    uint8_t *vk = registry_value_cell(registry, value.cell, error);
    if (vk == NULL || put_data(registry, vk, data, (uint32_t)size, error) != 0) {
        return -1;
    }
    put_u32(vk + VALUE_TYPE, type);
    raise_to(nk + KEY_VALUE_DATA_MAX, (uint32_t)size);
    return 0;
}

/* Free a value with its data. */
static void free_value(struct registry *registry, uint32_t cell)
{
    struct error ignored;
    const uint8_t *vk = registry_value_cell(registry, cell, &ignored);
    if (vk != NULL) {
        free_data(registry, vk);
        registry_free(registry, cell);
    }
}

int registry_remove_value(struct registry *registry, uint32_t key, const char *name,
                          struct error *error)
{
    struct registry_value value;
    struct registry_name converted;
    uint32_t place, count, capacity;
    int result;
    if (find_by_text(registry, key, name, &converted, &value, &place, error) != 0) {
        return -1;
    }
    if (value.cell == REGISTRY_NONE) {
        return 0;
    }
    if (registry_unshare(registry, error) != 0) {
        return -1;
    }
    uint8_t *nk = registry_key(registry, key, error);
    uint8_t *list = nk != NULL ? value_list(registry, nk, &count, &capacity, error, &result) : NULL;
    if (list == NULL) {
        return -1;
    }
    free_value(registry, value.cell);
    memmove(list + 4 * (size_t)place, list + 4 * ((size_t)place + 1),
            4 * (size_t)(count - place - 1));
    put_u32(nk + KEY_VALUE_COUNT, count - 1);
    if (count == 1) {
        registry_free(registry, get_u32(nk + KEY_VALUES));
        put_u32(nk + KEY_VALUES, NO_CELL);
    }
    return 0;
}

void registry_free_values(struct registry *registry, uint8_t *nk)
{
    struct error ignored;
    uint32_t count, capacity;
    int result;
    const uint8_t *list = value_list(registry, nk, &count, &capacity, &ignored, &result);
    /* Lists of a damaged hive can be in each other. */
    for (uint32_t i = 0; list != NULL && i < count && !work_is_exhausted(); i++) {
        free_value(registry, get_u32(list + 4 * (size_t)i));
    }
    if (list != NULL) {
        registry_free(registry, get_u32(nk + KEY_VALUES));
    }
}
