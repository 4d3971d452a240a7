/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into a UDF volume: from the anchor to the volume descriptors, from them to the
 * partitions, and to the root directory.
 *
 * Partitions of type 1 are runs of sectors. A sparable one (CD-RW, DVD-RW) is too, unless packets
 * of it have been replaced. A metadata partition (UDF 2.50, Blu-ray) is a file in another one. A
 * virtual one (CD-R, written in packets) is not supported.
 */
#include <string.h>

#include "base/little_endian.h"
#include "plugins/udf/udf.h"

enum {
    SEQUENCE_SECTORS_MAX = 256, /* of volume descriptors */
    RECOGNITION_START = 32768,  /* bytes: 3/8.3, 2/8.3 */
    RECOGNITION_STEP = 2048,
    RECOGNITION_COUNT = 64,
    RECOGNITION_SIZE = 7,
};

/* What the volume descriptors say, the newest of each. */
struct descriptors {
    uint8_t logical_volume[BLOCK_SIZE_MAX];
    bool has_logical_volume;
    size_t partition_count;
    struct physical {
        uint32_t sequence_number, start, length;
        uint16_t number;
    } partitions[PARTITIONS_MAX];
};

/* Whether the volume recognition sequence has UDF's descriptor. Blocks of 4096 bytes leave gaps. */
static bool is_udf(const struct file *file)
{
    for (unsigned i = 0; i < RECOGNITION_COUNT; i++) {
        uint8_t head[RECOGNITION_SIZE];
        uint64_t offset = RECOGNITION_START + (uint64_t)i * RECOGNITION_STEP;
        if (offset > file->size || file->size - offset < sizeof(head) ||
            file_read(file, offset, head, sizeof(head), NULL) != 0) {
            return false;
        }
        if (memcmp(head + 1, "NSR02", 5) == 0 || memcmp(head + 1, "NSR03", 5) == 0) {
            return true;
        }
    }
    return false;
}

/* Find the anchor, and with it the size of sectors, which nothing else says. */
static int find_anchor(struct udf *udf, uint8_t *anchor, struct error *error)
{
    static const uint32_t sizes[] = {2048, 512, 4096, 1024};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        udf->block_size = sizes[i];
        uint64_t count = udf->file->size / sizes[i];
        const uint64_t places[] = {ANCHOR_SECTOR, count - 1, count - 1 - ANCHOR_SECTOR};
        for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++) {
            if (udf_read_sector(udf, places[j], TAG_ANCHOR, anchor, NULL) == 0) {
                return 0;
            }
        }
    }
    return error_set(error, "%s: sector %d: UDF's anchor is missing: the image is damaged",
                     udf->name, ANCHOR_SECTOR);
}

static void keep_partition(struct descriptors *found, const uint8_t *block)
{
    struct physical partition = {
        .sequence_number = get_u32(block + PARTITION_SEQUENCE_NUMBER),
        .number = get_u16(block + PARTITION_NUMBER),
        .start = get_u32(block + PARTITION_START),
        .length = get_u32(block + PARTITION_LENGTH),
    };
    for (size_t i = 0; i < found->partition_count; i++) {
        struct physical *known = &found->partitions[i];
        if (known->number == partition.number) {
            *known = known->sequence_number > partition.sequence_number ? *known : partition;
            return;
        }
    }
    if (found->partition_count < PARTITIONS_MAX) {
        found->partitions[found->partition_count++] = partition;
    }
}

static void keep_logical_volume(struct descriptors *found, const uint8_t *block, size_t size)
{
    if (!found->has_logical_volume ||
        get_u32(block + LOGICAL_SEQUENCE_NUMBER) >=
            get_u32(found->logical_volume + LOGICAL_SEQUENCE_NUMBER)) {
        memcpy(found->logical_volume, block, size);
        found->has_logical_volume = true;
    }
}

/* Read a sequence of volume descriptors, whose extent `at` is in an anchor. */
static int read_sequence(const struct udf *udf, const uint8_t *at, struct descriptors *found,
                         struct error *error)
{
    uint32_t left = get_u32(at) / udf->block_size;
    uint64_t sector = get_u32(at + 4);
    uint8_t block[BLOCK_SIZE_MAX] = {0};
    int rc = 0;
    found->has_logical_volume = false;
    found->partition_count = 0;
    for (int i = 0; i < SEQUENCE_SECTORS_MAX && left > 0; i++, left--, sector++) {
        rc = udf_read_sector(udf, sector, TAG_ANY, block, error);
        unsigned identifier = get_u16(block + TAG_IDENTIFIER);
        if (rc != 0 || identifier == TAG_TERMINATING) {
            break;
        }
        if (identifier == TAG_PARTITION) {
            keep_partition(found, block);
        } else if (identifier == TAG_LOGICAL_VOLUME) {
            keep_logical_volume(found, block, udf->block_size);
        } else if (identifier == TAG_POINTER) {
            left = get_u32(block + POINTER_NEXT) / udf->block_size + 1;
            sector = (uint64_t)get_u32(block + POINTER_NEXT + 4) - 1;
        }
    }
    if (found->has_logical_volume && found->partition_count > 0) {
        return 0; /* a damaged end has nothing that is needed */
    }
    return rc != 0 ? rc
                   : error_set(error,
                               "%s: sector %u: the volume descriptors have no volume or no "
                               "partition: the image is damaged",
                               udf->name, get_u32(at + 4));
}

static const struct physical *find_physical(const struct descriptors *found, uint16_t number)
{
    for (size_t i = 0; i < found->partition_count; i++) {
        if (found->partitions[i].number == number) {
            return &found->partitions[i];
        }
    }
    return NULL;
}

/* A run of sectors. One that goes beyond the end of the image ends there: only what is read need be
 * there. */
static int map_physical(const struct udf *udf, const struct descriptors *found, uint16_t number,
                        struct partition *partition, struct error *error)
{
    const struct physical *physical = find_physical(found, number);
    struct file *blocks;
    if (physical == NULL) {
        partition->problem = "the volume has no such partition";
        return 0;
    }
    uint64_t start = (uint64_t)physical->start * udf->block_size;
    uint64_t length = (uint64_t)physical->length * udf->block_size;
    if (start > udf->file->size) {
        return error_set(error,
                         "%s: sector %u: its partition begins there, but the image has only %llu: "
                         "it was cut short on the way",
                         udf->name, physical->start,
                         (unsigned long long)(udf->file->size / udf->block_size));
    }
    uint64_t there = udf->file->size - start;
    if (file_slice(udf->pool, udf->file, start, length < there ? length : there, &blocks, error) !=
        0) {
        return -1;
    }
    partition->start = physical->start;
    partition->blocks = blocks;
    return 0;
}

/* Whether a table of replaced packets has any. */
static bool is_spared(const uint8_t *table, size_t size)
{
    size_t count = get_u16(table + SPARING_ENTRY_COUNT);
    for (size_t i = 0; i < count && (i + 1) * SPARING_ENTRY_SIZE <= size - SPARING_ENTRIES; i++) {
        if (get_u32(table + SPARING_ENTRIES + i * SPARING_ENTRY_SIZE) < SPARING_UNUSED) {
            return true;
        }
    }
    return false;
}

static void check_sparing(const struct udf *udf, const uint8_t *map, struct partition *partition)
{
    unsigned count = map[MAP_SPARING_TABLE_COUNT];
    uint8_t table[BLOCK_SIZE_MAX];
    for (unsigned i = 0; i < count && i < SPARING_TABLES_MAX; i++) {
        uint32_t sector = get_u32(map + MAP_SPARING_TABLES + 4 * (size_t)i);
        if (udf_read_sector(udf, sector, TAG_SPARING_TABLE, table, NULL) == 0) {
            if (is_spared(table, udf->block_size)) {
                break;
            }
            return;
        }
    }
    partition->blocks = NULL;
    partition->problem =
        "the disc has replaced sectors, which is not supported: copy the files to a "
        "new image";
}

/* The metadata file, or its mirror. */
static int map_metadata(struct udf *udf, const uint8_t *map, const struct partition *under,
                        uint16_t under_number, struct partition *partition, struct error *error)
{
    static const struct {
        size_t place;
        enum file_type type;
    } copies[] = {{MAP_METADATA_FILE, FILE_TYPE_METADATA},
                  {MAP_METADATA_MIRROR, FILE_TYPE_METADATA_MIRROR}};
    struct file_entry entry;
    struct file *file;
    if (under == NULL) {
        partition->problem = "the partition of its metadata is missing";
        return 0;
    }
    for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
        struct address address = {get_u32(map + copies[i].place), under_number};
        if (udf_read_entry(udf, address, &entry, error) == 0 &&
            udf_file_type(&entry) == copies[i].type &&
            udf_make_file(udf, &entry, "metadata", &file, error) == 0) {
            partition->blocks = file;
            partition->is_metadata = true;
            return 0;
        }
    }
    return error_set(error, "%s: sector %llu: the metadata file and its mirror are damaged",
                     udf->name,
                     (unsigned long long)(under->start + get_u32(map + MAP_METADATA_FILE)));
}

/* The map of the partition that a metadata partition is in: an earlier one of the same number. */
static const struct partition *find_under(const struct udf *udf, const uint16_t *numbers,
                                          uint16_t number, uint16_t *index)
{
    for (uint16_t i = 0; i < udf->partition_count; i++) {
        if (numbers[i] == number && udf->partitions[i].blocks != NULL &&
            !udf->partitions[i].is_metadata) {
            *index = i;
            return &udf->partitions[i];
        }
    }
    return NULL;
}

static bool is_kind(const uint8_t *map, const char *kind)
{
    return memcmp(map + MAP2_IDENTIFIER, kind, strlen(kind)) == 0;
}

static int add_map(struct udf *udf, const struct descriptors *found, const uint8_t *map,
                   size_t length, uint16_t *numbers, struct error *error)
{
    struct partition partition = {.problem = "its kind of partition is not supported"};
    uint16_t number = 0, under = 0;
    int rc = 0;
    if (map[MAP_TYPE] == 1 && length == MAP1_SIZE) {
        number = get_u16(map + MAP1_PARTITION);
        rc = map_physical(udf, found, number, &partition, error);
    } else if (map[MAP_TYPE] == 2 && length == MAP2_SIZE) {
        number = get_u16(map + MAP2_PARTITION);
        if (is_kind(map, "*UDF Sparable Partition")) {
            rc = map_physical(udf, found, number, &partition, error);
            if (rc == 0) {
                check_sparing(udf, map, &partition);
            }
        } else if (is_kind(map, "*UDF Metadata Partition")) {
            const struct partition *below = find_under(udf, numbers, number, &under);
            rc = map_metadata(udf, map, below, under, &partition, error);
        } else if (is_kind(map, "*UDF Virtual Partition")) {
            partition.problem = "the disc was written in packets (a virtual partition), which is "
                                "not supported: copy the files to a new image";
        }
    }
    numbers[udf->partition_count] = number;
    udf->partitions[udf->partition_count++] = partition;
    return rc;
}

static int map_partitions(struct udf *udf, const struct descriptors *found, struct error *error)
{
    const uint8_t *volume = found->logical_volume;
    size_t left = get_u32(volume + LOGICAL_MAPS_LENGTH);
    uint32_t count = get_u32(volume + LOGICAL_MAP_COUNT);
    const uint8_t *map = volume + LOGICAL_MAPS;
    uint16_t numbers[PARTITIONS_MAX] = {0}; /* of the partition that each map is of */
    if (get_u32(volume + LOGICAL_BLOCK_SIZE) != udf->block_size) {
        return error_set(error, "%s: blocks of %u bytes in sectors of %u are not supported",
                         udf->name, get_u32(volume + LOGICAL_BLOCK_SIZE), udf->block_size);
    }
    if (left > udf->block_size - LOGICAL_MAPS || count == 0 || count > PARTITIONS_MAX) {
        return error_set(error, "%s: the volume descriptor has %u partitions: it is damaged",
                         udf->name, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t length = left < 2 ? 0 : map[MAP_LENGTH];
        if (length < 2 || length > left) {
            return error_set(error, "%s: the volume descriptor's map %u is damaged", udf->name, i);
        }
        if (add_map(udf, found, map, length, numbers, error) != 0) {
            return -1;
        }
        map += length;
        left -= length;
    }
    return 0;
}

int udf_find_partitions(struct udf *udf, char *label, size_t label_size, struct address *root,
                        struct error *error)
{
    struct descriptors found;
    uint8_t block[BLOCK_SIZE_MAX];
    if (!is_udf(udf->file)) {
        return 0;
    }
    if (find_anchor(udf, block, error) != 0) {
        return -1;
    }
    if (read_sequence(udf, block + ANCHOR_MAIN, &found, error) != 0 &&
        read_sequence(udf, block + ANCHOR_RESERVE, &found, error) != 0) {
        return -1;
    }
    if (map_partitions(udf, &found, error) != 0) {
        return -1;
    }
    const uint8_t *identifier = found.logical_volume + LOGICAL_IDENTIFIER;
    udf_decode_name(identifier, identifier[LOGICAL_IDENTIFIER_SIZE - 1], label, label_size);
    struct address file_set = udf_address(found.logical_volume + LOGICAL_FILE_SET);
    if (udf_read_block(udf, file_set, TAG_FILE_SET, block, error) != 0) {
        return -1;
    }
    *root = udf_address(block + FILE_SET_ROOT);
    return 1;
}
