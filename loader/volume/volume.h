/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A FAT32 volume on an MBR disk, synthesised from a tree; only its directories are held in
 * memory. MBR, boot sectors, FSInfo and FAT are computed when they are read.
 *
 * volume_build() runs once, before the hand-over. volume_read() is the only function that is needed
 * afterwards: it allocates nothing, calls nothing but memcpy(), memset(), volume->copy and a
 * reader's read(), and accesses only the volume's tables and the files' bytes. In BIOS it is in the
 * 64 KiB resident segment (volume_read.c).
 *
 * Every path has its own chain of clusters, and the chains follow each other without a gap from
 * cluster 2 on: first the directories, then the files. Chains of the same file share its extents.
 */
#ifndef LOADER_VOLUME_H
#define LOADER_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "files/file.h"
#include "files/tree.h"

enum {
    SECTOR_SIZE = 512,
    /** First sector of the partition on the disk. */
    VOLUME_PARTITION_LBA = 128,
    /** Sectors of a cluster: 32 KiB, the largest that all readers understand. */
    VOLUME_CLUSTER_SECTORS = 64,
    /** Sectors of the partition in front of the FAT: it and the data start at multiples of 64. */
    VOLUME_RESERVED_SECTORS = 64,
    /** The first cluster that a FAT numbers; the root directory's. */
    VOLUME_FIRST_CLUSTER = 2,
    VOLUME_LABEL_SIZE = 11,
};

/** The label in the boot sector of a volume that has none. */
#define VOLUME_NO_LABEL "NO NAME    "

/** Copy from a physical address to memory, for bytes that pointers cannot reach. */
typedef void volume_copy(void *to, uint64_t address, size_t length);

/** Where bytes of a file or directory come from. Those of a file are sorted by offset; the gaps
 * between them read as zeros. */
struct volume_extent {
    uint64_t address;       /* physical address of the bytes, if reader is NULL */
    uint64_t reader_offset; /* else of the first byte in the reader's bytes */
    struct reader *reader;  /* fetches them, if not NULL */
    uint32_t offset;        /* of the first byte in the file */
    uint32_t length;        /* bytes */
};

/** A run of clusters that follow each other: those of one path. Sorted by cluster; it ends where
 * the next one starts. */
struct volume_chain {
    uint32_t first_cluster;
    uint32_t first_extent; /* index */
    uint32_t extent_count;
};

struct volume {
    uint64_t sector_count;            /* of the whole disk */
    uint32_t partition_sector_count;  /* of the partition */
    uint32_t signature;               /* of the MBR; also the volume's serial number */
    uint8_t label[VOLUME_LABEL_SIZE]; /* padded with spaces */
    uint32_t fat_sector_count;
    uint32_t data_lba; /* first sector of cluster 2, on the disk */
    uint32_t cluster_count;
    uint32_t free_cluster_count;
    uint32_t chain_count; /* without the last one, which starts at the first free cluster */
    uint32_t extent_count;
    const struct volume_chain *chains;
    struct volume_extent *extents; /* a platform that moves files writes their new addresses */
    volume_copy *copy;             /* NULL: memcpy() reaches every address */
    /** Size of this structure with its tables and directories: one piece of content memory without
     * bytes of files. */
    size_t size;
};

struct volume_options {
    uint32_t signature; /* volume_choose_signature() */
    const char *label;  /* see volume_check_label(); NULL for "WIMBOOT", "" for none */
    /** Readers stay in memory after the hand-over and fetch bytes on demand; else everything that
     * they can load() is loaded when the volume is laid out. */
    bool keeps_readers;
};

/** Can a volume have this label: at most 11 characters that FAT allows? -1 with the reason. */
int volume_check_label(const char *label, struct error *error);

/** A signature for the MBR that no other disk has. */
uint32_t volume_choose_signature(const uint32_t *taken, size_t count);

/**
 * Lay out a volume. Unless readers are kept, everything that they can load is loaded now.
 *
 * @param pool   holds the volume with its tables and directories, in content memory
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
