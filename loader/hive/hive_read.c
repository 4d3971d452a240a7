/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a hive into a tree.
 *
 * Tolerant where Windows' own tools are, strict where continuing would mean guessing: lists out of
 * order, wrong hints, wrong parent cells and garbage in unused fields are ignored; a reference to
 * something that is not a cell in use, or that another reference has used already, is an error. So
 * each byte of the file is visited at most once, and a loop in a damaged hive ends.
 */
#include "hive/hive.h"

#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"
#include "hive/hive_format.h"

/* Whether a list of subkeys may be a list of lists ("ri"), which never holds another such. */
enum list_level { LIST_TOP, LIST_IN_INDEX };

struct reading {
    struct hive *hive;
    const uint8_t *bins; /* a copy in the pool: values point into it */
    uint32_t bins_size;
    uint8_t
        *starts; /* a bit for each 8 bytes: a cell in use starts here, and it was not used yet */
    bool unsorted;
    struct error *error;
};

uint32_t hive_checksum(const uint8_t *base)
{
    uint32_t sum = 0;
    for (size_t offset = 0; offset < BASE_CHECKSUM; offset += 4) {
        sum ^= get_u32(base + offset);
    }
    return sum == 0 ? 1 : sum == 0xFFFFFFFF ? 0xFFFFFFFE : sum;
}

/* Fail with a position: cell offsets count from the end of the base block, users count from the
 * start of the file. */
static int damaged(struct reading *reading, uint32_t cell, const char *what)
{
    return error_set(reading->error, "offset 0x%llx: %s", PAGE + (unsigned long long)cell, what);
}

static int out_of_memory(struct reading *reading)
{
    return error_no_memory(reading->error, "the hive");
}

/* ---- cells ---- */

/*
 * Find all cells in use. Damage in cells that nothing refers to is harmless: after an impossible
 * size, the rest of that bin just has no cells.
 */
static int find_cells(struct reading *reading)
{
    reading->starts = pool_allocate(reading->hive->pool, reading->bins_size / 64 + 1);
    if (reading->starts == NULL) {
        return out_of_memory(reading);
    }
    uint32_t bin = 0;
    while (bin < reading->bins_size) {
        const uint8_t *header = reading->bins + bin;
        if (get_u32(header) != SIGNATURE_BIN) {
            return damaged(reading, bin, "a bin should start here (\"hbin\")");
        }
        uint32_t size = get_u32(header + BIN_SIZE);
        if (size == 0 || size % PAGE != 0 || size > reading->bins_size - bin) {
            return damaged(reading, bin, "this bin's size is not a multiple of 4096 that fits");
        }
        uint32_t end = bin + size;
        for (uint32_t cell = bin + BIN_HEADER_SIZE; cell < end;) {
            uint32_t stored = get_u32(reading->bins + cell);
            bool used = stored >= 0x80000000;
            uint32_t length = used ? 0 - stored : stored;
            if (length == 0 || length % 8 != 0 || length > end - cell) {
                break;
            }
            if (used) {
                reading->starts[cell / 64] |= 1 << (cell / 8 % 8);
            }
            cell += length;
        }
        bin = end;
    }
    return 0;
}

/*
 * Use a cell, once.
 *
 * @param least    bytes its data must have
 * @param capacity NULL, or written: bytes its data have
 * @return its data; NULL with an error that says what was expected
 */
static const uint8_t *use_cell(struct reading *reading, uint32_t cell, uint32_t least,
                               uint32_t *capacity, const char *what)
{
    uint8_t bit = 1 << (cell / 8 % 8);
    if (cell % 8 != 0 || cell >= reading->bins_size || !(reading->starts[cell / 64] & bit)) {
        error_set(reading->error,
                  "offset 0x%llx: %s should be here, but no cell starts here, or it is used twice",
                  PAGE + (unsigned long long)cell, what);
        return NULL;
    }
    reading->starts[cell / 64] &= ~bit;
    uint32_t bytes = (0 - get_u32(reading->bins + cell)) - 4;
    if (bytes < least) {
        error_set(reading->error, "offset 0x%llx: %s should be here, but its cell is too small",
                  PAGE + (unsigned long long)cell, what);
        return NULL;
    }
    if (capacity != NULL) {
        *capacity = bytes;
    }
    return reading->bins + cell + 4;
}

/* ---- names ---- */

/* Bytes of a name as UTF-8, without a NUL. */
static size_t name_length(const uint8_t *name, uint16_t size, bool eight_bit)
{
    if (!eight_bit) {
        return utf8_from_utf16(name, size / 2, NULL, 0);
    }
    size_t length = size;
    for (uint16_t i = 0; i < size; i++) {
        length += name[i] >> 7;
    }
    return length;
}

static void store_name(char *to, size_t length, const uint8_t *name, uint16_t size, bool eight_bit)
{
    if (!eight_bit) {
        utf8_from_utf16(name, size / 2, to, length + 1);
        return;
    }
    for (uint16_t i = 0; i < size; i++) {
        if (name[i] < 0x80) {
            *to++ = (char)name[i];
        } else {
            *to++ = (char)(0xC0 | name[i] >> 6);
            *to++ = (char)(0x80 | (name[i] & 0x3F));
        }
    }
    *to = '\0';
}

/* Allocate an object, followed by its name. NULL with an error. */
static void *allocate_named(struct reading *reading, size_t object_size, const uint8_t *name,
                            uint16_t size, bool eight_bit, const char **stored)
{
    size_t length = name_length(name, size, eight_bit);
    char *object = pool_allocate(reading->hive->pool, object_size + length + 1);
    if (object == NULL) {
        out_of_memory(reading);
        return NULL;
    }
    store_name(object + object_size, length, name, size, eight_bit);
    if (strlen(object + object_size) != length) {
        error_set(reading->error, "offset 0x%x: a name holds a NUL character",
                  PAGE + (uint32_t)(name - reading->bins));
        return NULL;
    }
    *stored = object + object_size;
    return object;
}

/* ---- values ---- */

/* Join the segments of a big value. */
static int read_segments(struct reading *reading, uint32_t cell, const uint8_t *header,
                         struct hive_value *value)
{
    uint32_t count = get_u16(header + SEGMENTS_COUNT);
    uint32_t needed = value->size / SEGMENT_SIZE + (value->size % SEGMENT_SIZE != 0);
    if (count < needed) {
        return damaged(reading, cell, "this value has fewer segments than its size needs");
    }
    const uint8_t *list =
        use_cell(reading, get_u32(header + SEGMENTS_LIST), needed * 4, NULL, "a list of segments");
    uint8_t *data = list != NULL ? pool_allocate(reading->hive->pool, value->size) : NULL;
    if (data == NULL) {
        return list != NULL ? out_of_memory(reading) : -1;
    }
    uint32_t done = 0;
    for (uint32_t i = 0; i < needed; i++) {
        uint32_t length = value->size - done < SEGMENT_SIZE ? value->size - done : SEGMENT_SIZE;
        const uint8_t *segment =
            use_cell(reading, get_u32(list + 4 * i), length, NULL, "a segment of a value");
        if (segment == NULL) {
            return -1;
        }
        memcpy(data + done, segment, length);
        done += length;
    }
    value->data = data;
    return 0;
}

static int read_data(struct reading *reading, const uint8_t *vk, struct hive_value *value)
{
    uint32_t size = get_u32(vk + VALUE_SIZE);
    if (size & VALUE_INLINE) {
        value->size = size & ~VALUE_INLINE;
        value->data = vk + VALUE_DATA;
        if (value->size > VALUE_INLINE_MAX) {
            return damaged(reading, (uint32_t)(vk - reading->bins) - 4,
                           "this value has more than 4 bytes, but no cell for them");
        }
        return 0;
    }
    value->size = size;
    value->data = vk + VALUE_DATA;
    if (size == 0) {
        return 0;
    }
    uint32_t cell = get_u32(vk + VALUE_DATA);
    uint32_t capacity = 0;
    const uint8_t *data = use_cell(reading, cell, 4, &capacity, "a value's data");
    if (data == NULL) {
        return -1;
    }
    value->data = data;
    if (size <= capacity) {
        return 0;
    }
    if (capacity >= 8 && size > SEGMENT_SIZE && get_u16(data) == SIGNATURE_SEGMENTS) {
        return read_segments(reading, cell, data, value);
    }
    return damaged(reading, cell, "this cell is smaller than the value that it should hold");
}

static int read_value(struct reading *reading, uint32_t cell, struct hive_key *key)
{
    uint32_t capacity = 0;
    const uint8_t *vk = use_cell(reading, cell, VALUE_NAME, &capacity, "a value");
    if (vk == NULL) {
        return -1;
    }
    if (get_u16(vk) != SIGNATURE_VALUE) {
        return damaged(reading, cell, "a value should be here (\"vk\")");
    }
    uint16_t name_size = get_u16(vk + VALUE_NAME_SIZE);
    if (name_size > capacity - VALUE_NAME) {
        return damaged(reading, cell, "this value's name is longer than its cell");
    }
    bool eight_bit = get_u16(vk + VALUE_FLAGS) & VALUE_FLAG_NAME_8_BIT;
    const char *name;
    struct hive_value *value =
        allocate_named(reading, sizeof(*value), vk + VALUE_NAME, name_size, eight_bit, &name);
    if (value == NULL) {
        return -1;
    }
    value->name = name;
    value->type = get_u32(vk + VALUE_TYPE);
    if (read_data(reading, vk, value) != 0) {
        return -1;
    }
    if (hive_find_value(key, name)) {
        reading->unsorted = true; /* of values of the same name the first one counts, too */
        return 0;
    }
    return hive_append_value(reading->hive, key, value) ? 0 : out_of_memory(reading);
}

static int read_values(struct reading *reading, const uint8_t *nk, struct hive_key *key)
{
    uint32_t count = get_u32(nk + KEY_VALUE_COUNT);
    if (count == 0) {
        return 0;
    }
    uint32_t capacity = 0, cell = get_u32(nk + KEY_VALUES);
    const uint8_t *list = use_cell(reading, cell, 4, &capacity, "a list of values");
    if (list == NULL) {
        return -1;
    }
    if (count > capacity / 4) {
        return damaged(reading, cell, "this list has no room for the values of its key");
    }
    for (uint32_t i = 0; i < count; i++) {
        if (read_value(reading, get_u32(list + 4 * i), key) != 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- keys ---- */

static int read_key(struct reading *reading, uint32_t cell, struct hive_key *parent, unsigned depth,
                    struct hive_key **result);

/* Append a key to its siblings, noting when that breaks the order. Of keys of the same name the
 * first one counts, as in a search. */
static int append_child(struct reading *reading, struct hive_key *parent, struct hive_key *child)
{
    if (hive_find_child(parent, child->name, strlen(child->name)) != NULL) {
        reading->unsorted = true;
        return 0;
    }
    if (!hive_append_child(reading->hive, parent, child)) {
        return out_of_memory(reading);
    }
    reading->unsorted |= parent->unsorted;
    return 0;
}

static int read_list(struct reading *reading, uint32_t cell, struct hive_key *parent,
                     unsigned depth, enum list_level level)
{
    uint32_t capacity = 0;
    const uint8_t *list = use_cell(reading, cell, LIST_ENTRIES, &capacity, "a list of subkeys");
    if (list == NULL) {
        return -1;
    }
    uint16_t signature = get_u16(list);
    bool hinted = signature == SIGNATURE_LIST || signature == SIGNATURE_HASHED;
    bool index = signature == SIGNATURE_INDEX && level == LIST_TOP;
    if (!hinted && !index && signature != SIGNATURE_PLAIN) {
        return damaged(reading, cell, "a list of subkeys should be here (\"lf\", \"lh\", \"li\")");
    }
    uint32_t count = get_u16(list + LIST_COUNT);
    uint32_t entry_size = hinted ? 8 : 4;
    if (count > (capacity - LIST_ENTRIES) / entry_size) {
        return damaged(reading, cell, "this list of subkeys is longer than its cell");
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry = get_u32(list + LIST_ENTRIES + i * entry_size);
        struct hive_key *child = NULL;
        if (index) {
            if (read_list(reading, entry, parent, depth, LIST_IN_INDEX) != 0) {
                return -1;
            }
        } else {
            if (read_key(reading, entry, parent, depth + 1, &child) != 0 ||
                append_child(reading, parent, child) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* The root's security descriptor serves for all keys: boot managers do not look at it, but require
 * one. */
static void read_security(struct reading *reading, const uint8_t *nk)
{
    struct hive *hive = reading->hive;
    struct error ignored, *error = reading->error;
    uint32_t capacity = 0;
    reading->error = &ignored;
    const uint8_t *sk = use_cell(reading, get_u32(nk + KEY_SECURITY), SECURITY_DESCRIPTOR,
                                 &capacity, "the security descriptor");
    reading->error = error;
    if (sk != NULL && get_u16(sk) == SIGNATURE_SECURITY &&
        get_u32(sk + SECURITY_SIZE) <= capacity - SECURITY_DESCRIPTOR) {
        hive->security = sk + SECURITY_DESCRIPTOR;
        hive->security_size = get_u32(sk + SECURITY_SIZE);
        return;
    }
    hive->security = hive_default_security;
    hive->security_size = sizeof(hive_default_security);
    hive->warning = "it has no security descriptor";
}

static int read_class(struct reading *reading, const uint8_t *nk, struct hive_key *key)
{
    uint16_t size = get_u16(nk + KEY_CLASS_SIZE);
    uint32_t cell = get_u32(nk + KEY_CLASS);
    if (size == 0 || cell == NO_CELL) {
        return 0;
    }
    key->class_name = use_cell(reading, cell, size, NULL, "a class name");
    key->class_size = size;
    return key->class_name != NULL ? 0 : -1;
}

static int read_key(struct reading *reading, uint32_t cell, struct hive_key *parent, unsigned depth,
                    struct hive_key **result)
{
    if (depth > HIVE_DEPTH_MAX) {
        return damaged(reading, cell, "keys are nested more than 32 deep");
    }
    uint32_t capacity = 0;
    const uint8_t *nk = use_cell(reading, cell, KEY_NAME, &capacity, "a key");
    if (nk == NULL) {
        return -1;
    }
    if (get_u16(nk) != SIGNATURE_KEY) {
        return damaged(reading, cell, "a key should be here (\"nk\")");
    }
    uint16_t name_size = get_u16(nk + KEY_NAME_SIZE);
    if (name_size > capacity - KEY_NAME) {
        return damaged(reading, cell, "this key's name is longer than its cell");
    }
    bool eight_bit = get_u16(nk + KEY_FLAGS) & KEY_FLAG_NAME_8_BIT;
    if ((eight_bit ? name_size : name_size / 2) > HIVE_KEY_NAME_MAX) {
        return damaged(reading, cell, "this key's name is longer than 255 characters");
    }
    const char *name;
    struct hive_key *key =
        allocate_named(reading, sizeof(*key), nk + KEY_NAME, name_size, eight_bit, &name);
    if (key == NULL) {
        return -1;
    }
    key->name = name;
    key->parent = parent;
    key->timestamp = get_u64(nk + KEY_TIMESTAMP);
    if (parent == NULL) {
        read_security(reading, nk);
    }
    if (read_class(reading, nk, key) != 0 || read_values(reading, nk, key) != 0) {
        return -1;
    }
    if (get_u32(nk + KEY_CHILD_COUNT) != 0 &&
        read_list(reading, get_u32(nk + KEY_CHILDREN), key, depth, LIST_TOP) != 0) {
        return -1;
    }
    *result = key;
    return 0;
}

/* ---- the whole hive ---- */

/* What boot managers refuse in the base block although it can be read. */
static const char *base_warning(const uint8_t *base)
{
    if (get_u32(base + BASE_CHECKSUM) != hive_checksum(base)) {
        return "the checksum of its header is wrong";
    }
    if (get_u32(base + BASE_SEQUENCE_1) != get_u32(base + BASE_SEQUENCE_2)) {
        return "it was copied while Windows was writing to it, so its newest changes may be "
               "missing";
    }
    if (get_u32(base + BASE_MINOR) < 3 || get_u32(base + BASE_MINOR) > 5) {
        return "some boot managers refuse its version";
    }
    return NULL;
}

int hive_check_base(const uint8_t *base, size_t size, struct error *error)
{
    if (size < PAGE || get_u32(base) != SIGNATURE_BASE) {
        return error_set(error, "not a registry hive");
    }
    if (get_u32(base + BASE_TYPE) != 0) {
        return error_set(error,
                         "a registry log (such as BCD.LOG), not the hive that it belongs to");
    }
    if (get_u32(base + BASE_MAJOR) > 1 || get_u32(base + BASE_MINOR) > 6 ||
        get_u32(base + BASE_FORMAT) != 1) {
        return error_set(error, "a registry hive of version %u.%u, which is not known",
                         get_u32(base + BASE_MAJOR), get_u32(base + BASE_MINOR));
    }
    uint32_t bins_size = get_u32(base + BASE_BINS_SIZE);
    if (bins_size == 0 || bins_size % PAGE != 0 || bins_size > 0x7FFFE000) {
        return error_set(error, "offset 0x28: the length of the bins, 0x%x, is impossible",
                         bins_size);
    }
    if (bins_size > size - PAGE) {
        return error_set(
            error, "cut short: the hive should have %llu bytes, %llu are missing at the end",
            (unsigned long long)bins_size + PAGE, (unsigned long long)(bins_size - (size - PAGE)));
    }
    return 0;
}

int hive_read(struct pool *pool, const void *bytes, size_t size, struct hive **hive,
              struct error *error)
{
    const uint8_t *base = bytes;
    if (hive_check_base(base, size, error) != 0) {
        return -1;
    }
    struct reading reading = {.bins_size = get_u32(base + BASE_BINS_SIZE), .error = error};
    reading.hive = pool_allocate(pool, sizeof(*reading.hive));
    uint8_t *copy = pool_allocate(pool, reading.bins_size);
    if (reading.hive == NULL || copy == NULL) {
        return out_of_memory(&reading);
    }
    memcpy(copy, base + PAGE, reading.bins_size);
    reading.bins = copy;
    reading.hive->pool = pool;
    if (find_cells(&reading) != 0 ||
        read_key(&reading, get_u32(base + BASE_ROOT), NULL, 0, &reading.hive->root) != 0) {
        return -1;
    }
    if (reading.unsorted) {
        reading.hive->warning = "its keys are not in order";
    }
    const char *warning = base_warning(base);
    if (warning != NULL) {
        reading.hive->warning = warning;
    }
    *hive = reading.hive;
    return 0;
}
