/* SPDX-License-Identifier: BSD-2-Clause */
/* See standin.h. */
#include "standin.h"

#include <string.h>

#include "arena.h"
#include "crc32.h"
#include "export.h"
#include "machine.h"
#include "report.h"
#include "wishes.h"

enum {
    DEPTH_MAX = 32,
    PATH_SIZE = 4096,
    /* Boot managers read at most 127 sectors at once; only a store in one piece can be patched
     * on the way. */
    STORE_SIZE_MAX = 127 * 512,
};

bool standin_open(struct disk *disk, struct fat *fat, uint64_t partition_start, uint32_t signature)
{
    struct mbr mbr;
    if (!mbr_read(disk, &mbr)) {
        return false;
    }
    check(mbr.signature == signature, "the MBR's signature is the announced one (%08x)", signature);
    check(mbr.start * SECTOR_SIZE == partition_start,
          "the partition starts at the announced byte (%llx)", partition_start);
    return fat_open(fat, disk, mbr.start, mbr.sectors);
}

static void add_checksum(void *context, const void *data, size_t length)
{
    uint32_t *checksum = context;
    *checksum = crc32_add(*checksum, data, length);
}

static void report_file(struct fat *fat, const struct fat_entry *file, const char *path)
{
    uint32_t checksum = 0;
    if (fat_read(fat, file, add_checksum, &checksum)) {
        report("file %u %08x %s", file->size, checksum, path);
    } else {
        check(false, "%s can be read", path);
    }
}

static void walk(struct fat *fat, const struct fat_entry *directory, uint32_t parent_cluster,
                 char *path, unsigned depth)
{
    size_t mark = arena_mark(), length = strlen(path);
    struct fat_listing listing;
    if (fat_list(fat, directory, parent_cluster, &listing)) {
        report("directory %u %s", (unsigned)listing.count, length ? path : "\\");
        uint32_t own_cluster = directory->cluster == fat->root_cluster ? 0 : directory->cluster;
        for (size_t i = 0; i < listing.count; i++) {
            const struct fat_entry *entry = &listing.entries[i];
            size_t name_length = strlen(entry->name);
            if (length + 1 + name_length >= PATH_SIZE || depth >= DEPTH_MAX) {
                check(false, "%s is not too deep", entry->name);
                continue;
            }
            path[length] = '\\';
            memcpy(path + length + 1, entry->name, name_length + 1);
            if (entry->attributes & FAT_DIRECTORY) {
                walk(fat, entry, own_cluster, path, depth + 1);
            } else {
                report_file(fat, entry, path);
            }
        }
        path[length] = 0;
    } else {
        check(false, "directory %s can be read", length ? path : "\\");
    }
    arena_release(mark);
}

static void export_file(struct fat *fat, const char *path)
{
    struct fat_entry file;
    if (!check(fat_find(fat, path, &file), "%s is there to be exported", path)) {
        return;
    }
    struct export_area area;
    if (!check(export_open(&area), "there is shared memory to export to")) {
        return;
    }
    if (check(file.size <= area.size - area.used, "%s fits the shared memory", path)) {
        check(fat_read(fat, &file, export_bytes, &area), "exported %s", path);
    }
}

static void time_file(struct fat *fat, const char *path)
{
    struct fat_entry file;
    uint64_t limit = wishes_number("time-limit");
    if (!check(fat_find(fat, path, &file), "%s is there to be timed", path)) {
        return;
    }
    limit = limit > 0 && limit < file.size ? limit : file.size;
    uint64_t start = machine_ticks();
    bool good = fat_read_away(fat, &file, limit);
    uint64_t ticks = machine_ticks() - start;
    if (check(good, "%s can be read", path)) {
        report("ticks %llu for %llu bytes of %s", ticks, limit, path);
    }
}

static void for_each_wish(struct fat *fat, const char *word,
                          void (*act)(struct fat *fat, const char *path))
{
    static char path[WISH_VALUE_SIZE];
    unsigned state = 0;
    while (wishes_next(word, &state, path)) {
        size_t mark = arena_mark();
        act(fat, path);
        arena_release(mark);
    }
}

void standin_look(struct fat *fat)
{
    for_each_wish(fat, "time", time_file);
    for_each_wish(fat, "export", export_file);
    if (wishes_have("no-tree")) {
        return;
    }
    static char path[PATH_SIZE];
    size_t mark = arena_mark();
    fat_watch_clusters(fat);
    struct fat_entry root = fat_root(fat);
    walk(fat, &root, 0, path, 0);
    fat->used = NULL;
    arena_release(mark);
    report("tree complete after %llu reads", fat->disk->reads);
}

struct head {
    uint8_t bytes[4];
    size_t length;
};

static void keep_head(void *context, const void *data, size_t length)
{
    struct head *head = context;
    if (head->length == 0 && length >= 4) {
        memcpy(head->bytes, data, 4);
    }
    head->length += length;
}

void standin_find_store(struct fat *fat, const char *const *paths)
{
    for (; *paths; paths++) {
        size_t mark = arena_mark();
        struct fat_entry file;
        bool found = fat_find(fat, *paths, &file);
        if (found) {
            uint64_t reads = fat->disk->reads;
            struct head head = {.length = 0};
            check(file.size <= STORE_SIZE_MAX, "the store can be read in one read");
            check(fat_read(fat, &file, keep_head, &head) && memcmp(head.bytes, "regf", 4) == 0,
                  "the store is a registry hive");
            report("store %s of %u bytes, %llu reads", *paths, file.size, fat->disk->reads - reads);
        }
        arena_release(mark);
        if (found) {
            return;
        }
    }
    report("store missing");
}
