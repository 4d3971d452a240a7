/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hives that were not closed properly, and their logs. The logs are made here: from a hive and what
 * became of it, with the pages that differ.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "base/little_endian.h"
#include "hive/hive_format.h"
#include "hive/registry.h"
#include "hive/registry_cell.h"
#include "tests/unit/hive_fixture.h"

enum { SECTOR = 512, LOG_MAX = 1 << 20 };

/* Three states of a hive, one after the other, each larger than the one before. */
static uint8_t *states[3];
static size_t sizes[3];

static uint8_t *finished(struct registry *registry, size_t *size)
{
    struct registry_piece pieces[16];
    size_t count = registry_pieces(registry, NULL);
    ck_assert_uint_le(count, 16);
    registry_pieces(registry, pieces);
    uint8_t *bytes = pool_allocate(pool, 1 << 20);
    *size = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + *size, pieces[i].bytes, pieces[i].size);
        *size += pieces[i].size;
    }
    return bytes;
}

static void make_states(void)
{
    static const char *const keys[] = {"first", "second", "third"};
    const uint8_t *bytes;
    size_t size;
    start();
    write_hive(hive_create(pool, "root"), &bytes, &size);
    struct registry *registry;
    ck_assert_int_eq(registry_open(pool, bytes, size, NULL, 0, &registry, &error), 0);
    for (int i = 0; i < 3; i++) {
        static const uint8_t data[180000];
        uint32_t key;
        ck_assert_int_eq(registry_make(registry, keys[i], &key, &error), 0);
        ck_assert_int_eq(
            registry_set_value(registry, key, "x", 3, data, 60000 * ((size_t)i + 1), &error), 0);
        states[i] = finished(registry, &sizes[i]);
        ck_assert(i == 0 || sizes[i] > sizes[i - 1]);
    }
}

/* The header of a log. */
static void start_log(uint8_t *log, const uint8_t *base, uint32_t type)
{
    memset(log, 0, LOG_MAX);
    memcpy(log, base, SECTOR);
    put_u32(log + BASE_TYPE, type);
    put_u32(log + BASE_CHECKSUM, hive_checksum(log));
}

/* Append an entry that leads from one state to another. @return its size */
static size_t add_entry(uint8_t *entry, uint32_t sequence, int from, int to)
{
    uint32_t count = 0;
    size_t bins = sizes[to] - PAGE;
    for (size_t at = 0; at < bins; at += PAGE) {
        count += at + PAGE > sizes[from] - PAGE ||
                 memcmp(states[from] + PAGE + at, states[to] + PAGE + at, PAGE) != 0;
    }
    uint8_t *reference = entry + 40, *page = reference + 8 * (size_t)count;
    for (size_t at = 0; at < bins; at += PAGE) {
        if (at + PAGE > sizes[from] - PAGE ||
            memcmp(states[from] + PAGE + at, states[to] + PAGE + at, PAGE) != 0) {
            put_u32(reference, (uint32_t)at);
            put_u32(reference + 4, PAGE);
            memcpy(page, states[to] + PAGE + at, PAGE);
            reference += 8;
            page += PAGE;
        }
    }
    size_t size = ((size_t)(page - entry) + SECTOR - 1) / SECTOR * SECTOR;
    memcpy(entry, "HvLE", 4);
    put_u32(entry + 4, (uint32_t)size);
    put_u32(entry + 12, sequence);
    put_u32(entry + 16, (uint32_t)bins);
    put_u32(entry + 20, count);
    put_u64(entry + 24, registry_log_hash(0xC5554E7A884DEF82, entry + 40, size - 40));
    put_u64(entry + 32, registry_log_hash(0xC5554E7A884DEF82, entry, 32));
    return size;
}

/* A state as it is while a change is under way. */
static uint8_t *dirty(int state, uint32_t sequence)
{
    uint8_t *bytes = pool_allocate(pool, sizes[state]);
    memcpy(bytes, states[state], sizes[state]);
    put_u32(bytes + BASE_SEQUENCE_1, sequence);
    put_u32(bytes + BASE_SEQUENCE_2, sequence - 1);
    put_u32(bytes + BASE_CHECKSUM, hive_checksum(bytes));
    return bytes;
}

/* The hive must be a state now. */
static void expect_state(const uint8_t *bytes, size_t size, const struct registry_log *logs,
                         size_t count, int state)
{
    struct registry *registry;
    size_t result_size;
    ck_assert(registry_is_dirty(bytes, size));
    ck_assert_msg(registry_open(pool, bytes, size, logs, count, &registry, &error) == 0, "%s",
                  error.text);
    ck_assert(registry_is_changed(registry));
    uint8_t *result = finished(registry, &result_size);
    ck_assert_uint_eq(result_size, sizes[state]);
    ck_assert_mem_eq(result + PAGE, states[state] + PAGE, sizes[state] - PAGE);
    ck_assert(!registry_is_dirty(result, result_size));
}

static void refuse(const uint8_t *bytes, size_t size, const struct registry_log *logs, size_t count,
                   const char *message)
{
    struct registry *registry;
    ck_assert_int_eq(registry_open(pool, bytes, size, logs, count, &registry, &error), -1);
    ck_assert_msg(strstr(error.text, message) != NULL, "%s", error.text);
}

/* Microsoft's own test vectors, which the .NET runtime has, too. */
START_TEST(hash)
{
    static const struct {
        const char *bytes;
        size_t length;
        uint64_t hash;
    } vectors[] = {{"", 0, 0x30ED35C100CD3C7D},
                   {"\xAF", 1, 0x48E73FC77D75DDC1},
                   {"\xE7\x0F", 2, 0xB5F6E1FC485DBFF8},
                   {"\x37\xF4\x95", 3, 0xF0B07C789B8CF7E8},
                   {"\x86\x42\xDC\x59", 4, 0x7008F2E87E9CF556}};
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        ck_assert_uint_eq(registry_log_hash(0x004FB61A001BDBCC, (const uint8_t *)vectors[i].bytes,
                                            vectors[i].length),
                          vectors[i].hash);
    }
}
END_TEST

START_TEST(new_logs)
{
    static uint8_t first[LOG_MAX], second[LOG_MAX];
    struct registry_log logs[2] = {{first, LOG_MAX}, {second, LOG_MAX}};
    uint8_t *bytes = dirty(0, 20);
    start_log(first, bytes, 6);
    size_t size = SECTOR + add_entry(first + SECTOR, 20, 0, 1);
    expect_state(bytes, sizes[0], logs, 1, 1);
    add_entry(first + size, 21, 1, 2);
    expect_state(bytes, sizes[0], logs, 1, 2);

    /* An older entry comes first: it is in the hive already. */
    bytes = dirty(1, 21);
    start_log(first, bytes, 6);
    size = SECTOR + add_entry(first + SECTOR, 20, 2, 0);
    add_entry(first + size, 21, 1, 2);
    expect_state(bytes, sizes[1], logs, 1, 2);

    /* In turns: whichever starts first comes first. */
    bytes = dirty(0, 20);
    start_log(first, bytes, 6);
    start_log(second, bytes, 6);
    add_entry(first + SECTOR, 21, 1, 2);
    add_entry(second + SECTOR, 20, 0, 1);
    expect_state(bytes, sizes[0], logs, 2, 2);

    /* After a damaged entry, none counts. */
    second[SECTOR + 100] ^= 1;
    refuse(bytes, sizes[0], logs, 2, "none of the 2 logs given has the changes");
    second[SECTOR + 100] ^= 1;
    first[SECTOR + 100] ^= 1;
    expect_state(bytes, sizes[0], logs, 2, 1);
    first[SECTOR + 100] ^= 1;

    /* A damaged header is in the logs, too. */
    bytes[BASE_CHECKSUM] ^= 1;
    put_u32(first + BASE_SEQUENCE_1, 20);
    put_u32(first + BASE_CHECKSUM, hive_checksum(first));
    expect_state(bytes, sizes[0], logs, 2, 2);
    first[0] = second[0] = 'x';
    refuse(bytes, sizes[0], logs, 2, "its header is damaged, and none of its logs has a copy");
}
END_TEST

START_TEST(old_log)
{
    static uint8_t log[LOG_MAX];
    struct registry_log logs[1] = {{log, LOG_MAX}};
    uint8_t *bytes = dirty(0, 9);
    start_log(log, states[1], 1);
    size_t bins = sizes[1] - PAGE, data = SECTOR;
    data += (4 + bins / SECTOR / 8 + SECTOR - 1) / SECTOR * SECTOR;
    memcpy(log + SECTOR, "DIRT", 4);
    for (size_t i = 0; i < bins / SECTOR; i++) {
        const uint8_t *sector = states[1] + PAGE + i * SECTOR;
        if (i * SECTOR + PAGE >= sizes[0] ||
            memcmp(sector, states[0] + PAGE + i * SECTOR, SECTOR) != 0) {
            log[SECTOR + 4 + i / 8] |= (uint8_t)(1 << i % 8);
            memcpy(log + data, sector, SECTOR);
            data += SECTOR;
        }
    }
    expect_state(bytes, sizes[0], logs, 1, 1);
    logs[0].size = data - 1;
    refuse(bytes, sizes[0], logs, 1, "cut short");
    logs[0].size = LOG_MAX;
    log[SECTOR] = 'x';
    refuse(bytes, sizes[0], logs, 1, "the log of the hive is damaged");
    log[SECTOR] = 'D';
    put_u64(log + BASE_TIMESTAMP, 123); /* of another time */
    put_u32(log + BASE_CHECKSUM, hive_checksum(log));
    refuse(bytes, sizes[0], logs, 1, "none of the 1 log given has the changes");
}
END_TEST

START_TEST(without_logs)
{
    uint8_t *bytes = dirty(0, 20);
    refuse(bytes, sizes[0], NULL, 0, "its newest changes are in its logs");
    struct registry_log nothing = {"", 0}, itself = {bytes, sizes[0]};
    refuse(bytes, sizes[0], &nothing, 1, "none of the 1 log given");
    refuse(bytes, sizes[0], &itself, 1, "none of the 1 log given");
    ck_assert(!registry_is_dirty(states[0], sizes[0]));
    ck_assert(!registry_is_dirty("x", 1));
}
END_TEST

/* A hive without bins, and a log of the old form without any. */
START_TEST(no_bins)
{
    static uint8_t log[LOG_MAX];
    uint8_t *bytes = dirty(0, 20);
    struct registry_log logs[1] = {{log, 4096}};
    put_u32(bytes + BASE_BINS_SIZE, 0);
    start_log(log, bytes, 1);
    put_u32(log + BASE_SEQUENCE_1, 20);
    put_u32(log + BASE_SEQUENCE_2, 20);
    put_u32(log + BASE_CHECKSUM, hive_checksum(log));
    refuse(bytes, sizes[0], logs, 1, "the length of the bins, 0x0, is impossible");
}
END_TEST

/* Whatever is in a log. */
START_TEST(damaged_logs)
{
    static uint8_t log[LOG_MAX];
    struct registry_log logs[1] = {{log, 60000}};
    struct registry *registry;
    uint8_t *bytes = dirty(0, 20);
    random_state = (uint32_t)_i + 1;
    start_log(log, _i % 2 ? bytes : states[1], _i % 2 ? 6 : 1);
    add_entry(log + SECTOR, 20, 0, 1);
    for (int i = 0; i < 6; i++) {
        put_u32(log + SECTOR + random_below(64),
                random_below(2) ? random_below(20000) : 0xFFFFFFF0);
    }
    if (_i % 2) {
        put_u64(log + SECTOR + 24, 0);
        uint32_t size = get_u32(log + SECTOR + 4);
        if (size >= 40 && size < LOG_MAX - SECTOR) {
            put_u64(log + SECTOR + 24,
                    registry_log_hash(0xC5554E7A884DEF82, log + SECTOR + 40, size - 40));
        }
        put_u64(log + SECTOR + 32, registry_log_hash(0xC5554E7A884DEF82, log + SECTOR, 32));
    } else {
        memcpy(log + SECTOR, "DIRT", 4);
        put_u32(log + BASE_BINS_SIZE, random_below(100) * PAGE);
        put_u32(log + BASE_CHECKSUM, hive_checksum(log));
    }
    if (registry_open(pool, bytes, sizes[0], logs, 1, &registry, &error) == 0) {
        registry_pieces(registry, NULL);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registry_log");
    TCase *test = tcase_create("registry_log");
    tcase_add_checked_fixture(test, make_states, finish);
    tcase_add_test(test, hash);
    tcase_add_test(test, new_logs);
    tcase_add_test(test, old_log);
    tcase_add_test(test, without_logs);
    tcase_add_test(test, no_bins);
    tcase_add_loop_test(test, damaged_logs, 0, 400);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
