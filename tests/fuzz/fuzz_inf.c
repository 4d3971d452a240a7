/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * INF files and indexes of drivers. The first byte chooses the Windows that drivers are wanted for.
 * The rest is read as an INF file; what is found in it must be found in its index, too. And the
 * rest is read as an index.
 */
#include <stdlib.h>
#include <string.h>

#include "drivers/driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct pci_device devices[] = {
    {0x8086, 0x100E, 0x1AF4, 0x1100, 0x020000, 0x03},
    {0x1AF4, 0x1001, 0x1AF4, 0x0002, 0x010000, 0x00},
    {0x8086, 0x9A0B, 0x17AA, 0x22D5, 0x010400, 0x00},
};

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static struct driver_search search_for(struct pool *pool, uint8_t wish)
{
    static const char *const archs[] = {"x86_64", "arm64", "i386", "none"};
    unsigned version[4] = {wish & 4 ? 10 : 6, wish & 8 ? 1 : 0, wish & 16 ? 65535 : 0, 0};

    return (struct driver_search){
        .pool = pool,
        .target = {archs[wish & 3], driver_version(version)},
        .devices = devices,
        .device_count = sizeof(devices) / sizeof(devices[0]),
    };
}

/* A file in memory of exactly its size, so that reading beyond it is noticed. */
static struct file *copy_file(struct pool *pool, const void *bytes, size_t size, void **copy)
{
    *copy = malloc(size + 1);
    if (size > 0) {
        memcpy(*copy, bytes, size);
    }
    *copy = realloc(*copy, size > 0 ? size : 1);
    return file_from_memory(pool, "x.inf", *copy, size);
}

/* The index that is made. */
struct sink {
    struct driver_index_sink sink;
    char *text;
    size_t length, capacity;
};

static void add_text(struct driver_index_sink *sink, const char *text, size_t length)
{
    struct sink *to = (struct sink *)sink;

    if (length > to->capacity - to->length) {
        to->capacity = 2 * to->capacity + length;
        to->text = realloc(to->text, to->capacity);
    }
    memcpy(to->text + to->length, text, length);
    to->length += length;
}

static size_t count_files(const struct driver_package *package)
{
    size_t count = 0;

    for (const struct driver_file *file = package->files; file != NULL; file = file->next) {
        require(strstr(file->path, "..\\") != file->path);
        count++;
    }
    return count;
}

static void require_equal(const struct driver_package *left, const struct driver_package *right)
{
    require((left == NULL) == (right == NULL));
    if (left == NULL) {
        return;
    }
    require(left->next == NULL && right->next == NULL);
    require(left->date == right->date && left->version == right->version);
    require(count_files(left) == count_files(right));
    const struct driver_match *one = left->matches, *other = right->matches;

    for (; one != NULL && other != NULL; one = one->next, other = other->next) {
        require(one->device == other->device && one->rank == other->rank);
        require(one->device < sizeof(devices) / sizeof(devices[0]));
    }
    require(one == NULL && other == NULL);
}

static void check_inf(struct pool *pool, uint8_t wish, const struct file *file)
{
    struct driver_search by_inf = search_for(pool, wish), by_index = search_for(pool, wish);
    struct sink sink = {{add_text}, NULL, 0, 0};
    struct error error;
    bool useful;
    void *copy;

    require(driver_search_inf(&by_inf, file, "a/x.inf", &error) == 0);
    add_text(&sink.sink, DRIVER_INDEX_START, strlen(DRIVER_INDEX_START));
    require(driver_index_inf(&sink.sink, file, "a/x.inf", &useful, &error) == 0);
    require(useful || by_inf.packages == NULL);
    const struct file *made = copy_file(pool, sink.text, sink.length, &copy);

    require(driver_search_index(&by_index, made, &error) == 0);
    require_equal(by_inf.packages, by_index.packages);
    free(copy);
    free(sink.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct driver_search search = search_for(pool, size > 0 ? data[0] : 0);
    struct error error;
    void *copy;

    if (size > 0) {
        const struct file *file = copy_file(pool, data + 1, size - 1, &copy);

        check_inf(pool, data[0], file);
        driver_search_index(&search, file, &error);
        free(copy);
    }
    pool_destroy(pool);
    return 0;
}
