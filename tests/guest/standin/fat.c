/* SPDX-License-Identifier: BSD-2-Clause */
/* See fat.h. Directories are in fat_directory.c. */
#include "fat.h"

#include <string.h>

#include "arena.h"
#include "fat_internal.h"
#include "report.h"

enum {
    FAT_WINDOW_SECTORS = 64,
    CLUSTER_MASK = 0x0fffffff,
    CLUSTER_END_OF_CHAIN = 0x0ffffff8,
    FAT32_CLUSTERS_MIN = 65525, /* fewer make it FAT16 */
    BACKUP_SECTOR = 6,
};

bool disk_read(struct disk *disk, uint64_t lba, uint32_t count, void *buffer)
{
    uint8_t *to = buffer;
    while (count) {
        uint32_t step = count < disk->read_max ? count : disk->read_max;
        disk->reads++;
        if (!disk->read(disk, lba, step, to)) {
            return check(false, "read of %u sectors at LBA %llu", step, lba);
        }
        to += step * SECTOR_SIZE;
        lba += step;
        count -= step;
    }
    return true;
}

bool mbr_read(struct disk *disk, struct mbr *mbr)
{
    uint8_t sector[SECTOR_SIZE];
    if (!disk_read(disk, 0, 1, sector)) {
        return false;
    }
    const uint8_t *partition = sector + 0x1be;
    mbr->signature = get32(sector + 0x1b8);
    mbr->start = get32(partition + 8);
    mbr->sectors = get32(partition + 12);
    report("mbr signature=%08x start=%llu sectors=%llu", mbr->signature, mbr->start, mbr->sectors);

    bool good = check(get16(sector + 510) == 0xaa55, "mbr ends in 55 AA");
    good &= check(mbr->signature != 0, "mbr has a signature");
    good &= check(partition[0] == 0x80, "partition 1 is active");
    good &= check(partition[4] == 0x0c, "partition 1 is of type 0C (%02x)", partition[4]);
    bool alone = true;
    for (int i = 16; i < 64; i++) {
        alone &= partition[i] == 0;
    }
    good &= check(alone, "there is no other partition");
    good &= check(mbr->start >= 1 && mbr->sectors > 0 && mbr->start < disk->sectors &&
                      mbr->sectors <= disk->sectors - mbr->start,
                  "partition 1 lies on the disk of %llu sectors", disk->sectors);
    return good;
}

/* The boot sector's jump: boot managers refuse anything but E9, or EB followed by a NOP. */
static bool is_jump(const uint8_t *sector)
{
    return sector[0] == 0xe9 || (sector[0] == 0xeb && sector[2] == 0x90);
}

bool fat_open(struct fat *fat, struct disk *disk, uint64_t start, uint64_t sectors)
{
    memset(fat, 0, sizeof(*fat));
    fat->disk = disk;
    fat->start = start;
    fat->fat_window = arena_allocate(FAT_WINDOW_SECTORS * SECTOR_SIZE);
    fat->fat_window_lba = UINT64_MAX;

    static uint8_t reserved[16 * SECTOR_SIZE];
    if (!disk_read(disk, start, 16, reserved)) {
        return false;
    }
    const uint8_t *boot = reserved;
    uint32_t reserved_sectors = get16(boot + 14), fats = boot[16];
    uint32_t total = get32(boot + 32), fat_sectors = get32(boot + 36);
    uint32_t info_sector = get16(boot + 48), backup_sector = get16(boot + 50);
    fat->sectors_per_cluster = boot[13];
    fat->root_cluster = get32(boot + 44);
    report("fat32 cluster=%u reserved=%u fats=%u fat-sectors=%u sectors=%u root=%u serial=%08x",
           fat->sectors_per_cluster * SECTOR_SIZE, reserved_sectors, fats, fat_sectors, total,
           fat->root_cluster, get32(boot + 67));

    bool good = check(is_jump(boot) && boot[1] == 0x58, "boot sector starts with EB 58 90");
    good &= check(get16(boot + 510) == 0xaa55, "boot sector ends in 55 AA");
    good &= check(get16(boot + 11) == SECTOR_SIZE, "512-byte sectors");
    uint32_t cluster = fat->sectors_per_cluster;
    good &= check(cluster && (cluster & (cluster - 1)) == 0 && cluster <= 64,
                  "cluster size is a power of two up to 32 KiB");
    good &= check(reserved_sectors > BACKUP_SECTOR, "reserved sectors hold the backup");
    good &= check(fats == 1 || fats == 2, "one or two FATs");
    good &= check(get16(boot + 17) == 0 && get16(boot + 19) == 0 && get16(boot + 22) == 0,
                  "FAT16 fields are zero");
    good &= check(boot[21] == 0xf8, "media byte F8");
    good &= check(get32(boot + 28) == start, "hidden sectors are the partition's start");
    good &= check(total > 0 && total <= sectors, "the volume fits the partition");
    good &= check(get16(boot + 42) == 0, "file system version 0.0");
    good &= check(boot[66] == 0x29 && memcmp(boot + 82, "FAT32   ", 8) == 0, "FAT32 label");
    good &= check(backup_sector == BACKUP_SECTOR &&
                      memcmp(boot, boot + BACKUP_SECTOR * SECTOR_SIZE, SECTOR_SIZE) == 0,
                  "backup boot sector is the same");
    good &= check(info_sector == 1, "FSInfo is sector 1");
    if (!good) {
        return false;
    }

    uint64_t data_start = reserved_sectors + (uint64_t)fats * fat_sectors;
    good = check(data_start < total, "there is room for data");
    if (!good) {
        return false;
    }
    fat->fat_lba = start + reserved_sectors;
    fat->data_lba = start + data_start;
    uint32_t clusters = (uint32_t)((total - data_start) / cluster);
    fat->cluster_end = clusters + 2;
    good &= check(clusters >= FAT32_CLUSTERS_MIN && clusters < CLUSTER_MASK - 16,
                  "%u clusters are FAT32", clusters);
    good &= check((uint64_t)fat_sectors * SECTOR_SIZE / 4 >= fat->cluster_end,
                  "the FAT has an entry for each cluster");

    const uint8_t *info = reserved + SECTOR_SIZE;
    uint32_t free = get32(info + 488);
    good &= check(get32(info) == 0x41615252 && get32(info + 484) == 0x61417272 &&
                      get32(info + 508) == 0xaa550000,
                  "FSInfo signatures");
    good &= check(free == UINT32_MAX || free <= clusters, "FSInfo free count (%u)", free);

    uint32_t first = 0, second = 0;
    good &= fat_next(fat, 0, &first) && fat_next(fat, 1, &second);
    good &= check((first & 0xff) == 0xf8 && second >= CLUSTER_END_OF_CHAIN,
                  "the first two FAT entries (%08x %08x)", first, second);
    return good;
}

void fat_watch_clusters(struct fat *fat)
{
    fat->used = arena_allocate(fat->cluster_end / 8 + 1);
}

struct fat_entry fat_root(const struct fat *fat)
{
    return (struct fat_entry){
        .name = "", .attributes = FAT_DIRECTORY, .cluster = fat->root_cluster};
}

bool fat_next(struct fat *fat, uint32_t cluster, uint32_t *next)
{
    uint64_t lba = fat->fat_lba + cluster / (SECTOR_SIZE / 4);
    if (fat->fat_window_lba == UINT64_MAX || lba < fat->fat_window_lba ||
        lba >= fat->fat_window_lba + FAT_WINDOW_SECTORS) {
        fat->fat_window_lba = UINT64_MAX;
        uint64_t left = fat->data_lba - lba;
        uint32_t count = left < FAT_WINDOW_SECTORS ? (uint32_t)left : FAT_WINDOW_SECTORS;
        if (!disk_read(fat->disk, lba, count, fat->fat_window)) {
            return false;
        }
        fat->fat_window_lba = lba;
    }
    size_t offset = (size_t)(lba - fat->fat_window_lba) * SECTOR_SIZE;
    *next = get32(fat->fat_window + offset + cluster % (SECTOR_SIZE / 4) * 4) & CLUSTER_MASK;
    return true;
}

static bool take_cluster(struct fat *fat, uint32_t cluster, const char *name)
{
    if (cluster < 2 || cluster >= fat->cluster_end) {
        return check(false, "%s: cluster %u is not on the volume", name, cluster);
    }
    if (!fat->used) {
        return true;
    }
    uint8_t bit = (uint8_t)(1 << cluster % 8);
    if (fat->used[cluster / 8] & bit) {
        return check(false, "%s: cluster %u belongs to two chains", name, cluster);
    }
    fat->used[cluster / 8] |= bit;
    return true;
}

struct run {
    uint64_t lba;
    uint64_t bytes; /* of the file; the rest of the last cluster is not */
};

/* Find the consecutive clusters from `cluster` on, at most as many as have `left` bytes, and go on
 * to the one after them. However the FAT splits them, they are read together. */
static bool next_run(struct fat *fat, const char *name, uint32_t *cluster, uint64_t left,
                     struct run *run)
{
    uint32_t cluster_size = fat->sectors_per_cluster * SECTOR_SIZE;
    uint32_t run_max = (uint32_t)(1u << 20) / cluster_size; /* clusters looked up ahead of a read */
    uint32_t first = *cluster, count = 0, next = *cluster;
    bool good;
    do {
        *cluster = next;
        good = take_cluster(fat, *cluster, name) && fat_next(fat, *cluster, &next);
        count++;
    } while (good && next == *cluster + 1 && count < run_max &&
             (uint64_t)count * cluster_size < left);
    *cluster = next;
    run->lba = fat->data_lba + (uint64_t)(first - 2) * fat->sectors_per_cluster;
    run->bytes = (uint64_t)count * cluster_size < left ? (uint64_t)count * cluster_size : left;
    return good;
}

bool fat_read_chain(struct fat *fat, const struct fat_entry *entry, uint64_t size, fat_sink *sink,
                    void *context)
{
    size_t buffer_sectors = fat->disk->read_max;
    if (buffer_sectors < fat->sectors_per_cluster) {
        buffer_sectors = fat->sectors_per_cluster;
    }
    size_t mark = arena_mark();
    uint8_t *buffer = arena_allocate(buffer_sectors * SECTOR_SIZE);

    bool good = true;
    uint32_t cluster = entry->cluster;
    uint64_t left = size;
    while (good && left) {
        struct run run;
        good = next_run(fat, entry->name, &cluster, left, &run);
        while (good && run.bytes) {
            uint64_t sectors = (run.bytes + SECTOR_SIZE - 1) / SECTOR_SIZE;
            uint32_t step = sectors < fat->disk->read_max ? (uint32_t)sectors : fat->disk->read_max;
            size_t length = step * SECTOR_SIZE < run.bytes ? step * SECTOR_SIZE : (size_t)run.bytes;
            good = disk_read(fat->disk, run.lba, step, buffer);
            if (good) {
                sink(context, buffer, length);
            }
            run.lba += step;
            run.bytes -= length;
            left -= length;
        }
    }
    arena_release(mark);
    if (good && size && cluster < CLUSTER_END_OF_CHAIN) {
        return check(false, "%s: the chain continues after the file's end (%08x)", entry->name,
                     cluster);
    }
    return good;
}

/* Read sectors to where the firmware puts them, without going on from there. */
static bool read_away(struct disk *disk, uint64_t lba, uint32_t count, uint8_t *buffer)
{
    disk->discards = true;
    bool good = true;
    for (uint32_t step; good && count > 0; lba += step, count -= step) {
        step = count < disk->read_max ? count : disk->read_max;
        good = disk_read(disk, lba, step, buffer);
    }
    disk->discards = false;
    return good;
}

bool fat_read_away(struct fat *fat, const struct fat_entry *file, uint64_t limit)
{
    size_t mark = arena_mark();
    uint8_t *buffer = arena_allocate(fat->disk->read_max * SECTOR_SIZE);
    uint32_t cluster = file->cluster;
    uint64_t left = file->size < limit ? file->size : limit;
    bool good = true;
    while (good && left) {
        struct run run;
        good = next_run(fat, file->name, &cluster, left, &run) &&
               read_away(fat->disk, run.lba,
                         (uint32_t)((run.bytes + SECTOR_SIZE - 1) / SECTOR_SIZE), buffer);
        left -= run.bytes;
    }
    arena_release(mark);
    return good;
}

bool fat_read(struct fat *fat, const struct fat_entry *file, fat_sink *sink, void *context)
{
    if (file->size == 0) {
        return file->cluster == 0 || check(false, "%s: empty, but has a cluster", file->name);
    }
    return fat_read_chain(fat, file, file->size, sink, context);
}

uint32_t fat_chain_length(struct fat *fat, const struct fat_entry *entry)
{
    uint32_t count = 0;
    for (uint32_t cluster = entry->cluster; cluster < CLUSTER_END_OF_CHAIN; count++) {
        if (cluster < 2 || cluster >= fat->cluster_end || count > fat->cluster_end ||
            !fat_next(fat, cluster, &cluster)) {
            check(false, "%s: broken chain after %u clusters", entry->name, count);
            return 0;
        }
    }
    return count;
}
