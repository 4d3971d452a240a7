/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the UDF plugin share: udf_volume.c finds the partitions, udf_file.c reads file
 * entries, udf_directory.c directories; udf.c is the plugin.
 */
#ifndef UDF_H
#define UDF_H

#include "container/container.h"
#include "plugins/udf/udf_format.h"

enum {
    PARTITIONS_MAX = 8,
    BLOCK_SIZE_MIN = 512,
    BLOCK_SIZE_MAX = 4096,
};

/** A partition, as the logical volume's maps number them. */
struct partition {
    const struct file *blocks; /* its bytes; NULL: not supported */
    const char *problem;       /* why it is not */
    uint64_t start;            /* sector of its first block; unused in a metadata partition */
    bool is_metadata;
};

struct udf {
    const char *name; /* of the image, for messages */
    struct pool *pool;
    const struct file *file;
    uint32_t block_size; /* bytes, of sectors and logical blocks alike */
    size_t partition_count;
    struct partition partitions[PARTITIONS_MAX];
};

/** The address of a block: in a partition. */
struct address {
    uint32_t block;
    uint16_t partition;
};

/** A file entry's block, read and checked. */
struct file_entry {
    struct address address;
    uint8_t bytes[BLOCK_SIZE_MAX];
};

/* ---- blocks (udf_block.c) ---- */

/** Read a descriptor of the volume. @param identifier what its tag must say, or TAG_ANY @return 0;
 * -1 with the sector */
int udf_read_sector(const struct udf *udf, uint64_t sector, int identifier, uint8_t *block,
                    struct error *error);

/** Read a descriptor of a partition. */
int udf_read_block(const struct udf *udf, struct address address, int identifier, uint8_t *block,
                   struct error *error);

/** Check a descriptor's tag: its kind, its checksum, its CRC over what fits `size`. NULL if it is
 * sound, else what is wrong. */
const char *udf_check_tag(const uint8_t *descriptor, size_t size, int identifier);

/** Find a run of blocks: the range of bytes. -1 if it is not in the partition, or not in the image.
 */
int udf_find_blocks(const struct udf *udf, struct address address, uint64_t length,
                    struct file_range *range, struct error *error);

/** Write "NAME: sector N: WHAT". @return -1 */
int udf_fail(const struct udf *udf, struct address address, const char *what, struct error *error);

/** The address in a long allocation descriptor. */
struct address udf_address(const uint8_t *descriptor);

/** OSTA compressed Unicode as UTF-8, NUL-terminated; "" if it is no text. */
void udf_decode_name(const uint8_t *bytes, size_t length, char *text, size_t capacity);

/* ---- files (udf_file.c) ---- */

/** Read the file entry at an address, the last of a chain. */
int udf_read_entry(const struct udf *udf, struct address address, struct file_entry *entry,
                   struct error *error);

/** Make a file of an entry. */
int udf_make_file(const struct udf *udf, const struct file_entry *entry, const char *name,
                  struct file **file, struct error *error);

static inline enum file_type udf_file_type(const struct file_entry *entry)
{
    return (enum file_type)entry->bytes[ICB_FILE_TYPE];
}

/* ---- the volume (udf_volume.c) ---- */

/** Find the partitions. @param label written: room for 256 bytes @param root written: the root
 * directory's file entry @return 1; 0 if this is not UDF; -1 */
int udf_find_partitions(struct udf *udf, char *label, size_t label_size, struct address *root,
                        struct error *error);

#endif
