/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the synthesised disk: the part of the volume that stays resident. See volume.h.
 *
 * What boot managers read is mostly files, in large pieces and in order, so that path is short: a
 * binary search for the chain and one for the extent, then copying. All numbers but addresses fit
 * 32 bits, because FAT has no larger files and the disk no larger sector numbers.
 */
#include <string.h>

#include "base/little_endian.h"
#include "volume/volume.h"

enum {
    SECTOR_SHIFT = 9,
    FAT_ENTRIES_PER_SECTOR = SECTOR_SIZE / 4,
    FAT_END_OF_CHAIN = 0x0FFFFFFF,
    MEDIA_FIXED_DISK = 0xF8,

    FSINFO_SECTOR = 1,
    BACKUP_SECTOR = 6, /* a copy of the first three sectors of the partition */

    PARTITION_TYPE_FAT32_LBA = 0x0C,
    HEADS = 255,
    SECTORS_PER_TRACK = 63,

    /* Sectors copied at a time: the number of bytes fits every type. */
    RUN_MAX = 0x10000,
};

static void put_boot_signature(uint8_t *sector)
{
    sector[510] = 0x55;
    sector[511] = 0xAA;
}

static void read_mbr(const struct volume *volume, uint8_t *sector)
{
    uint8_t *partition = sector + 0x1BE;
    put_u32(sector + 0x1B8, volume->signature);
    partition[0] = 0x80;                                     /* active */
    partition[1] = VOLUME_PARTITION_LBA / SECTORS_PER_TRACK; /* head, of cylinder 0 */
    partition[2] = VOLUME_PARTITION_LBA % SECTORS_PER_TRACK + 1;
    partition[4] = PARTITION_TYPE_FAT32_LBA;
    memset(partition + 5, 0xFF, 3); /* the end: beyond what cylinder and head can say */
    partition[5] = HEADS - 1;
    put_u32(partition + 8, VOLUME_PARTITION_LBA);
    put_u32(partition + 12, volume->partition_sector_count);
    put_boot_signature(sector);
}

static void read_boot_sector(const struct volume *volume, uint8_t *sector)
{
    /* Windows' boot managers require a jump here, with 0x90 after a short one. */
    memcpy(sector, "\xEB\x58\x90WIMBOOT ", 11);
    put_u16(sector + 11, SECTOR_SIZE);
    sector[13] = VOLUME_CLUSTER_SECTORS;
    put_u16(sector + 14, VOLUME_RESERVED_SECTORS);
    sector[16] = 1; /* FAT */
    sector[21] = MEDIA_FIXED_DISK;
    put_u16(sector + 24, SECTORS_PER_TRACK);
    put_u16(sector + 26, HEADS);
    put_u32(sector + 28, VOLUME_PARTITION_LBA);
    put_u32(sector + 32, volume->partition_sector_count);
    put_u32(sector + 36, volume->fat_sector_count);
    put_u32(sector + 44, VOLUME_FIRST_CLUSTER);
    put_u16(sector + 48, FSINFO_SECTOR);
    put_u16(sector + 50, BACKUP_SECTOR);
    sector[64] = 0x80; /* drive */
    sector[66] = 0x29; /* serial number, label and type follow */
    put_u32(sector + 67, volume->signature);
    memcpy(sector + 71, volume->label, VOLUME_LABEL_SIZE);
    memcpy(sector + 82, "FAT32   ", 8);
    put_boot_signature(sector);
}

static void read_fsinfo(const struct volume *volume, uint8_t *sector)
{
    memcpy(sector, "RRaA", 4);
    memcpy(sector + 484, "rrAa", 4);
    put_u32(sector + 488, volume->free_cluster_count);
    put_u32(sector + 492, volume->chains[volume->chain_count].first_cluster);
    put_boot_signature(sector);
}

/* The chain that a cluster belongs to; the last one, of the free clusters, for those after all
 * others. */
static const struct volume_chain *find_chain(const struct volume *volume, uint32_t cluster)
{
    uint32_t low = 0, high = volume->chain_count;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (volume->chains[middle].first_cluster <= cluster) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return &volume->chains[low];
}

static void read_fat(const struct volume *volume, uint32_t fat_sector, uint8_t *sector)
{
    const struct volume_chain *last = &volume->chains[volume->chain_count];
    uint32_t cluster = fat_sector * FAT_ENTRIES_PER_SECTOR;
    uint8_t *end = sector + SECTOR_SIZE;
    if (cluster == 0) {
        put_u32(sector, 0x0FFFFF00 | MEDIA_FIXED_DISK);
        put_u32(sector + 4, FAT_END_OF_CHAIN);
        cluster = VOLUME_FIRST_CLUSTER;
        sector += VOLUME_FIRST_CLUSTER * 4;
    }
    for (const struct volume_chain *chain = find_chain(volume, cluster); chain < last; chain++) {
        uint32_t chain_end = chain[1].first_cluster;
        while (cluster < chain_end) {
            if (sector == end) {
                return;
            }
            cluster++;
            put_u32(sector, cluster < chain_end ? cluster : FAT_END_OF_CHAIN);
            sector += 4;
        }
    }
}

/* Compute one sector before the data. */
static void read_system_sector(const struct volume *volume, uint32_t lba, uint8_t *sector)
{
    memset(sector, 0, SECTOR_SIZE);
    if (lba == 0) {
        read_mbr(volume, sector);
    }
    if (lba < VOLUME_PARTITION_LBA) {
        return;
    }
    lba -= VOLUME_PARTITION_LBA;
    if (lba >= VOLUME_RESERVED_SECTORS) {
        read_fat(volume, lba - VOLUME_RESERVED_SECTORS, sector);
        return;
    }
    if (lba >= BACKUP_SECTOR) {
        lba -= BACKUP_SECTOR;
    }
    if (lba == 0) {
        read_boot_sector(volume, sector);
    } else if (lba == FSINFO_SECTOR) {
        read_fsinfo(volume, sector);
    } else if (lba == 2) {
        put_boot_signature(sector); /* as formatting programs write it */
    }
}

/* The first of a file's extents that ends after an offset; `end` if none does. */
static const struct volume_extent *find_extent(const struct volume_extent *low,
                                               const struct volume_extent *end, uint32_t offset)
{
    const struct volume_extent *high = end;
    while (low < high) {
        const struct volume_extent *middle = low + (high - low) / 2;
        if (offset < middle->offset || offset - middle->offset < middle->length) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Bytes of one file or directory, zeros after its end. */
static int read_chain(const struct volume *volume, const struct volume_chain *chain,
                      uint32_t offset, uint8_t *buffer, uint32_t length, struct error *error)
{
    const struct volume_extent *extent = volume->extents + chain->first_extent;
    const struct volume_extent *end = extent + chain->extent_count;
    for (extent = find_extent(extent, end, offset); length > 0; extent++) {
        uint32_t gap = length, piece, skip;
        if (extent < end && extent->offset <= offset) {
            gap = 0;
        } else if (extent < end && extent->offset - offset < length) {
            gap = extent->offset - offset;
        }
        if (gap > 0) {
            memset(buffer, 0, gap);
            buffer += gap;
            offset += gap;
            length -= gap;
            if (length == 0) {
                break;
            }
        }
        skip = offset - extent->offset;
        piece = extent->length - skip < length ? extent->length - skip : length;
        if (extent->reader != NULL) {
            if (extent->reader->read(extent->reader, extent->reader_offset + skip, buffer, piece,
                                     error) < 0) {
                return -1;
            }
        } else if (volume->copy != NULL) {
            volume->copy(buffer, extent->address + skip, piece);
        } else {
            memcpy(buffer, (const uint8_t *)(uintptr_t)extent->address + skip, piece);
        }
        buffer += piece;
        offset += piece;
        length -= piece;
    }
    return 0;
}

int volume_read(const struct volume *volume, uint64_t lba, uint32_t count, void *buffer,
                struct error *error)
{
    uint8_t *out = buffer;
    uint32_t sector = (uint32_t)lba;
    while (count > 0 && sector < volume->data_lba) {
        read_system_sector(volume, sector, out);
        sector++;
        count--;
        out += SECTOR_SIZE;
    }
    if (count == 0) {
        return 0;
    }
    sector -= volume->data_lba;
    const struct volume_chain *last = &volume->chains[volume->chain_count];
    const struct volume_chain *chain =
        find_chain(volume, sector / VOLUME_CLUSTER_SECTORS + VOLUME_FIRST_CLUSTER);
    while (count > 0) {
        uint32_t chain_start =
            (chain->first_cluster - VOLUME_FIRST_CLUSTER) * VOLUME_CLUSTER_SECTORS;
        uint32_t run = count < RUN_MAX ? count : RUN_MAX;
        if (chain < last) {
            uint32_t chain_end =
                (chain[1].first_cluster - VOLUME_FIRST_CLUSTER) * VOLUME_CLUSTER_SECTORS;
            if (run > chain_end - sector) {
                run = chain_end - sector;
            }
        }
        if (run == 0) {
            chain++;
            continue;
        }
        if (read_chain(volume, chain, (sector - chain_start) << SECTOR_SHIFT, out,
                       run << SECTOR_SHIFT, error) < 0) {
            return -1;
        }
        sector += run;
        count -= run;
        out += run << SECTOR_SHIFT;
    }
    return 0;
}
