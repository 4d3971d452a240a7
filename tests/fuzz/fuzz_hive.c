/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: registry hives. What can be read can be written; what was written reads back the
 * same, and is what would be written again. */
#include <stdlib.h>
#include <string.h>

#include "hive/hive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void compare(const struct hive *left, const struct hive *right)
{
    const struct hive_key *l = left->root, *r = right->root;
    while (l != NULL) {
        require(strcmp(l->name, r->name) == 0 && l->value_count == r->value_count &&
                l->child_count == r->child_count && l->class_size == r->class_size);
        const struct hive_value *value = l->first_value, *other = r->first_value;
        for (; value != NULL; value = value->next, other = other->next) {
            require(strcmp(value->name, other->name) == 0 && value->type == other->type &&
                    value->size == other->size &&
                    memcmp(value->data, other->data, value->size) == 0);
        }
        l = hive_next(left->root, l);
        r = hive_next(right->root, r);
    }
    require(r == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct hive *hive, *again;
    struct error error;
    const void *bytes, *bytes_again;
    size_t length, length_again;
    if (hive_read(pool, data, size, &hive, &error) == 0) {
        require(hive_write(hive, &bytes, &length, &error) == 0);
        require(hive_read(pool, bytes, length, &again, &error) == 0);
        require(again->warning == NULL);
        compare(hive, again);
        require(hive_write(again, &bytes_again, &length_again, &error) == 0);
        require(length == length_again && memcmp(bytes, bytes_again, length) == 0);
    }
    pool_destroy(pool);
    return 0;
}
