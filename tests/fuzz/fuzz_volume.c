/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Volumes of random trees. The input is a program: names, sizes, removals, and reads at random
 * places. A FAT reader of its own, written from the specification, then finds every path again,
 * with its long name and its bytes, and no cluster twice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"
#include "volume/volume.h"

enum { CLUSTER_SIZE = VOLUME_CLUSTER_SECTORS * SECTOR_SIZE, CONTENT_SIZE = 70000 };

static uint8_t content[CONTENT_SIZE];

struct input {
    const uint8_t *at;
    size_t left;
};

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static uint32_t take(struct input *input, size_t bytes)
{
    uint32_t value = 0;
    for (; bytes > 0 && input->left > 0; bytes--, input->left--) {
        value = value << 8 | *input->at++;
    }
    return value;
}

/* A path of the next bytes, up to a zero. */
static void take_path(struct input *input, char *path, size_t size)
{
    size_t used = 0;
    while (used < size - 1 && input->left > 0) {
        char character = (char)take(input, 1);
        if (character == '\0') {
            break;
        }
        path[used++] = character;
    }
    path[used] = '\0';
}

static int read_content(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                        struct error *error)
{
    check(offset <= CONTENT_SIZE && length <= CONTENT_SIZE - offset);
    memcpy(buffer, content + offset, length);
    return 0;
}

static struct file *take_file(struct input *input, struct pool *pool)
{
    static struct reader reader = {.read = read_content};
    struct file *parts[4], *joined;
    size_t count = 1 + take(input, 1) % 4;
    struct error error;
    for (size_t i = 0; i < count; i++) {
        uint32_t kind = take(input, 1), size = take(input, 3) % CONTENT_SIZE;
        parts[i] = kind % 3 == 0   ? file_from_memory(pool, "memory", content, size)
                   : kind % 3 == 1 ? file_from_zeros(pool, "zeros", (uint64_t)size << (kind & 7))
                                   : file_from_reader(pool, "reader", &reader, size);
    }
    check(file_join(pool, "file", (const struct file *const *)parts, count, &joined, &error) == 0);
    return joined;
}

static void read_sectors(const struct volume *volume, uint64_t lba, uint32_t count, uint8_t *buffer)
{
    struct error error;
    check(lba + count <= volume->sector_count);
    check(volume_read(volume, lba, count, buffer, &error) == 0);
}

static uint32_t next_cluster(const struct volume *volume, uint32_t cluster)
{
    uint8_t sector[SECTOR_SIZE];
    read_sectors(volume, VOLUME_PARTITION_LBA + VOLUME_RESERVED_SECTORS + cluster / 128, 1, sector);
    return get_u32(sector + cluster % 128 * 4);
}

/* Clusters of a chain; each follows the one before. */
static uint32_t chain_length(const struct volume *volume, uint32_t cluster)
{
    uint32_t length = 1, next;
    while ((next = next_cluster(volume, cluster)) < 0x0FFFFFF8) {
        check(next == cluster + 1 && next < volume->cluster_count + 2);
        cluster = next;
        length++;
    }
    return length;
}

static uint64_t cluster_lba(const struct volume *volume, uint32_t cluster)
{
    return volume->data_lba + (uint64_t)(cluster - 2) * VOLUME_CLUSTER_SECTORS;
}

/* The next name and entry of a directory, from its bytes. Returns the units of the long name, 0 if
 * there is none. */
static size_t read_entry(const uint8_t **at, uint16_t *units, const uint8_t **entry)
{
    size_t count = 0;
    uint8_t checksum = 0, sum = 0;
    for (; (*at)[11] == 0x0F; *at += 32) {
        size_t part = ((*at)[0] & 0x3F) - 1u, base = part * 13;
        check(part < 20);
        if ((*at)[0] & 0x40) {
            count = base + 13;
        } else {
            check((*at)[13] == checksum);
        }
        checksum = (*at)[13];
        memcpy(units + base, *at + 1, 10);
        memcpy(units + base + 5, *at + 14, 12);
        memcpy(units + base + 11, *at + 28, 4);
    }
    for (size_t i = 0; i < count; i++) {
        if (units[i] == 0) {
            count = i;
        }
    }
    *entry = *at;
    for (size_t i = 0; i < 11; i++) {
        sum = (uint8_t)((sum >> 1 | sum << 7) + (*entry)[i]);
    }
    check(count == 0 || sum == checksum);
    *at += 32;
    return count;
}

/* The name that an entry without a long one has. */
static size_t short_name(const uint8_t *entry, uint16_t *units)
{
    size_t count = 0;
    for (size_t i = 0; i < 11; i++) {
        if (i == 8 && entry[i] != ' ') {
            units[count++] = '.';
        }
        if (entry[i] != ' ') {
            units[count++] = entry[i];
        }
    }
    return count;
}

static void check_directory(const struct volume *volume, const struct tree_node *directory)
{
    uint32_t length = chain_length(volume, directory->first_cluster);
    uint8_t *bytes = malloc((size_t)length * CLUSTER_SIZE);
    check(bytes != NULL);
    read_sectors(volume, cluster_lba(volume, directory->first_cluster),
                 length * VOLUME_CLUSTER_SECTORS, bytes);
    const uint8_t *at = bytes + (directory->parent == NULL ? 32 : 64), *entry;
    for (const struct tree_node *node = directory->first_child; node != NULL; node = node->next) {
        uint16_t units[260], expected[256];
        size_t count = read_entry(&at, units, &entry);
        if (count == 0) {
            count = short_name(entry, units);
        }
        size_t expected_count = utf16_from_utf8(node->name, strlen(node->name), expected, 256);
        check(count == expected_count && memcmp(units, expected, count * 2) == 0);
        uint32_t cluster = (uint32_t)get_u16(entry + 20) << 16 | get_u16(entry + 26);
        check(cluster == node->first_cluster);
        check((entry[11] == 0x10) == (node->file == NULL));
        check(get_u32(entry + 28) == (node->file != NULL ? node->file->size : 0));
        for (const uint8_t *other = bytes; other < entry; other += 32) {
            /* Long names and the label are no names of files. */
            check(other[11] == 0x0F || other[11] == 0x08 || memcmp(other, entry, 11) != 0);
        }
    }
    check(at == bytes + (size_t)length * CLUSTER_SIZE || at[0] == 0);
    free(bytes);
}

static void check_file(const struct volume *volume, const struct tree_node *node)
{
    uint64_t size = node->file->size;
    uint8_t sector[SECTOR_SIZE], expected[SECTOR_SIZE];
    if (size == 0) {
        check(node->first_cluster == 0);
        return;
    }
    check(chain_length(volume, node->first_cluster) == (size + CLUSTER_SIZE - 1) / CLUSTER_SIZE);
    uint64_t offsets[] = {0, size / 2, size - 1};
    for (size_t i = 0; i < 3; i++) {
        uint64_t start = offsets[i] & ~(uint64_t)(SECTOR_SIZE - 1), left = size - start;
        memset(expected, 0, sizeof(expected));
        check(file_read(node->file, start, expected, left < SECTOR_SIZE ? left : SECTOR_SIZE,
                        NULL) == 0);
        read_sectors(volume, cluster_lba(volume, node->first_cluster) + start / SECTOR_SIZE, 1,
                     sector);
        check(memcmp(sector, expected, SECTOR_SIZE) == 0);
    }
}

/* Reads of any length at any place give the same as sector by sector. */
static void check_reads(const struct volume *volume, struct input *input)
{
    uint32_t used = volume->cluster_count - volume->free_cluster_count + 1;
    for (int i = 0; i < 20 && input->left > 0; i++) {
        uint64_t end = i % 2 ? cluster_lba(volume, used + 2) : volume->data_lba + 10;
        uint32_t lba = take(input, 4) % (uint32_t)end, count = 1 + take(input, 1);
        count = count < volume->sector_count - lba ? count : (uint32_t)(volume->sector_count - lba);
        uint8_t *bytes = malloc((size_t)count * SECTOR_SIZE), sector[SECTOR_SIZE];
        check(bytes != NULL);
        read_sectors(volume, lba, count, bytes);
        for (uint32_t s = 0; s < count; s++) {
            read_sectors(volume, lba + s, 1, sector);
            check(memcmp(bytes + (size_t)s * SECTOR_SIZE, sector, SECTOR_SIZE) == 0);
        }
        free(bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct pool *pool = pool_create();
    struct tree *tree = tree_create(pool);
    struct volume *volume;
    struct error error;
    char path[400];
    for (size_t i = 0; i < CONTENT_SIZE; i++) {
        content[i] = (uint8_t)(i * 31 >> 3);
    }
    uint32_t operations = take(&input, 1);
    for (uint32_t i = 0; i < operations && input.left > 0; i++) {
        uint32_t operation = take(&input, 1);
        take_path(&input, path, sizeof(path));
        if (operation % 8 == 0) {
            tree_remove(tree, path);
        } else {
            tree_add(tree, path, take_file(&input, pool), &error);
        }
    }
    struct volume_options options = {.signature = take(&input, 4)};
    if (volume_build(pool, tree, &options, &volume, &error) == 0) {
        for (struct tree_node *node = tree_root(tree); node != NULL; node = tree_next(node)) {
            if (node->file != NULL) {
                check_file(volume, node);
            } else {
                check_directory(volume, node);
            }
        }
        check_reads(volume, &input);
    }
    pool_destroy(pool);
    return 0;
}
