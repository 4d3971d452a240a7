/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hives: read, edited and written, with hivex as the oracle, and the rules of boot managers as the
 * judge of what is written.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/hive_fixture.h"
#include "tests/unit/hive_oracle.h"
#include "tests/unit/hive_rules.h"
#include "tests/unit/hive_samples.h"

/* ---- reading and writing ---- */

START_TEST(reads_what_hivex_reads)
{
    size_t size;
    uint8_t *bytes = sample_load(sample_names[_i], &size);
    struct hive *hive = read_hive(bytes, size);
    hive_h *oracle = oracle_open(bytes, size, 0);
    ck_assert_ptr_null(hive->warning);
    compare_key(oracle, hivex_root(oracle), hive->root);
    hivex_close(oracle);
    free(bytes);
}
END_TEST

START_TEST(written_hive_obeys_the_rules_and_reads_back)
{
    size_t size, written_size, again_size;
    const uint8_t *written, *again;
    uint8_t *bytes = sample_load(sample_names[_i], &size);
    struct hive *hive = read_hive(bytes, size);
    write_hive(hive, &written, &written_size);
    hive_rules_check(written, written_size);
    hive_h *oracle = oracle_open(written, written_size, 0);
    compare_key(oracle, hivex_root(oracle), hive->root);
    hivex_close(oracle);
    write_hive(read_hive(written, written_size), &again, &again_size);
    ck_assert_uint_eq(again_size, written_size);
    ck_assert_mem_eq(again, written, written_size);
    free(bytes);
}
END_TEST

/* The text that a hivexregedit or hivexsh command prints about a hive; to be freed. */
static char *tool_output(const char *format, const void *bytes, size_t size)
{
    char path[32], command[200];
    sample_save(bytes, size, path);
    snprintf(command, sizeof(command), format, path);
    FILE *stream = popen(command, "r");
    char *text = calloc(1, 1 << 18);
    ck_assert_uint_gt(fread(text, 1, (1 << 18) - 1, stream), 100);
    ck_assert_int_eq(pclose(stream), 0);
    unlink(path);
    return text;
}

START_TEST(tools_see_no_difference)
{
    static const char *const commands[] = {
        "hivexregedit --export --unsafe-printable-strings %s '\\'",
        "printf 'cd Objects\\nls\\ncd {9dea862c-5cdd-4e70-acc1-f32b344d4795}\\\\Elements\\nls\\n"
        "cd 12000004\\nlsval\\n' | hivexsh %s"};
    size_t size, written_size;
    const uint8_t *written;
    uint8_t *bytes = sample_load(sample_names[_i], &size);
    write_hive(read_hive(bytes, size), &written, &written_size);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        char *before = tool_output(commands[i], bytes, size);
        char *after = tool_output(commands[i], written, written_size);
        ck_assert_str_eq(before, after);
        free(before);
        free(after);
    }
    free(bytes);
}
END_TEST

START_TEST(new_hive_is_complete)
{
    const uint8_t *bytes;
    size_t size;
    struct hive *hive = hive_create(pool, "NewStoreRoot");
    write_hive(hive, &bytes, &size);
    ck_assert_uint_eq(size, 8192);
    hive_rules_check(bytes, size);
    hive_h *oracle = oracle_open(bytes, size, 0);
    compare_key(oracle, hivex_root(oracle), hive->root);
    hivex_close(oracle);
}
END_TEST

START_TEST(names_of_all_scripts_survive)
{
    static const char *const names[] = {"a",
                                        "[",
                                        "_",
                                        "^",
                                        "Z",
                                        ("\xC3\xA9"
                                         "t\xC3\xA9"),
                                        "\xC3\xBF",
                                        "\xC4\x80",
                                        "\xE2\x82\xAC uro",
                                        "a\xF0\x9F\x98\x80",
                                        "abc\xE2\x82\xAC",
                                        "A B",

                                        "zz"};
    const uint8_t *bytes;
    size_t size, count = sizeof(names) / sizeof(names[0]);
    struct hive *hive = hive_create(pool, "root");
    for (size_t i = 0; i < count; i++) {
        struct hive_key *key = hive_add_key(hive, hive->root, names[i]);
        ck_assert_ptr_nonnull(key);
        ck_assert_int_eq(hive_set_value(hive, key, names[i], HIVE_SZ, "0123456789abcdef", i), 0);
    }
    ck_assert_uint_eq(hive->root->child_count, count);
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    struct hive *again = read_hive(bytes, size);
    ck_assert_ptr_null(again->warning);
    for (size_t i = 0; i < count; i++) {
        struct hive_key *key = hive_find(again->root, names[i]);
        ck_assert_ptr_nonnull(key);
        ck_assert_str_eq(key->name, names[i]);
        struct hive_value *value = hive_find_value(key, names[i]);
        ck_assert_ptr_nonnull(value);
        ck_assert_uint_eq(value->size, i);
    }
    hive_h *oracle = oracle_open(bytes, size, 0);
    compare_key(oracle, hivex_root(oracle), again->root);
    hivex_close(oracle);
}
END_TEST

START_TEST(ill_formed_names_become_replacement_characters)
{
    static const char *const names[] = {"\x80\x80\x80", "\xC3", "\xC3z", "a\xFF", "\xE2\x82"};
    const uint8_t *bytes;
    size_t size;
    struct hive *hive = hive_create(pool, names[0]);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_ptr_nonnull(hive_add_key(hive, hive->root, names[i]));
    }
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    ck_assert_str_eq(read_hive(bytes, size)->root->name, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}
END_TEST

START_TEST(look_ups_ignore_case_and_follow_paths)
{
    struct hive *hive = hive_create(pool, "root");
    struct hive_key *objects = hive_add_key(hive, hive->root, "Objects");
    struct hive_key *object = hive_add_key(hive, objects, "{ABC}");
    ck_assert_ptr_eq(hive_find(hive->root, "objects\\{abc}"), object);
    ck_assert_ptr_eq(hive_find(hive->root, ""), hive->root);
    ck_assert_ptr_null(hive_find(hive->root, "objects\\{ab}"));
    ck_assert_ptr_null(hive_find(hive->root, "objects\\{abc}\\x"));
    ck_assert_ptr_eq(hive_add_key(hive, objects, "{aBc}"), object);
    ck_assert_int_eq(hive_set_value(hive, object, "Type", HIVE_DWORD, "abcd", 4), 0);
    ck_assert_ptr_nonnull(hive_find_value(object, "tYPE"));
    ck_assert_ptr_null(hive_find_value(object, "other"));
}
END_TEST

START_TEST(names_that_do_not_fit_are_refused)
{
    char name[300];
    memset(name, 'n', sizeof(name));
    struct hive *hive = hive_create(pool, "root");
    name[256] = '\0';
    ck_assert_ptr_null(hive_add_key(hive, hive->root, name));
    name[255] = '\0';
    ck_assert_ptr_nonnull(hive_add_key(hive, hive->root, name));
    const uint8_t *bytes;
    size_t size;
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    ck_assert_str_eq(hive_first_child(read_hive(bytes, size)->root)->name, name);
}
END_TEST

START_TEST(values_of_all_sizes_survive)
{
    static const size_t sizes[] = {0,    1,    2,    3,    4,     5,     8,     100,   4000,
                                   4060, 4061, 4064, 4065, 16344, 16345, 20000, 70000, 1 << 20};
    size_t count = sizeof(sizes) / sizeof(sizes[0]), size;
    uint8_t *data = malloc(1 << 20);
    for (size_t i = 0; i < 1 << 20; i++) {
        data[i] = (uint8_t)(i * 31 + i / 251);
    }
    struct hive *hive = hive_create(pool, "root");
    for (size_t i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof(name), "v%zu", i);
        ck_assert_int_eq(hive_set_value(hive, hive->root, name, HIVE_BINARY, data + i,
                                        sizes[i] - (sizes[i] == 1 << 20 ? i : 0)),
                         0);
    }
    const uint8_t *bytes;
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    struct hive *again = read_hive(bytes, size);
    struct hive_value *value = again->root->first_value;
    for (struct hive_value *one = hive->root->first_value; one != NULL; one = one->next) {
        ck_assert_str_eq(value->name, one->name);
        ck_assert_uint_eq(value->size, one->size);
        if (value->size) {
            ck_assert_mem_eq(value->data, one->data, one->size);
        }
        value = value->next;
    }
    hive_h *oracle = oracle_open(bytes, size, 0);
    compare_key(oracle, hivex_root(oracle), again->root);
    hivex_close(oracle);
    free(data);
}
END_TEST

START_TEST(of_two_values_of_one_name_the_first_is_read)
{
    const uint8_t *written;
    size_t size;
    struct hive *hive = hive_create(pool, "root");
    ck_assert_int_eq(hive_set_value(hive, hive->root, "first", HIVE_SZ, "1", 1), 0);
    ck_assert_int_eq(hive_set_value(hive, hive->root, "other", HIVE_SZ, "2", 1), 0);
    write_hive(hive, &written, &size);
    uint8_t *name = memmem(written, size, "other", 5);
    ck_assert_ptr_nonnull(name);
    memcpy(name, "FIRST", 5);
    hive = read_hive(written, size);
    ck_assert_ptr_nonnull(hive->warning);
    ck_assert_uint_eq(hive->root->value_count, 1);
    ck_assert_ptr_null(hive->root->first_value->next);
    ck_assert_mem_eq(hive_find_value(hive->root, "first")->data, "1", 1);
}
END_TEST

START_TEST(copies_of_keys_are_deep)
{
    size_t size;
    uint8_t *bytes = sample_load("tests/data/bcd/BCD.menu", &size);
    struct hive *hive = read_hive(bytes, size);
    struct hive_key *from = hive_find(hive->root, "Objects");
    struct hive_key *to = hive_add_key(hive, hive->root, "Copy");
    ck_assert_int_eq(hive_copy_key(hive, from, to), 0);
    const struct hive_key *left = from, *right = to;
    do {
        ck_assert_uint_eq(left->child_count, right->child_count);
        ck_assert_uint_eq(left->value_count, right->value_count);
        if (left->first_value != NULL) {
            ck_assert_mem_eq(left->first_value->data, right->first_value->data,
                             left->first_value->size);
        }
        left = hive_next(from, left);
        right = hive_next(to, right);
        ck_assert_int_eq(left == NULL, right == NULL);
        if (left != NULL) {
            ck_assert_str_eq(left->name, right->name);
        }
    } while (left != NULL);
    free(bytes);
}
END_TEST

/* ---- random edits, done by hivex and by us ---- */

static void edit_value(struct hive *hive, struct hive_key *key, hive_h *oracle, hive_node_h node)
{
    static const uint32_t types[] = {HIVE_NONE,  HIVE_SZ,       HIVE_BINARY,
                                     HIVE_DWORD, HIVE_MULTI_SZ, HIVE_QWORD};
    char name[8], data[300];
    size_t size = random_below(4) ? random_below(12) : random_below(sizeof(data));
    if (random_below(5) == 0) {
        name[0] = '\0';
    } else {
        snprintf(name, sizeof(name), "V%u", random_below(6));
    }
    for (size_t i = 0; i < size; i++) {
        data[i] = (char)random_below(256);
    }
    hivex_set_value value = {
        .key = name, .t = (hivex_type)types[random_below(6)], .len = size, .value = data};
    ck_assert_int_eq(hive_set_value(hive, key, name, value.t, data, size), 0);
    ck_assert_int_eq(hivex_node_set_value(oracle, node, &value, 0), 0);
}

static void edit_once(struct hive *hive, hive_h *oracle)
{
    struct hive_key *key = hive->root;
    hive_node_h node = hivex_root(oracle);
    unsigned depth = random_below(5);
    while (depth-- > 0 && key->child_count > 0) {
        uint32_t index = random_below(key->child_count);
        for (key = hive_first_child(key); index > 0; index--) {
            key = key->next;
        }
        node = hivex_node_get_child(oracle, node, key->name);
        ck_assert_uint_ne(node, 0);
    }
    unsigned action = random_below(10);
    if (action < 4) {
        char name[12];
        snprintf(name, sizeof(name), "%c%u", "aA[^_`zZ{m"[random_below(10)], random_below(30));
        if (hive_find(key, name) == NULL) {
            ck_assert_ptr_nonnull(hive_add_key(hive, key, name));
            ck_assert_uint_ne(hivex_node_add_child(oracle, node, name), 0);
        }
    } else if (action < 5 && key->parent != NULL) {
        hive_remove_key(key);
        ck_assert_int_eq(hivex_node_delete_child(oracle, node), 0);
    } else {
        edit_value(hive, key, oracle, node);
    }
}

enum { SEQUENCES = 600 };

START_TEST(random_edits_agree_with_hivex)
{
    size_t sizes[SAMPLE_COUNT];
    uint8_t *samples[SAMPLE_COUNT];
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        samples[i] = sample_load(sample_names[i], &sizes[i]);
    }
    for (unsigned sequence = 0; sequence < SEQUENCES; sequence++) {
        struct pool *kept = pool;
        pool = pool_create();
        random_state = sequence * 7919 + 1;
        unsigned which = sequence % SAMPLE_COUNT;
        struct hive *hive = read_hive(samples[which], sizes[which]);
        hive_h *theirs = oracle_open(samples[which], sizes[which], HIVEX_OPEN_WRITE);
        for (unsigned edits = 5 + random_below(40); edits > 0; edits--) {
            edit_once(hive, theirs);
        }
        compare_key(theirs, hivex_root(theirs), hive->root);

        /* What we write, hivex reads; what hivex writes, we read. */
        const uint8_t *written;
        size_t size;
        char path[] = "/tmp/wimboot-hive-XXXXXX";
        write_hive(hive, &written, &size);
        hive_rules_check(written, size);
        hive_h *ours = oracle_open(written, size, 0);
        compare_key(ours, hivex_root(ours), hive->root);
        hivex_close(ours);
        close(mkstemp(path));
        ck_assert_int_eq(hivex_commit(theirs, path, 0), 0);
        uint8_t *committed = sample_load(path, &size);
        compare_key(theirs, hivex_root(theirs), read_hive(committed, size)->root);
        unlink(path);
        hivex_close(theirs);
        free(committed);
        pool_destroy(pool);
        pool = kept;
    }
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        free(samples[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hive");
    TCase *tests = tcase_create("hive");
    tcase_add_checked_fixture(tests, start, finish);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, reads_what_hivex_reads, 0, SAMPLE_COUNT);
    tcase_add_loop_test(tests, written_hive_obeys_the_rules_and_reads_back, 0, SAMPLE_COUNT);
    tcase_add_loop_test(tests, tools_see_no_difference, 0, SAMPLE_COUNT);
    tcase_add_test(tests, new_hive_is_complete);
    tcase_add_test(tests, names_of_all_scripts_survive);
    tcase_add_test(tests, ill_formed_names_become_replacement_characters);
    tcase_add_test(tests, look_ups_ignore_case_and_follow_paths);
    tcase_add_test(tests, names_that_do_not_fit_are_refused);
    tcase_add_test(tests, values_of_all_sizes_survive);
    tcase_add_test(tests, of_two_values_of_one_name_the_first_is_read);
    tcase_add_test(tests, copies_of_keys_are_deep);
    tcase_add_test(tests, random_edits_agree_with_hivex);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
