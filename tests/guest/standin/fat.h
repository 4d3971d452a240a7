/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stand-in's own FAT32 reader, written from Microsoft's FAT specification and from what Windows
 * boot managers were seen to insist on. It is stricter than a driver: whatever it reads it also
 * checks, and reports what is not as it should be. It shares nothing with the loader that makes the
 * volume.
 */
#ifndef STANDIN_FAT_H
#define STANDIN_FAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECTOR_SIZE = 512 };

/** Where sectors come from. */
struct disk {
    /** Read `count` sectors, at most `read_max`. */
    bool (*read)(struct disk *disk, uint64_t lba, uint32_t count, void *buffer);
    uint64_t sectors;
    uint32_t read_max; /* sectors */
    uint64_t reads;    /* calls so far */
    bool discards;     /* what is read need not get into `buffer` */
};

/** A file or directory. */
struct fat_entry {
    const char *name; /* UTF-8, in the arena */
    uint8_t attributes;
    uint32_t cluster; /* the first; 0 for an empty file */
    uint32_t size;    /* bytes; 0 for a directory */
};

enum { FAT_DIRECTORY = 0x10 };

/** What is in a directory, without "." and "..". */
struct fat_listing {
    struct fat_entry *entries;
    size_t count;
};

struct fat {
    struct disk *disk;
    uint64_t start; /* of the partition, LBA */
    uint32_t sectors_per_cluster;
    uint64_t fat_lba, data_lba;
    uint32_t cluster_end; /* clusters are numbered 2 to cluster_end - 1 */
    uint32_t root_cluster;
    uint8_t *used; /* a bit per cluster that a chain has; NULL: do not look */
    uint8_t *fat_window;
    uint64_t fat_window_lba;
};

/** What the MBR says. */
struct mbr {
    uint32_t signature;
    uint64_t start, sectors; /* of the one partition, LBA */
};

/** Read and check sector 0. */
bool mbr_read(struct disk *disk, struct mbr *mbr);

/** Read and check boot sector, backup and FSInfo. */
bool fat_open(struct fat *fat, struct disk *disk, uint64_t start, uint64_t sectors);

/** From now on no two chains may have a cluster in common. */
void fat_watch_clusters(struct fat *fat);

/** The root directory as an entry. */
struct fat_entry fat_root(const struct fat *fat);

/**
 * Read a directory.
 *
 * @param parent_cluster what ".." must say; ignored for the root
 */
bool fat_list(struct fat *fat, const struct fat_entry *directory, uint32_t parent_cluster,
              struct fat_listing *listing);

/** Find a path, with '\', ignoring the case of ASCII letters. Quiet if it is not there. */
bool fat_find(struct fat *fat, const char *path, struct fat_entry *entry);

/** Takes the bytes of a file, in order. */
typedef void fat_sink(void *context, const void *data, size_t length);

/** Read a file from start to end, as boot managers do. */
bool fat_read(struct fat *fat, const struct fat_entry *file, fat_sink *sink, void *context);

/** Read a file, at most `limit` bytes, and throw them away: nearly all of the work is the loader's.
 */
bool fat_read_away(struct fat *fat, const struct fat_entry *file, uint64_t limit);

#endif
