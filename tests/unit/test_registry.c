/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hives that are edited in place. Random edits are made to a tree (hive.h) as well; then hivex must
 * find in the edited hive what the tree has, and our own strict reader must find each cell used
 * once and all keys in order. reglookup and reged, which have nothing in common with hivex, read
 * some of the results.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "base/little_endian.h"
#include "base/work.h"
#include "hive/hive_format.h"
#include "hive/registry.h"
#include "tests/unit/hive_fixture.h"
#include "tests/unit/hive_oracle.h"
#include "tests/unit/hive_samples.h"

static struct registry *open_registry(const void *bytes, size_t size)
{
    struct registry *registry = NULL;
    int result = registry_open(pool, bytes, size, NULL, 0, &registry, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    return registry;
}

/* The finished hive in one piece. */
static uint8_t *finished(struct registry *registry, size_t *size)
{
    size_t count = registry_pieces(registry, NULL);
    struct registry_piece *pieces = pool_allocate_array(pool, count, sizeof(*pieces));
    ck_assert_uint_eq(registry_pieces(registry, pieces), count);
    *size = 0;
    for (size_t i = 0; i < count; i++) {
        *size += pieces[i].size;
    }
    uint8_t *bytes = pool_allocate(pool, *size), *to = bytes;
    for (size_t i = 0; i < count; i++) {
        memcpy(to, pieces[i].bytes, pieces[i].size);
        to += pieces[i].size;
    }
    return bytes;
}

static uint32_t make_key(struct registry *registry, const char *path)
{
    uint32_t key = REGISTRY_NONE;
    ck_assert_msg(registry_make(registry, path, &key, &error) == 0, "%s", error.text);
    ck_assert_uint_ne(key, REGISTRY_NONE);
    return key;
}

static uint32_t find_key(struct registry *registry, const char *path)
{
    uint32_t key = 0;
    ck_assert_msg(registry_find(registry, path, &key, &error) == 0, "%s", error.text);
    return key;
}

static void set_value(struct registry *registry, uint32_t key, const char *name, uint32_t type,
                      const void *data, size_t size)
{
    ck_assert_msg(registry_set_value(registry, key, name, type, data, size, &error) == 0, "%s",
                  error.text);
}

/* What hivex and the strict reader find is what the tree has. */
static void judge(struct registry *registry, struct hive *expected)
{
    size_t size;
    uint8_t *bytes = finished(registry, &size);
    hive_h *oracle = oracle_open(bytes, size, 0);
    compare_key(oracle, hivex_root(oracle), expected->root);
    put_u32(bytes + BASE_MINOR, 5); /* others are worth a warning, for boot managers */
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    struct hive *strict = read_hive(bytes, size);
    ck_assert_ptr_null(strict->warning);
    compare_key(oracle, hivex_root(oracle), strict->root);
    hivex_close(oracle);
}

/* ---- random edits ---- */

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

/* ---- the single rules ---- */

/* A root without anything, of a version. */
static struct registry *open_empty(uint32_t minor)
{
    const uint8_t *written;
    size_t size;
    write_hive(hive_create(pool, "root"), &written, &size);
    uint8_t *bytes = pool_allocate(pool, size);
    memcpy(bytes, written, size);
    put_u32(bytes + BASE_MINOR, minor);
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    return open_registry(bytes, size);
}

/* Thousands of subkeys: leaves are split, an index is made, and everything goes again. */
START_TEST(many_subkeys)
{
    enum { COUNT = 3000 };
    struct registry *registry = open_empty((uint32_t)_i);
    struct hive *tree = hive_create(pool, "root");
    random_state = 7;
    static uint32_t order[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        order[i] = i;
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t other = random_below(COUNT), swapped = order[i];
        order[i] = order[other];
        order[other] = swapped;
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        char path[40];
        snprintf(path, sizeof(path), "many\\{%08x}", order[i] * 2654435761u);
        make_key(registry, path);
        hive_add_key(tree, hive_add_key(tree, tree->root, "many"), path + 5);
    }
    judge(registry, tree);
    size_t size;
    uint8_t *bytes = finished(registry, &size);
    ck_assert_uint_lt(size, COUNT * 300); /* lists are not moved for each new key */
    registry = open_registry(bytes, size);
    for (uint32_t i = 0; i < COUNT; i += 1 + i % 3) {
        char path[40];
        snprintf(path, sizeof(path), "many\\{%08x}", order[i] * 2654435761u);
        ck_assert_int_eq(registry_remove(registry, find_key(registry, path), &error), 0);
        hive_remove_key(hive_find(tree->root, path));
    }
    judge(registry, tree);
    ck_assert_int_eq(registry_remove(registry, find_key(registry, "many"), &error), 0);
    hive_remove_key(hive_find(tree->root, "many"));
    judge(registry, tree);
}
END_TEST

static const uint8_t *cell_at(const uint8_t *bytes, uint32_t cell)
{
    return bytes + PAGE + cell + 4;
}

/* A new key shares its parent's security descriptor, which is counted; class names stay. */
START_TEST(security_is_shared)
{
    struct registry *registry = open_empty(5);
    size_t size;
    uint32_t parent = make_key(registry, "parent"), child = make_key(registry, "parent\\child");
    uint8_t *bytes = finished(registry, &size);
    uint32_t root = find_key(registry, "");
    uint32_t security = get_u32(cell_at(bytes, root) + KEY_SECURITY);
    ck_assert_uint_eq(get_u32(cell_at(bytes, parent) + KEY_SECURITY), security);
    ck_assert_uint_eq(get_u32(cell_at(bytes, child) + KEY_SECURITY), security);
    ck_assert_uint_eq(get_u32(cell_at(bytes, security) + SECURITY_REFERENCES), 3);
    ck_assert_int_eq(registry_remove(registry, parent, &error), 0);
    bytes = finished(registry, &size);
    ck_assert_uint_eq(get_u32(cell_at(bytes, security) + SECURITY_REFERENCES), 1);
    ck_assert_uint_eq(get_u32(cell_at(bytes, root) + KEY_CHILD_COUNT), 0);
}
END_TEST

/* A descriptor of its own goes with the last key that has it, out of the middle of the ring. */
START_TEST(last_security_goes)
{
    struct registry *registry = open_empty(5);
    size_t size;
    uint32_t key = make_key(registry, "key");
    uint8_t *bytes = finished(registry, &size);
    uint32_t root = find_key(registry, "");
    uint32_t first = get_u32(cell_at(bytes, root) + KEY_SECURITY), own = key;
    /* A free cell of the last bin becomes the second descriptor. */
    for (own = key; (int32_t)get_u32(bytes + PAGE + own) < 0;) {
        own += 0 - get_u32(bytes + PAGE + own);
    }
    uint32_t rest = get_u32(bytes + PAGE + own);
    put_u32(bytes + PAGE + own, 0 - 64u);
    put_u32(bytes + PAGE + own + 64, rest - 64);
    uint8_t *sk = (uint8_t *)cell_at(bytes, own), *old = (uint8_t *)cell_at(bytes, first);
    put_u16(sk, SIGNATURE_SECURITY);
    put_u32(sk + SECURITY_NEXT, first);
    put_u32(sk + SECURITY_PREVIOUS, first);
    put_u32(sk + SECURITY_REFERENCES, 1);
    put_u32(sk + SECURITY_SIZE, 20);
    put_u32(old + SECURITY_NEXT, own);
    put_u32(old + SECURITY_PREVIOUS, own);
    put_u32((uint8_t *)cell_at(bytes, key) + KEY_SECURITY, own);
    registry = open_registry(bytes, size);
    ck_assert_int_eq(registry_remove(registry, find_key(registry, "key"), &error), 0);
    bytes = finished(registry, &size);
    ck_assert_uint_eq(get_u32(cell_at(bytes, first) + SECURITY_NEXT), first);
    ck_assert_uint_eq(get_u32(cell_at(bytes, first) + SECURITY_PREVIOUS), first);
    ck_assert_int_gt((int32_t)get_u32(bytes + PAGE + own), 0); /* free */
}
END_TEST

/* The hive does not say which one it is: the key has this name. */
START_TEST(unknown_control_set)
{
    struct registry *registry = open_empty(5);
    uint32_t key = make_key(registry, "CurrentControlSet\\Services");
    ck_assert_uint_eq(find_key(registry, "CurrentControlSet\\Services"), key);
    uint32_t select = make_key(registry, "Select");
    set_value(registry, select, "Default", HIVE_SZ, "", 0);
    key = make_key(registry, "currentcontrolset\\Enum");
    ck_assert_uint_eq(find_key(registry, "CurrentControlSet\\Enum"), key);
}
END_TEST

START_TEST(current_control_set)
{
    struct registry *registry = open_empty(3);
    uint32_t number = 2, key;
    uint32_t select = make_key(registry, "Select");
    ck_assert_uint_eq(find_key(registry, "CurrentControlSet"), REGISTRY_NONE);
    set_value(registry, select, "Current", HIVE_DWORD, &number, 4);
    ck_assert_uint_eq(find_key(registry, "CurrentControlSet\\Services"), REGISTRY_NONE);
    key = make_key(registry, "CurrentControlSet\\Services\\x");
    ck_assert_uint_eq(key, find_key(registry, "ControlSet002\\Services\\x"));
    ck_assert_uint_eq(key, find_key(registry, "currentcontrolset\\services\\X"));
    number = 1; /* what boots next counts */
    set_value(registry, select, "Default", HIVE_DWORD, &number, 4);
    ck_assert_uint_eq(find_key(registry, "CurrentControlSet"), REGISTRY_NONE);
    ck_assert_uint_ne(make_key(registry, "Select\\CurrentControlSet"), REGISTRY_NONE);
    ck_assert_uint_ne(find_key(registry, "Select\\CurrentControlSet"), REGISTRY_NONE);
}
END_TEST

/* Bytes that were given away stay as they are. */
START_TEST(given_bytes_stay)
{
    struct registry *registry = open_empty(5);
    struct registry_piece pieces[8];
    uint32_t key = make_key(registry, "key"), one = 1, two = 2;
    set_value(registry, key, "value", HIVE_DWORD, &one, 4);
    size_t count = registry_pieces(registry, pieces), size;
    uint8_t *before = finished(registry, &size);
    set_value(registry, key, "value", HIVE_DWORD, &two, 4);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        ck_assert_mem_eq(pieces[i].bytes, before + at, pieces[i].size);
        at += pieces[i].size;
    }
    uint8_t *after = finished(registry, &size);
    ck_assert_int_ne(memcmp(before, after, size), 0);
    ck_assert_uint_gt(get_u32(after + BASE_SEQUENCE_1), 1);
    ck_assert_uint_eq(get_u32(after + BASE_SEQUENCE_1), get_u32(after + BASE_SEQUENCE_2));
}
END_TEST

/* Nothing changed: the same bytes. */
START_TEST(unchanged)
{
    size_t size, finished_size;
    uint8_t *bytes = sample_load(sample_names[_i], &size);
    struct registry *registry = open_registry(bytes, size);
    ck_assert_uint_ne(find_key(registry, "Objects"), REGISTRY_NONE);
    uint8_t *again = finished(registry, &finished_size);
    ck_assert(!registry_is_changed(registry));
    ck_assert_uint_le(finished_size, size);
    ck_assert_mem_eq(again, bytes, finished_size);
    free(bytes);
}
END_TEST

/* Names of all lengths are looked for with little memory. */
START_TEST(long_names)
{
    struct registry *registry = open_empty(5);
    char *name = calloc(1, REGISTRY_VALUE_NAME_MAX + 1);
    struct registry_value value;
    pool_limit(pool, 64 << 10);
    for (int length = 1; length <= 3000; length++) {
        name[length - 1] = 'x';
        ck_assert_msg(registry_find_value(registry, find_key(registry, ""), name, &value, &error) ==
                          0,
                      "%s", error.text);
        ck_assert_uint_eq(value.cell, REGISTRY_NONE);
    }
    pool_unlimit(pool);
    free(name);
}
END_TEST

/* ---- refusals ---- */

START_TEST(refused)
{
    struct registry *registry = open_empty(5);
    char name[300], *large = calloc(1, REGISTRY_VALUE_NAME_MAX + 2);
    uint32_t key;
    memset(name, 'x', 256);
    name[256] = '\0';
    ck_assert_int_eq(registry_make(registry, name, &key, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "a name of 256 characters is too long"));
    memset(large, 'x', REGISTRY_VALUE_NAME_MAX + 1);
    ck_assert_int_eq(registry_set_value(registry, find_key(registry, ""), large, 1, "", 0, &error),
                     -1);
    ck_assert_ptr_nonnull(strstr(error.text, "at most 16383"));
    free(large);
    ck_assert_int_eq(registry_set_value(registry, find_key(registry, ""), "x", 3, "",
                                        REGISTRY_DATA_MAX + 1, &error),
                     -1);
    ck_assert_ptr_nonnull(strstr(error.text, "at most 16 MB"));
    ck_assert_int_eq(registry_remove(registry, find_key(registry, ""), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "the root key cannot be removed"));
}
END_TEST

START_TEST(layered_and_unknown_hives)
{
    size_t size;
    uint8_t *bytes = finished(open_empty(6), &size);
    struct registry *registry;
    put_u32(bytes + BASE_FLAGS, BASE_FLAG_LAYERED);
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    ck_assert_int_eq(registry_open(pool, bytes, size, NULL, 0, &registry, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "a layered (differencing) hive"));
    put_u32(bytes + BASE_FLAGS, 0);
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    ck_assert_int_eq(registry_open(pool, bytes, size, NULL, 0, &registry, &error), 0);
    uint8_t *root = (uint8_t *)cell_at(bytes, find_key(registry, ""));
    root[KEY_LAYERS] = 2;
    ck_assert_int_eq(registry_open(pool, bytes, size, NULL, 0, &registry, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "layered (differencing) hive"));
    root[KEY_LAYERS] = 0;
    put_u32(bytes + BASE_MINOR, 7);
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    ck_assert_int_eq(registry_open(pool, bytes, size, NULL, 0, &registry, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "version 1.7, which is not known"));
    ck_assert_int_eq(registry_open(pool, bytes, 100, NULL, 0, &registry, &error), -1);
    ck_assert_int_eq(registry_open(pool, "not a hive", 10, NULL, 0, &registry, &error), -1);
}
END_TEST

/* Keys whose lists of values are in each other: as many steps as keys times values, in one call. It
 * ends where a script's work does. */
START_TEST(lists_in_each_other)
{
    enum { KEYS = 50, LIST_SIZE = 1 << 20, WORK = 16 << 20 };
    struct registry *registry = open_empty(3);
    uint8_t *list = malloc(LIST_SIZE);
    uint32_t keys[KEYS], key = make_key(registry, "a");
    size_t size;
    char path[30];
    for (uint32_t i = 0; i < LIST_SIZE; i += 8) { /* cells in use up to the end, 8 bytes apart */
        put_u32(list + i, 0);
        put_u32(list + i + 4, i - LIST_SIZE);
    }
    set_value(registry, key, "list", HIVE_BINARY, list, LIST_SIZE);
    for (uint32_t i = 0; i < KEYS; i++) {
        snprintf(path, sizeof(path), "a\\%05u", i);
        keys[i] = make_key(registry, path);
    }
    uint8_t *bytes = finished(registry, &size);
    uint32_t value = get_u32(cell_at(bytes, get_u32(cell_at(bytes, key) + KEY_VALUES)));
    uint32_t data = get_u32(cell_at(bytes, value) + VALUE_DATA);
    for (uint32_t i = 0; i < KEYS; i++) {
        uint8_t *nk = (uint8_t *)cell_at(bytes, keys[i]);
        put_u32(nk + KEY_VALUES, data + 8 * (i + 1));
        put_u32(nk + KEY_VALUE_COUNT, (LIST_SIZE - 8 * i - 12) / 4);
    }
    registry = open_registry(bytes, size);
    work_limit = work_done.moved + WORK;
    registry_remove(registry, key, &error);
    ck_assert_uint_lt(work_done.moved, work_limit + WORK);
    work_limit = UINT64_MAX;
    free(list);
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

/* ---- tools that read the result ---- */

START_TEST(other_tools)
{
    char path[32], command[1500];
    size_t size;
    struct registry *registry = open_empty(5);
    static uint8_t big[20000];
    static const uint16_t text[] = u"wpeinit";
    uint32_t key = make_key(registry, "Setup\\LabConfig"), one = 1;
    set_value(registry, key, "BypassTPMCheck", HIVE_DWORD, &one, 4);
    set_value(registry, key, "CmdLine", HIVE_SZ, text, sizeof(text));
    set_value(registry, key, "big", HIVE_BINARY, big, sizeof(big));
    for (int i = 0; i < 1200; i++) {
        snprintf(command, sizeof(command), "Services\\driver %d", i);
        make_key(registry, command);
    }
    uint8_t *bytes = finished(registry, &size);
    sample_save(bytes, size, path);
    snprintf(command, sizeof(command),
             "set -e; f=%s; trap 'rm -f $f $f.*' EXIT\n"
             "reglookup $f >$f.out 2>$f.err\n"
             "grep -qF '/Setup/LabConfig/BypassTPMCheck,DWORD,0x00000001' $f.out\n"
             "grep -qF '/Setup/LabConfig/CmdLine,SZ,wpeinit' $f.out\n"
             "[ $(grep -c '^/Services/driver.*KEY' $f.out) = 1200 ]\n"
             "reged -x $f HKEY_LOCAL_MACHINE\\\\SYSTEM '\\Setup' $f.reg >/dev/null 2>&1 || true\n"
             "grep -q '\"BypassTPMCheck\"=dword:00000001' $f.reg\n"
             "printf 'cd \\\\Setup\\\\LabConfig\\nadd sub\\ncd sub\\nsetval 1\\nv\\nstring:x\\n"
             "commit\\n' | hivexsh -w $f\n"
             "reglookup $f | grep -q '/Setup/LabConfig/sub/v,SZ,x'\n",
             path);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registry");
    TCase *test = tcase_create("registry");
    tcase_set_timeout(test, 300);
    tcase_add_checked_fixture(test, start, finish);
    tcase_add_loop_test(test, random_edits, 0, 140);
    tcase_add_loop_test(test, many_subkeys, 1, 7);
    tcase_add_test(test, security_is_shared);
    tcase_add_test(test, last_security_goes);
    tcase_add_test(test, unknown_control_set);
    tcase_add_test(test, current_control_set);
    tcase_add_test(test, given_bytes_stay);
    tcase_add_loop_test(test, unchanged, 0, SAMPLE_COUNT);
    tcase_add_test(test, long_names);
    tcase_add_test(test, refused);
    tcase_add_test(test, layered_and_unknown_hives);
    tcase_add_test(test, lists_in_each_other);
    tcase_add_loop_test(test, damaged, 0, 300);
    tcase_add_test(test, other_tools);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
