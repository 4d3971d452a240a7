/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Laying out the volume: which clusters each path gets, and where their bytes come from. See
 * volume.h. The entries of directories are made by volume_directory.c.
 */
#include <string.h>

#include "base/unicode.h"
#include "volume/volume.h"
#include "volume/volume_directory.h"

enum {
    CLUSTER_SIZE = VOLUME_CLUSTER_SECTORS * SECTOR_SIZE,
    FAT_ENTRIES_PER_SECTOR = SECTOR_SIZE / 4,
    /* Fewer clusters would make it a FAT16 volume. */
    CLUSTERS_MIN = 65536,
    ALIGNMENT = 16, /* of the tables */
    /* "WIMB" in the MBR. */
    SIGNATURE_PREFERRED = 0x424D4957,
};

/* The most clusters with which every sector of the disk has a number of 32 bits, the FAT and its
 * rounding included. */
static const uint32_t clusters_max = 67100000;

/* The file system's limit. */
static const uint64_t file_size_max = 0xFFFFFFFF;

/* The extents of files that have several paths: a hash table by pointer. */
struct placed_file {
    const struct file *file; /* NULL: free slot */
    uint32_t first_extent, extent_count;
};

struct layout {
    struct tree_node *root;
    size_t slot_count; /* a power of two, at least twice the number of files */
    struct placed_file *slots;
    uint64_t directory_bytes; /* rounded to the alignment for each */
    size_t path_count;        /* that have clusters */
    size_t extent_count;
    uint64_t next_cluster;
};

/* The file's slot, taken now if it had none. */
static struct placed_file *place_file(struct layout *layout, const struct file *file, bool *is_new)
{
    size_t slot = ((uintptr_t)file >> 4) * 0x9E3779B1U & (layout->slot_count - 1);
    while (layout->slots[slot].file != NULL && layout->slots[slot].file != file) {
        slot = (slot + 1) & (layout->slot_count - 1);
    }
    *is_new = layout->slots[slot].file == NULL;
    layout->slots[slot].file = file;
    return &layout->slots[slot];
}

static uint64_t align(uint64_t size)
{
    return (size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

/* Give a node the next clusters. */
static void take_clusters(struct layout *layout, struct tree_node *node, uint64_t size)
{
    node->first_cluster = (uint32_t)layout->next_cluster;
    layout->next_cluster += (size + CLUSTER_SIZE - 1) / CLUSTER_SIZE;
    layout->path_count++;
}

static int lay_out_directories(struct layout *layout, struct error *error)
{
    for (struct tree_node *node = layout->root; node != NULL; node = tree_next(node)) {
        if (node->file != NULL) {
            continue;
        }
        size_t entries = directory_entries_needed(node);
        if (entries > DIRECTORY_ENTRIES_MAX) {
            char path[200];
            tree_path(node, path, sizeof(path));
            return error_set(error,
                             "%s: %u names are too many for one directory: they need %zu entries, "
                             "and there are %d",
                             path, node->child_count, entries, DIRECTORY_ENTRIES_MAX);
        }
        take_clusters(layout, node, entries * DIRECTORY_ENTRY_SIZE);
        layout->directory_bytes += align(entries * DIRECTORY_ENTRY_SIZE);
        layout->extent_count++;
    }
    return 0;
}

static int lay_out_files(struct layout *layout, struct error *error)
{
    for (struct tree_node *node = layout->root; node != NULL; node = tree_next(node)) {
        const struct file *file = node->file;
        if (file == NULL) {
            continue;
        }
        char path[200];
        if (file->size > file_size_max) {
            tree_path(node, path, sizeof(path));
            return error_set(error,
                             "%s: the file %s has %llu bytes, and 4 GiB - 1 is the most that FAT32 "
                             "can hold: split the WIM (wimlib-imagex split)",
                             path, file->name, (unsigned long long)file->size);
        }
        node->first_cluster = 0;
        if (file->size == 0) {
            continue;
        }
        take_clusters(layout, node, file->size);
        if (layout->next_cluster - VOLUME_FIRST_CLUSTER >= clusters_max) {
            tree_path(node, path, sizeof(path));
            return error_set(error,
                             "%s: the disk is full: it can show 2 TB, counting a file once for "
                             "every path where it appears. Map large files to fewer paths",
                             path);
        }
        bool is_new;
        place_file(layout, file, &is_new);
        for (size_t i = 0; is_new && i < file->extent_count; i++) {
            layout->extent_count += file->extents[i].kind != EXTENT_ZERO;
        }
    }
    return 0;
}

/* Sizes of the FAT and the disk. The FAT ends at a multiple of the cluster size, and its
 * last sector is full. At least one cluster is free. */
static void size_volume(struct volume *volume, uint32_t used_clusters)
{
    uint32_t entries = VOLUME_FIRST_CLUSTER + used_clusters + 1;
    if (entries < VOLUME_FIRST_CLUSTER + CLUSTERS_MIN) {
        entries = VOLUME_FIRST_CLUSTER + CLUSTERS_MIN;
    }
    uint32_t fat_sectors = (entries + FAT_ENTRIES_PER_SECTOR - 1) / FAT_ENTRIES_PER_SECTOR;
    volume->cluster_count = fat_sectors * FAT_ENTRIES_PER_SECTOR - VOLUME_FIRST_CLUSTER;
    volume->free_cluster_count = volume->cluster_count - used_clusters;
    volume->fat_sector_count = (fat_sectors + VOLUME_CLUSTER_SECTORS - 1) / VOLUME_CLUSTER_SECTORS *
                               VOLUME_CLUSTER_SECTORS;
    volume->data_lba = VOLUME_PARTITION_LBA + VOLUME_RESERVED_SECTORS + volume->fat_sector_count;
    volume->sector_count =
        volume->data_lba + (uint64_t)volume->cluster_count * VOLUME_CLUSTER_SECTORS;
    volume->partition_sector_count = (uint32_t)(volume->sector_count - VOLUME_PARTITION_LBA);
}

int volume_check_label(const char *label, struct error *error)
{
    size_t length = strlen(label);
    if (length > VOLUME_LABEL_SIZE) {
        return error_set(error, "the label \"%s\" is too long: %d characters fit", label,
                         VOLUME_LABEL_SIZE);
    }
    for (size_t i = 0; i < length; i++) {
        uint8_t character = (uint8_t)label[i];
        if (character < 0x20 || character > 0x7E ||
            strchr("\"*+,./:;<=>?[\\]|", character) != NULL || (i == 0 && character == ' ')) {
            return error_set(error, "the label \"%s\" has a character that FAT does not allow",
                             label);
        }
    }
    return 0;
}

static int set_label(struct volume *volume, const char *label, struct error *error)
{
    if (volume_check_label(label, error) < 0) {
        return -1;
    }
    if (label[0] == '\0') {
        memcpy(volume->label, VOLUME_NO_LABEL, VOLUME_LABEL_SIZE);
        return 0;
    }
    memset(volume->label, ' ', VOLUME_LABEL_SIZE);
    for (size_t i = 0; label[i] != '\0'; i++) {
        volume->label[i] = (uint8_t)utf16_upcase((uint8_t)label[i]); /* ASCII */
    }
    return 0;
}

/* Describe the extents of a file; loads bytes that a reader could not deliver after the hand-over,
 * or has it fetch those that come over the network. */
static int add_extents(struct volume *volume, const struct file *file, bool keeps_readers,
                       struct error *error)
{
    for (size_t i = 0; i < file->extent_count; i++) {
        const struct extent *from = &file->extents[i];
        if (from->kind == EXTENT_ZERO) {
            continue;
        }
        struct volume_extent *to = &volume->extents[volume->extent_count++];
        to->offset = (uint32_t)from->offset;
        to->length = (uint32_t)from->length;
        if (from->kind == EXTENT_MEMORY) {
            to->address = (uintptr_t)from->bytes;
        } else if (keeps_readers || from->reader->load == NULL) {
            if (from->reader->complete != NULL &&
                from->reader->complete(from->reader, from->reader_offset, from->length, error) !=
                    0) {
                return -1;
            }
            to->reader = from->reader;
            to->reader_offset = from->reader_offset;
        } else {
            const uint8_t *bytes = from->reader->load(from->reader, error);
            if (bytes == NULL) {
                return -1;
            }
            to->address = (uintptr_t)bytes + (uintptr_t)from->reader_offset;
        }
    }
    return 0;
}

static void add_chain(struct volume *volume, struct volume_chain *chains, uint32_t first_cluster,
                      uint32_t first_extent, uint32_t extent_count)
{
    struct volume_chain *chain = &chains[volume->chain_count++];
    chain->first_cluster = first_cluster;
    chain->first_extent = first_extent;
    chain->extent_count = extent_count;
}

/* Chains, extents and bytes of all directories. */
static int fill_directories(const struct layout *layout, struct volume *volume,
                            struct volume_chain *chains, uint8_t *entries, struct error *error)
{
    for (struct tree_node *node = layout->root; node != NULL; node = tree_next(node)) {
        if (node->file != NULL) {
            continue;
        }
        if (directory_write(node, volume->label, entries, error) < 0) {
            return -1;
        }
        add_chain(volume, chains, node->first_cluster, volume->extent_count, 1);
        struct volume_extent *extent = &volume->extents[volume->extent_count++];
        extent->address = (uintptr_t)entries;
        extent->length = (uint32_t)directory_entries_needed(node) * DIRECTORY_ENTRY_SIZE;
        entries += align(extent->length);
    }
    return 0;
}

/* Chains of all files, and their extents once for each file. */
static int fill_files(struct layout *layout, struct volume *volume, struct volume_chain *chains,
                      bool keeps_readers, struct error *error)
{
    memset(layout->slots, 0, layout->slot_count * sizeof(layout->slots[0]));
    for (struct tree_node *node = layout->root; node != NULL; node = tree_next(node)) {
        if (node->file == NULL || node->file->size == 0) {
            continue;
        }
        bool is_new;
        struct placed_file *placed = place_file(layout, node->file, &is_new);
        if (is_new) {
            placed->first_extent = volume->extent_count;
            if (add_extents(volume, node->file, keeps_readers, error) < 0) {
                return -1;
            }
            placed->extent_count = volume->extent_count - placed->first_extent;
        }
        add_chain(volume, chains, node->first_cluster, placed->first_extent, placed->extent_count);
    }
    return 0;
}

/* Allocate the volume with all its tables, and fill it in. */
static int fill_volume(struct pool *pool, struct layout *layout,
                       const struct volume_options *options, struct volume **result,
                       struct error *error)
{
    uint64_t chains_offset = align(sizeof(struct volume));
    uint64_t extents_offset =
        chains_offset + align((layout->path_count + 1) * (uint64_t)sizeof(struct volume_chain));
    uint64_t entries_offset =
        extents_offset + align(layout->extent_count * (uint64_t)sizeof(struct volume_extent));
    uint64_t size = entries_offset + layout->directory_bytes;
    uint8_t *memory = size <= SIZE_MAX ? pool_allocate_content(pool, (size_t)size) : NULL;
    if (memory == NULL) {
        return error_no_memory(error, "the tables of the disk (%llu bytes)",
                               (unsigned long long)size);
    }
    memset(memory, 0, (size_t)size);

    struct volume *volume = (struct volume *)memory;
    struct volume_chain *chains = (struct volume_chain *)(memory + chains_offset);
    volume->chains = chains;
    volume->extents = (struct volume_extent *)(memory + extents_offset);
    volume->size = (size_t)size;
    volume->signature = options->signature;
    size_volume(volume, (uint32_t)(layout->next_cluster - VOLUME_FIRST_CLUSTER));
    if (set_label(volume, options->label != NULL ? options->label : "WIMBOOT", error) < 0 ||
        fill_directories(layout, volume, chains, memory + entries_offset, error) < 0 ||
        fill_files(layout, volume, chains, options->keeps_readers, error) < 0) {
        return -1;
    }
    chains[volume->chain_count].first_cluster = (uint32_t)layout->next_cluster;
    *result = volume;
    return 0;
}

uint32_t volume_choose_signature(const uint32_t *taken, size_t count)
{
    uint32_t signature = SIGNATURE_PREFERRED;
    for (size_t i = 0; i < count; i++) {
        if (taken[i] == signature) {
            signature++;
            i = (size_t)-1; /* compare with all of them again */
        }
    }
    return signature;
}

int volume_build(struct pool *pool, struct tree *tree, const struct volume_options *options,
                 struct volume **volume, struct error *error)
{
    struct layout layout = {
        .root = tree_root(tree), .slot_count = 16, .next_cluster = VOLUME_FIRST_CLUSTER};
    while (layout.slot_count < 2 * tree_count(tree)) {
        layout.slot_count *= 2;
    }
    layout.slots = memory_allocate_zeroed(layout.slot_count, sizeof(layout.slots[0]));
    if (layout.slots == NULL) {
        return error_no_memory(error, "a disk of %zu files", tree_count(tree));
    }
    int status = -1;
    if (lay_out_directories(&layout, error) == 0 && lay_out_files(&layout, error) == 0 &&
        fill_volume(pool, &layout, options, volume, error) == 0) {
        status = 0;
    }
    memory_free(layout.slots);
    return status;
}
