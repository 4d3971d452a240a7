/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hives that are edited in place: the single rules, and what is refused. reglookup and reged, which
 * have nothing in common with hivex, read some of the results. Random edits are in
 * test_registry_random.c.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "base/work.h"
#include "tests/unit/registry_fixture.h"

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
    tcase_add_test(test, other_tools);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
