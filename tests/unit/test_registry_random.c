/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hives that are edited in place, at random. The same edits are made to a tree (hive.h) as well;
 * then hivex must find in the edited hive what the tree has, and our own strict reader must find
 * each cell used once and all keys in order. Damaged hives are edited, too.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/registry_fixture.h"

static const char *const names[] = {"a",
                                    "B",
                                    "Setup",
                                    "LabConfig",
                                    "a name with spaces",
                                    ("Gr\xc3\xb6\xc3\x9f"
                                     "e"),
                                    "\xd0\xa4\xd0\xb0\xd0\xb9\xd0\xbb",
                                    "\xe6\x97\xa5\xe6\x9c\xac",
                                    "abc",
                                    "ABCD",
                                    "abcde",
                                    "x.y"};

/* The versions that a hive may have; lists of subkeys that are made differ. */
static const uint8_t minors[] = {0, 1, 2, 3, 4, 5, 6};

static const char *random_name(char buffer[300])
{
    uint32_t kind = random_below(10);
    if (kind < 6) {
        return names[random_below(sizeof(names) / sizeof(names[0]))];
    }
    if (kind == 6) {
        memset(buffer, 'n', 255);
        snprintf(buffer + 250, 6, "%05u", random_below(30));
        return buffer;
    }
    snprintf(buffer, 300, "Key %u", random_below(2000));
    return buffer;
}

/* The path of a random key of the tree. */
static struct hive_key *random_key(struct hive *tree, char *path, size_t size)
{
    struct hive_key *key = tree->root;
    size_t length = 0;
    path[0] = '\0';
    while (key->child_count > 0 && random_below(4) > 0 && length + 300 < size) {
        key = hive_first_child(key);
        for (uint32_t skip = random_below(key->parent->child_count); skip > 0; skip--) {
            key = key->next;
        }
        length += (size_t)snprintf(path + length, size - length, "%s\\", key->name);
    }
    return key;
}

static void remove_from_tree(struct hive_key *key, const char *name)
{
    struct hive_value **link = &key->first_value;
    key->last_value = NULL;
    while (*link != NULL) {
        struct hive_value *value = *link;
        if (value == hive_find_value(key, name)) {
            hash_table_remove(&key->values, &value->link);
            *link = value->next;
            key->value_count--;
        } else {
            key->last_value = value;
            link = &value->next;
        }
    }
}

static void edit_randomly(struct registry *registry, struct hive *tree)
{
    static uint8_t data[40000];
    char path[2000], buffer[300];
    struct hive_key *key = random_key(tree, path, sizeof(path));
    const char *name = random_name(buffer);
    size_t size;
    switch (random_below(8)) {
    case 0:
        if (key->parent != NULL && random_below(4) == 0) {
            hive_remove_key(key);
            ck_assert_int_eq(registry_remove(registry, find_key(registry, path), &error), 0);
            ck_assert_uint_eq(find_key(registry, path), REGISTRY_NONE);
        }
        break;
    case 1:
    case 2:
    case 3:
        ck_assert_ptr_nonnull(hive_add_key(tree, key, name));
        strcat(path, name);
        ck_assert_uint_eq(make_key(registry, path), find_key(registry, path));
        break;
    case 4:
        remove_from_tree(key, name);
        ck_assert_int_eq(registry_remove_value(registry, find_key(registry, path), name, &error),
                         0);
        break;
    default:
        size = random_below(random_below(20) == 0 ? sizeof(data) : 30);
        for (size_t i = 0; i < size; i++) {
            data[i] = (uint8_t)random_below(256);
        }
        uint32_t type = random_below(12);
        name = random_below(5) == 0 ? "" : name;
        ck_assert_int_eq(hive_set_value(tree, key, name, type, data, size), 0);
        set_value(registry, find_key(registry, path), name, type, data, size);
        struct registry_value value;
        ck_assert_int_eq(
            registry_find_value(registry, find_key(registry, path), name, &value, &error), 0);
        ck_assert_uint_eq(value.type, type);
        ck_assert_uint_eq(value.size, size);
        uint8_t *again = malloc(size + 1);
        ck_assert_int_eq(registry_read_value(registry, &value, again, &error), 0);
        ck_assert_int_eq(memcmp(again, data, size), 0);
        free(again);
    }
}

START_TEST(random_edits)
{
    size_t size;
    uint8_t *bytes = sample_load(sample_names[(unsigned)_i % SAMPLE_COUNT], &size);
    random_state = (uint32_t)_i;
    put_u32(bytes + BASE_MINOR, minors[(unsigned)_i % sizeof(minors)]);
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    struct hive *tree = read_hive(bytes, size);
    struct registry *registry = open_registry(bytes, size);
    ck_assert(!registry_is_changed(registry));
    uint32_t edits = 1 + random_below(400);
    for (uint32_t i = 0; i < edits; i++) {
        edit_randomly(registry, tree);
        if (random_below(100) == 0) {
            judge(registry, tree); /* and go on: with a copy */
        }
    }
    judge(registry, tree);
    free(bytes);
}
END_TEST

/* Whatever is damaged: an error or a result, never anything else. The strict reader need not like
 * the result. */
START_TEST(damaged)
{
    size_t size;
    uint8_t *bytes = sample_load(sample_names[3], &size), *copy = malloc(size);
    random_state = (uint32_t)_i + 1;
    memcpy(copy, bytes, size);
    for (uint32_t i = 0; i < 1 + random_below(20); i++) {
        uint32_t at = PAGE + random_below((uint32_t)size - PAGE - 4);
        put_u32(copy + at, random_below(2) ? random_below((uint32_t)size) : random_below(256));
    }
    struct registry *registry;
    struct hive *tree = read_hive(bytes, size);
    if (registry_open(pool, copy, size, NULL, 0, &registry, &error) == 0) {
        for (int i = 0; i < 60; i++) {
            char path[2000], buffer[300];
            uint32_t key;
            random_key(tree, path, sizeof(path));
            strcat(path, random_name(buffer));
            if (registry_make(registry, path, &key, &error) == 0) {
                registry_set_value(registry, key, "", 1, path, 40, &error);
                registry_set_value(registry, key, "x", 1, path, random_below(5), &error);
                registry_remove_value(registry, key, "Element", &error);
                if (random_below(4) == 0) {
                    registry_remove(registry, key, &error);
                }
            }
        }
        registry_pieces(registry, NULL);
    }
    free(copy);
    free(bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registry_random");
    TCase *test = tcase_create("registry_random");
    tcase_set_timeout(test, 300);
    tcase_add_checked_fixture(test, start, finish);
    tcase_add_loop_test(test, random_edits, 0, 140);
    tcase_add_loop_test(test, damaged, 0, 300);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
