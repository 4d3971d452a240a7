/*
 * A FAT32 volume on an MBR disk, synthesised from a tree; nothing of it but the directories is held
 * in memory. MBR, boot sectors, FSInfo and FAT are computed when they are read.
 *
 * volume_build() runs once, before the hand-over. volume_read() is the only function that is needed
 * afterwards: it allocates nothing, calls nothing but memcpy(), memset() and a reader's read(), and
 * touches only the volume's tables and the files' bytes. In BIOS it lives in the 64 KiB resident
 * segment (volume_read.c).
 */
#ifndef LOADER_VOLUME_H
#define LOADER_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "file.h"
#include "memory.h"
#include "tree.h"

enum {
    SECTOR_SIZE = 512,
    /** First sector of the partition on the disk. */
    VOLUME_PARTITION_LBA = 128,
};

/** Copy from a physical address to memory: how a platform reaches bytes that pointers do not. */
typedef void volume_copy(void *to, uint64_t address, size_t length);

/** Where bytes of the data area come from. Sorted by lba; gaps read as zeros. */
struct volume_extent {
    uint32_t lba;           /* of the sector that holds the first byte */
    uint32_t lba_offset;    /* 0..511: of the first byte in that sector */
    uint64_t length;        /* bytes */
    uint64_t address;       /* physical address of the bytes, if reader is NULL */
    struct reader *reader;  /* else this one fetches them … */
    uint64_t reader_offset; /* … from here */
};

/** A run of clusters that follow each other: one file or directory. Sorted by cluster. */
struct volume_chain {
    uint32_t first_cluster;
    uint32_t cluster_count;
};

struct volume {
    uint64_t sector_count;           /* of the whole disk */
    uint32_t partition_sector_count; /* of the partition */
    uint32_t signature;              /* of the MBR; also the volume's serial number */
    char label[11];                  /* space-padded */
    uint32_t fat_lba;                /* first sector of the FAT, on the disk */
    uint32_t fat_sector_count;
    uint32_t data_lba; /* first sector of cluster 2, on the disk */
    uint32_t cluster_count;
    uint32_t free_cluster_count;
    size_t chain_count;
    const struct volume_chain *chains;
    size_t extent_count;
    struct volume_extent *extents;
    volume_copy *copy; /* set by the platform; memcpy() unless it says otherwise */
};

struct volume_options {
    uint32_t signature; /* must not be that of another disk of the machine */
    const char *label;  /* at most 11 characters that FAT allows; NULL for "WIMBOOT" */
};

/**
 * Lay out a volume. Files that a reader with load() would fetch are loaded now: nothing is computed
 * after the hand-over.
 *
 * @param pool   holds the tables (small) and the directories
 * @return 0; -1 for a file over 4 GiB - 1, or more than the disk can hold, naming it
 */
int volume_build(struct pool *pool, struct tree *tree, const struct volume_options *options,
                 struct volume **volume, struct error *error);

/**
 * Read sectors of the disk. The caller has checked that they exist.
 *
 * @param lba   from the start of the disk (the partition starts at VOLUME_PARTITION_LBA)
 * @param count sectors
 * @return 0; -1 if a reader failed
 */
int volume_read(const struct volume *volume, uint64_t lba, uint32_t count, void *buffer,
                struct error *error);

#endif
