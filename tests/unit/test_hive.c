/*
 * Hives: read, edited and written, with hivex as the oracle, the rules of boot managers as the
 * judge of what is written, and damage of every kind.
 */
#include "unit.h"

#include <stdio.h>

#include "format.h"
#include "hive.h"
#include "hive_oracle.h"
#include "hive_rules.h"
#include "hive_samples.h"

enum { BASE_SIZE = 4096, ROOT = BASE_SIZE + 0x20 };

static struct pool *pool;
static struct error error;

static void start(void)
{
    pool = pool_create();
}

static void finish(void)
{
    pool_destroy(pool);
}

static struct hive *read_hive(const void *bytes, size_t size)
{
    struct hive *hive = NULL;
    int result = hive_read(pool, bytes, size, &hive, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    return hive;
}

static void write_hive(struct hive *hive, const uint8_t **bytes, size_t *size)
{
    const void *written;
    int result = hive_write(hive, &written, size, &error);
    ck_assert_msg(result == 0, "%s", error.text);
    *bytes = written;
}

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % limit;
}

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

/** The text that a hivexregedit or hivexsh command prints about a hive; to be freed. */
static char *tool_output(const char *format, const void *bytes, size_t size)
{
    char path[32], command[200];
    sample_save(bytes, size, path);
    snprintf(command, sizeof command, format, path);
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
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
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
                                        "\xC3\xA9"
                                        "t\xC3\xA9",
                                        "\xC3\xBF",
                                        "\xC4\x80",
                                        "\xE2\x82\xAC uro",
                                        "a\xF0\x9F\x98\x80",
                                        "abc\xE2\x82\xAC",
                                        "A B",

                                        "zz"};
    const uint8_t *bytes;
    size_t size, count = sizeof names / sizeof names[0];
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
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
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
    ck_assert(!hive_remove_value(object, "other"));
    ck_assert(hive_remove_value(object, "type"));
    ck_assert_ptr_null(hive_find_value(object, "Type"));
}
END_TEST

START_TEST(names_that_do_not_fit_are_refused)
{
    char name[300];
    memset(name, 'n', sizeof name);
    struct hive *hive = hive_create(pool, "root");
    name[256] = '\0';
    ck_assert_ptr_null(hive_add_key(hive, hive->root, name));
    name[255] = '\0';
    ck_assert_ptr_nonnull(hive_add_key(hive, hive->root, name));
    const uint8_t *bytes;
    size_t size;
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    ck_assert_str_eq(read_hive(bytes, size)->root->first_child->name, name);
}
END_TEST

START_TEST(values_of_all_sizes_survive)
{
    static const size_t sizes[] = {0,    1,    2,    3,    4,     5,     8,     100,   4000,
                                   4060, 4061, 4064, 4065, 16344, 16345, 20000, 70000, 1 << 20};
    size_t count = sizeof sizes / sizeof sizes[0], size;
    uint8_t *data = malloc(1 << 20);
    for (size_t i = 0; i < 1 << 20; i++) {
        data[i] = (uint8_t)(i * 31 + i / 251);
    }
    struct hive *hive = hive_create(pool, "root");
    for (size_t i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "v%zu", i);
        ck_assert_int_eq(hive_set_value(hive, hive->root, name, HIVE_BINARY, data + i,
                                        sizes[i] - (sizes[i] == 1 << 20 ? i : 0)),
                         0);
    }
    const uint8_t *bytes;
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    struct hive *again = read_hive(bytes, size);
    struct hive_value *value = again->root->first_value;
    for (struct hive_value *one = hive->root->first_value; one; one = one->next) {
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
        if (left->first_value) {
            ck_assert_mem_eq(left->first_value->data, right->first_value->data,
                             left->first_value->size);
        }
        left = hive_next(from, left);
        right = hive_next(to, right);
        ck_assert_int_eq(left == NULL, right == NULL);
        if (left) {
            ck_assert_str_eq(left->name, right->name);
        }
    } while (left);
    free(bytes);
}
END_TEST

/* ---- random edits, done by hivex and by us ---- */

/** The values of a node as hivex_node_set_values() wants them; to be freed with free_values(). */
static hivex_set_value *copy_values(hive_h *oracle, hive_node_h node, size_t *count)
{
    hive_value_h *values = hivex_node_values(oracle, node);
    hivex_set_value *copies = calloc(64, sizeof *copies);
    for (*count = 0; values[*count]; ++*count) {
        copies[*count].key = hivex_value_key(oracle, values[*count]);
        copies[*count].value =
            hivex_value_value(oracle, values[*count], &copies[*count].t, &copies[*count].len);
    }
    free(values);
    return copies;
}

static void free_values(hivex_set_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(values[i].key);
        free(values[i].value);
    }
    free(values);
}

static void edit_value(struct hive *hive, struct hive_key *key, hive_h *oracle, hive_node_h node)
{
    static const uint32_t types[] = {HIVE_NONE,  HIVE_SZ,       HIVE_BINARY,
                                     HIVE_DWORD, HIVE_MULTI_SZ, HIVE_QWORD};
    char name[8], data[300];
    size_t size = random_below(4) ? random_below(12) : random_below(sizeof data);
    if (random_below(5) == 0) {
        name[0] = '\0';
    } else {
        snprintf(name, sizeof name, "V%u", random_below(6));
    }
    for (size_t i = 0; i < size; i++) {
        data[i] = (char)random_below(256);
    }
    hivex_set_value value = {
        .key = name, .t = (hivex_type)types[random_below(6)], .len = size, .value = data};
    ck_assert_int_eq(hive_set_value(hive, key, name, value.t, data, size), 0);
    ck_assert_int_eq(hivex_node_set_value(oracle, node, &value, 0), 0);
}

static void drop_value(struct hive_key *key, hive_h *oracle, hive_node_h node)
{
    size_t count;
    hivex_set_value *values = copy_values(oracle, node, &count);
    if (count > 0) {
        size_t victim = random_below((uint32_t)count);
        ck_assert(hive_remove_value(key, values[victim].key));
        hivex_set_value removed = values[victim];
        values[victim] = values[count - 1];
        ck_assert_int_eq(hivex_node_set_values(oracle, node, count - 1, values, 0), 0);
        values[count - 1] = removed;
    }
    free_values(values, count);
}

static void edit_once(struct hive *hive, hive_h *oracle)
{
    struct hive_key *key = hive->root;
    hive_node_h node = hivex_root(oracle);
    unsigned depth = random_below(5);
    while (depth-- > 0 && key->child_count > 0) {
        uint32_t index = random_below(key->child_count);
        for (key = key->first_child; index > 0; index--) {
            key = key->next;
        }
        node = hivex_node_get_child(oracle, node, key->name);
        ck_assert_uint_ne(node, 0);
    }
    unsigned action = random_below(10);
    if (action < 4) {
        char name[12];
        snprintf(name, sizeof name, "%c%u", "aA[^_`zZ{m"[random_below(10)], random_below(30));
        if (!hive_find(key, name)) {
            ck_assert_ptr_nonnull(hive_add_key(hive, key, name));
            ck_assert_uint_ne(hivex_node_add_child(oracle, node, name), 0);
        }
    } else if (action < 5 && key->parent) {
        hive_remove_key(key);
        ck_assert_int_eq(hivex_node_delete_child(oracle, node), 0);
    } else if (action < 9) {
        edit_value(hive, key, oracle, node);
    } else {
        drop_value(key, oracle, node);
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

/* ---- other writers' ways ---- */

static void put32(uint8_t *bytes, uint32_t value)
{
    memcpy(bytes, &value, 4);
}

/** Make the base block's checksum right again. */
static void seal(uint8_t *hive)
{
    uint32_t sum = 0;
    for (size_t offset = 0; offset < 0x1FC; offset += 4) {
        sum ^= rules_u32(hive + offset);
    }
    put32(hive + 0x1FC, sum == 0 ? 1 : sum == ~0u ? ~1u : sum);
}

/** A written hive with two keys below its root, b and a's parent "Objects", to be damaged. */
static uint8_t *small_hive(size_t *size)
{
    const uint8_t *bytes;
    struct hive *hive = hive_create(pool, "root");
    struct hive_key *alpha = hive_add_key(hive, hive->root, "alpha");
    hive_add_key(hive, hive->root, "beta");
    hive_add_key(hive, alpha, "gamma");
    hive_set_value(hive, alpha, "short", HIVE_DWORD, "1234", 4);
    hive_set_value(hive, alpha, "long", HIVE_BINARY, "0123456789", 10);
    write_hive(hive, &bytes, size);
    uint8_t *copy = pool_allocate(pool, *size);
    memcpy(copy, bytes, *size);
    return copy;
}

/** Where the list of the root's subkeys is in the file. */
static uint8_t *root_list(uint8_t *hive)
{
    return hive + BASE_SIZE + rules_u32(hive + ROOT + 4 + 0x1C) + 4;
}

static uint8_t *alpha_key(uint8_t *hive)
{
    return hive + BASE_SIZE + rules_u32(root_list(hive) + 4) + 4;
}

START_TEST(what_can_be_mended_is_a_warning)
{
    static const struct {
        size_t offset;
        uint32_t value;
        bool sealed;
        const char *warning;
    } damages[] = {
        {0x1FC, 12345, false, "checksum"},
        {0x04, 77, true, "was writing"},
        {0x18, 2, true, "version"},
        {0x18, 6, true, "version"},
        {ROOT + 4 + 0x2C, 0xFFFFFFFF, true, "no security descriptor"},
        {ROOT + 4 + 0x2C, 0x20, true, "no security descriptor"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        size_t size, written_size;
        const uint8_t *written;
        uint8_t *bytes = small_hive(&size);
        put32(bytes + damages[i].offset, damages[i].value);
        if (damages[i].sealed) {
            seal(bytes);
        }
        struct hive *hive = read_hive(bytes, size);
        ck_assert_ptr_nonnull(hive->warning);
        ck_assert_msg(strstr(hive->warning, damages[i].warning) != NULL, "%s", hive->warning);
        write_hive(hive, &written, &written_size);
        hive_rules_check(written, written_size);
        ck_assert_ptr_null(read_hive(written, written_size)->warning);
    }
}
END_TEST

START_TEST(unsorted_lists_are_read_and_sorted)
{
    size_t size;
    uint8_t *bytes = small_hive(&size), entry[8];
    uint8_t *list = root_list(bytes);
    memcpy(entry, list + 4, 8);
    memcpy(list + 4, list + 12, 8);
    memcpy(list + 12, entry, 8);
    memset(list + 8, 0xEE, 4); /* and a wrong hint */
    struct hive *hive = read_hive(bytes, size);
    ck_assert_ptr_nonnull(hive->warning);
    ck_assert_str_eq(hive->root->first_child->name, "alpha");
    ck_assert_str_eq(hive->root->last_child->name, "beta");
    ck_assert_ptr_nonnull(hive_find(hive->root, "alpha\\gamma"));
}
END_TEST

START_TEST(many_unsorted_keys_are_sorted)
{
    enum { COUNT = 300 };
    const uint8_t *bytes;
    size_t size;
    struct hive *hive = hive_create(pool, "root");
    for (unsigned i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "key%05u", i * 7919 % COUNT);
        ck_assert_ptr_nonnull(hive_add_key(hive, hive->root, name));
    }
    ck_assert_uint_eq(hive->root->child_count, COUNT);
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    uint8_t *copy = pool_allocate(pool, size), *list;
    memcpy(copy, bytes, size);
    list = root_list(copy);
    for (unsigned i = 0; i < COUNT / 2; i++) { /* backwards */
        uint8_t entry[8];
        memcpy(entry, list + 4 + 8 * i, 8);
        memcpy(list + 4 + 8 * i, list + 4 + 8 * (COUNT - 1 - i), 8);
        memcpy(list + 4 + 8 * (COUNT - 1 - i), entry, 8);
    }
    hive = read_hive(copy, size);
    write_hive(hive, &bytes, &size);
    hive_rules_check(bytes, size);
    ck_assert_uint_eq(hive->root->child_count, COUNT);
}
END_TEST

START_TEST(two_keys_of_one_name_count_once)
{
    size_t size;
    uint8_t *bytes = small_hive(&size);
    memcpy(bytes + BASE_SIZE + rules_u32(root_list(bytes) + 12) + 4 + 0x48, "\5\0\0\0alpha", 9);
    struct hive *hive = read_hive(bytes, size);
    ck_assert_uint_eq(hive->root->child_count, 1);
    ck_assert_ptr_nonnull(hive_find(hive->root, "alpha\\gamma"));
}
END_TEST

START_TEST(lists_of_lists_are_read)
{
    size_t size;
    uint8_t *bytes = small_hive(&size);
    /* The free cell at the end becomes an li with both keys, and the lf an ri with that li. */
    uint8_t *list = root_list(bytes);
    uint32_t cell = 0x20;
    while ((int32_t)rules_u32(bytes + BASE_SIZE + cell) < 0) {
        cell += 0 - rules_u32(bytes + BASE_SIZE + cell);
    }
    uint32_t rest = rules_u32(bytes + BASE_SIZE + cell);
    put32(bytes + BASE_SIZE + cell, (uint32_t)-16);
    put32(bytes + BASE_SIZE + cell + 16, rest - 16);
    memcpy(bytes + BASE_SIZE + cell + 4, "li\2", 4);
    memcpy(bytes + BASE_SIZE + cell + 8, list + 4, 4);
    memcpy(bytes + BASE_SIZE + cell + 12, list + 12, 4);
    memcpy(list, "ri\1", 4);
    put32(list + 4, cell);
    struct hive *hive = read_hive(bytes, size);
    ck_assert_uint_eq(hive->root->child_count, 2);
    ck_assert_ptr_nonnull(hive_find(hive->root, "alpha\\gamma"));
    ck_assert_ptr_nonnull(hive_find(hive->root, "beta"));
    /* An ri below an ri is never written: refuse it. */
    memcpy(bytes + BASE_SIZE + cell + 4, "ri", 2);
    ck_assert_int_eq(hive_read(pool, bytes, size, &hive, &error), -1);
}
END_TEST

START_TEST(segmented_data_are_put_together)
{
    enum { SIZE = 16344 * 2 + 1000, BIN = 16384 };
    static uint8_t bytes[BASE_SIZE + 4096 + 4 * BIN];
    size_t small_size;
    uint8_t *small = small_hive(&small_size);
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, small, small_size);
    uint8_t *bins = bytes + BASE_SIZE;
    uint32_t segments[3];
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t bin = 4096 + i * BIN;
        memcpy(bins + bin, "hbin", 4);
        put32(bins + bin + 4, bin);
        put32(bins + bin + 8, BIN);
        if (i < 3) {
            put32(bins + bin + 0x20, 0u - (BIN - 0x20));
            segments[i] = bin + 0x20;
            for (uint32_t k = 0; k < 16344; k++) {
                bins[bin + 0x24 + k] = (uint8_t)(i * 7 + k % 253);
            }
        } else {
            put32(bins + bin + 0x20, 0u - 16);
            memcpy(bins + bin + 0x24, "db\3", 4);
            put32(bins + bin + 0x28, bin + 0x30);
            put32(bins + bin + 0x30, 0u - 16);
            memcpy(bins + bin + 0x34, segments, 12);
            put32(bins + bin + 0x40, BIN - 0x40);
            /* The value "long" of alpha now has these data. */
            uint8_t *values = bins + rules_u32(alpha_key(bytes) + 0x28) + 4;
            uint8_t *vk = bins + rules_u32(values + 4) + 4;
            put32(vk + 4, SIZE);
            put32(vk + 8, bin + 0x20);
        }
    }
    put32(bytes + 0x18, 5);
    put32(bytes + 0x28, sizeof bytes - BASE_SIZE);
    seal(bytes);
    struct hive *hive = read_hive(bytes, sizeof bytes);
    struct hive_value *value = hive_find_value(hive_find(hive->root, "alpha"), "long");
    ck_assert_uint_eq(value->size, SIZE);
    for (uint32_t i = 0; i < SIZE; i++) {
        ck_assert_uint_eq(value->data[i], (uint8_t)(i / 16344 * 7 + i % 16344 % 253));
    }
    hive_h *oracle = oracle_open(bytes, sizeof bytes, 0);
    compare_key(oracle, hivex_root(oracle), hive->root);
    hivex_close(oracle);
    memcpy(bins + 4096 + 3 * BIN + 0x24, "db\2", 4);
    ck_assert_int_eq(hive_read(pool, bytes, sizeof bytes, &hive, &error), -1);
    ck_assert_msg(strstr(error.text, "segments") != NULL, "%s", error.text);
}
END_TEST

START_TEST(class_names_and_tail_junk_are_kept_and_dropped)
{
    size_t size, written_size;
    const uint8_t *written;
    struct hive *hive = hive_create(pool, "root");
    hive->root->class_name = (const uint8_t *)"c\0l\0s\0";
    hive->root->class_size = 6;
    hive->root->timestamp = 0x0123456789ABCDEF;
    write_hive(hive, &written, &written_size);
    hive_rules_check(written, written_size);
    size = written_size + 333;
    uint8_t *bytes = pool_allocate(pool, size);
    memcpy(bytes, written, written_size);
    hive = read_hive(bytes, size);
    ck_assert_uint_eq(hive->root->class_size, 6);
    ck_assert_mem_eq(hive->root->class_name, "c\0l\0s\0", 6);
    ck_assert_uint_eq(hive->root->timestamp, 0x0123456789ABCDEF);
}
END_TEST

/* ---- damage ---- */

START_TEST(damage_is_named_with_its_place)
{
    enum where { FILE_START, ROOT_KEY, ROOT_LIST, ALPHA, ALPHA_VALUES, SHORT, LONG };
    static const struct {
        enum where where;
        size_t offset;
        uint32_t value;
        const char *text;
    } damages[] = {
        {FILE_START, 0x00, 0x12345678, "not a registry hive"},
        {FILE_START, 0x1C, 1, "registry log"},
        {FILE_START, 0x14, 2, "version 2.3"},
        {FILE_START, 0x18, 7, "version 1.7"},
        {FILE_START, 0x20, 0, "not known"},
        {FILE_START, 0x28, 0, "makes no sense"},
        {FILE_START, 0x28, 4097, "makes no sense"},
        {FILE_START, 0x28, 0xFFFFF000, "makes no sense"},
        {FILE_START, 0x28, 8192, "4096 are missing"},
        {FILE_START, 0x24, 0x24, "a key should be here"},
        {FILE_START, 0x24, 0xFFFFFFFF, "offset 0x100000fff: a key should be here"},
        {FILE_START, 0x24, 0x1000, "a key should be here"},
        {FILE_START, 0x1000, 0, "offset 0x1000: a bin should start here"},
        {FILE_START, 0x1008, 0, "offset 0x1000: this bin's size"},
        {FILE_START, 0x1008, 0x2000, "offset 0x1000: this bin's size"},
        {FILE_START, 0x1008, 0x800, "offset 0x1000: this bin's size"},
        {ROOT_KEY, -4, 0, "no cell starts here"},
        {ROOT_KEY, -4, 0x60, "no cell starts here"},
        {ROOT_KEY, -4, 0xFFFFE000, "no cell starts here"},
        {ROOT_KEY, 0x00, 0, "offset 0x1020: a key should be here (\"nk\")"},
        {ROOT_KEY, 0x48, 0x0000FFFF, "name is longer than its cell"},
        {ROOT_KEY, 0x1C, 0x28, "a list of subkeys should be here"},
        {ROOT_KEY, 0x1C, 0x20, "used twice"},
        {ROOT_LIST, 0x00, 0x00025858, "a list of subkeys should be here"},
        {ROOT_LIST, 0x00, 0xFFFF666C, "list of subkeys is longer than its cell"},
        {ROOT_LIST, 0x04, 0x20, "a key should be here"},
        {ALPHA, 0x4C, 0, "holds a NUL"},
        {ALPHA, 0x24, 1000, "no room for the values"},
        {ALPHA, 0x24, 0xFFFFFFFF, "no room for the values"},
        {ALPHA, 0x28, 0, "a list of values should be here"},
        {ALPHA_VALUES, 0x04, 0x20, "a value should be here"},
        {SHORT, 0x00, 0, "a value should be here (\"vk\")"},
        {SHORT, 0x00, 0xFFFF6B76, "name is longer than its cell"},
        {SHORT, 0x04, 0x80000005, "more than 4 bytes"},
        {LONG, 0x04, 1000, "smaller than the value"},
        {LONG, 0x04, 0x7FFFFFFF, "smaller than the value"},
        {LONG, 0x08, 0x20, "a value's data should be here"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        size_t size;
        struct hive *hive;
        uint8_t *bytes = small_hive(&size), *at = bytes;
        uint8_t *values = bytes + BASE_SIZE + rules_u32(alpha_key(bytes) + 0x28) + 4;
        switch (damages[i].where) {
        case FILE_START:
            break;
        case ROOT_KEY:
            at = bytes + ROOT + 4;
            break;
        case ROOT_LIST:
            at = root_list(bytes);
            break;
        case ALPHA:
            at = alpha_key(bytes);
            break;
        case ALPHA_VALUES:
            at = values;
            break;
        case SHORT:
            at = bytes + BASE_SIZE + rules_u32(values) + 4;
            break;
        case LONG:
            at = bytes + BASE_SIZE + rules_u32(values + 4) + 4;
            break;
        }
        put32(at + damages[i].offset, damages[i].value);
        ck_assert_msg(hive_read(pool, bytes, size, &hive, &error) == -1, "case %zu was read", i);
        ck_assert_msg(strstr(error.text, damages[i].text) != NULL, "case %zu: %s", i, error.text);
    }
}
END_TEST

START_TEST(every_truncation_is_noticed)
{
    size_t size;
    uint8_t *bytes = sample_load("tests/data/bcd/BCD.scratch-v13", &size);
    for (size_t cut = 0; cut < size; cut += cut < 600 ? 1 : 97) {
        struct hive *hive;
        uint8_t *copy = malloc(cut ? cut : 1); /* of the exact size, for the address sanitizer */
        memcpy(copy, bytes, cut);
        ck_assert_int_eq(hive_read(pool, copy, cut, &hive, &error), -1);
        if (cut >= BASE_SIZE) {
            char expected[64];
            snprintf(expected, sizeof expected, "%zu are missing", size - cut);
            ck_assert_msg(strstr(error.text, expected) != NULL, "%s", error.text);
        }
        free(copy);
    }
    free(bytes);
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
    const uint8_t *bytes;
    size_t size;
    struct hive *hive = hive_create(pool, "root"), *again;
    struct hive_key *key = hive->root;
    for (int depth = 0; depth < HIVE_DEPTH_MAX; depth++) {
        key = hive_add_key(hive, key, "k");
    }
    write_hive(hive, &bytes, &size);
    ck_assert_int_eq(hive_read(pool, bytes, size, &again, &error), 0);
    hive_add_key(hive, key, "k");
    write_hive(hive, &bytes, &size);
    ck_assert_int_eq(hive_read(pool, bytes, size, &again, &error), -1);
    ck_assert_msg(strstr(error.text, "nested") != NULL, "%s", error.text);
}
END_TEST

START_TEST(random_damage_never_breaks_the_reader)
{
    size_t size;
    uint8_t *bytes = sample_load("tests/data/bcd/BCD.menu", &size);
    uint8_t *copy = malloc(size);
    unsigned read = 0;
    for (unsigned round = 0; round < 700; round++) {
        struct pool *own = pool_create();
        struct hive *hive;
        random_state = round + 1;
        memcpy(copy, bytes, size);
        for (unsigned i = 1 + random_below(4); i > 0; i--) {
            copy[BASE_SIZE + random_below((uint32_t)size - BASE_SIZE)] = (uint8_t)random_below(256);
        }
        if (hive_read(own, copy, size, &hive, &error) == 0) {
            const void *written;
            size_t written_size;
            ck_assert_int_eq(hive_write(hive, &written, &written_size, &error), 0);
            hive_rules_check(written, written_size);
            read++;
        }
        pool_destroy(own);
    }
    ck_assert_uint_gt(read, 100);
    ck_assert_uint_lt(read, 700);
    free(copy);
    free(bytes);
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
    tcase_add_test(tests, copies_of_keys_are_deep);
    tcase_add_test(tests, random_edits_agree_with_hivex);
    tcase_add_test(tests, what_can_be_mended_is_a_warning);
    tcase_add_test(tests, unsorted_lists_are_read_and_sorted);
    tcase_add_test(tests, many_unsorted_keys_are_sorted);
    tcase_add_test(tests, two_keys_of_one_name_count_once);
    tcase_add_test(tests, lists_of_lists_are_read);
    tcase_add_test(tests, segmented_data_are_put_together);
    tcase_add_test(tests, class_names_and_tail_junk_are_kept_and_dropped);
    tcase_add_test(tests, damage_is_named_with_its_place);
    tcase_add_test(tests, every_truncation_is_noticed);
    tcase_add_test(tests, deep_nesting_is_refused);
    tcase_add_test(tests, random_damage_never_breaks_the_reader);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
