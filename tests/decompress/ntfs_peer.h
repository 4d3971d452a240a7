/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ntfs-3g's LZNT1 decompressor, which its library does not export: reached by reading compressed
 * attributes of a volume that exists in memory only.
 *
 * Needs ntfs-3g-dev; link with -lntfs-3g.
 */
#ifndef TESTS_DECOMPRESS_NTFS_PEER_H
#define TESTS_DECOMPRESS_NTFS_PEER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ntfs-3g's headers want what its configure script finds out. */
#include <ntfs-3g/types.h>

#include <ntfs-3g/attrib.h>
#include <ntfs-3g/compress.h>
#include <ntfs-3g/device.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/runlist.h>
#include <ntfs-3g/volume.h>

enum {
    NTFS_CLUSTER_BITS = 12,
    NTFS_CLUSTER = 1 << NTFS_CLUSTER_BITS,
    NTFS_UNIT_CLUSTERS = 16,
    NTFS_UNIT = NTFS_UNIT_CLUSTERS * NTFS_CLUSTER, /* compressed as a whole */
};

struct ntfs_peer {
    uint8_t *disk;
    runlist_element (*runs)[3]; /* of each unit, an attribute of its own: clusters, hole, end */
    size_t units, clusters;
    struct ntfs_device device;
    struct ntfs_device_operations operations;
    ntfs_volume *volume;
    ntfs_inode *inode;
    ntfs_attr attribute;
};

static s64 ntfs_peer_pread(struct ntfs_device *device, void *to, s64 count, s64 offset)
{
    memcpy(to, (uint8_t *)device->d_private + offset, count);
    return count;
}

/** A volume for up to `units` units. */
static inline void ntfs_peer_open(struct ntfs_peer *peer, size_t units)
{
    memset(peer, 0, sizeof(*peer));
    peer->disk = calloc(units + 1, NTFS_UNIT);
    peer->runs = calloc(units, sizeof(*peer->runs));
    peer->volume = calloc(1, sizeof(*peer->volume));
    peer->inode = calloc(1, sizeof(*peer->inode));
    if (!peer->disk || !peer->runs || !peer->volume || !peer->inode) {
        abort();
    }
    peer->clusters = 1; /* cluster 0 would be a hole's */
    peer->operations.pread = ntfs_peer_pread;
    peer->device = (struct ntfs_device){.d_ops = &peer->operations, .d_private = peer->disk};
    peer->volume->dev = &peer->device;
    peer->volume->cluster_size = NTFS_CLUSTER;
    peer->volume->cluster_size_bits = NTFS_CLUSTER_BITS;
    peer->inode->vol = peer->volume;
    peer->attribute = (ntfs_attr){
        .ni = peer->inode,
        .type = AT_DATA,
        .data_flags = ATTR_IS_COMPRESSED,
        .state = 1 << NA_Initialized | 1 << NA_NonResident | 1 << NA_FullyMapped,
        .allocated_size = NTFS_UNIT,
        .data_size = NTFS_UNIT,
        .initialized_size = NTFS_UNIT,
        .compressed_size = NTFS_UNIT - NTFS_CLUSTER,
        .compression_block_size = NTFS_UNIT,
        .compression_block_size_bits = NTFS_CLUSTER_BITS + 4,
        .compression_block_clusters = NTFS_UNIT_CLUSTERS,
    };
}

/** Append a unit that is compressed to less than a unit; returns false if it is not. */
static inline bool ntfs_peer_add(struct ntfs_peer *peer, const uint8_t *in, size_t in_size)
{
    size_t clusters = (in_size + 2 + NTFS_CLUSTER - 1) / NTFS_CLUSTER;
    if (clusters >= NTFS_UNIT_CLUSTERS) {
        return false;
    }
    memcpy(peer->disk + peer->clusters * NTFS_CLUSTER, in, in_size);
    runlist_element *runs = peer->runs[peer->units];
    runs[0] = (runlist_element){.vcn = 0, .lcn = peer->clusters, .length = clusters};
    runs[1] = (runlist_element){
        .vcn = clusters, .lcn = LCN_HOLE, .length = NTFS_UNIT_CLUSTERS - clusters};
    runs[2] = (runlist_element){.vcn = NTFS_UNIT_CLUSTERS, .lcn = LCN_ENOENT};
    peer->clusters += clusters;
    peer->units++;
    return true;
}

/** Decompress a unit to NTFS_UNIT bytes; false if ntfs-3g finds it corrupt. */
static inline bool ntfs_peer_read(struct ntfs_peer *peer, size_t unit, uint8_t *out)
{
    peer->attribute.rl = peer->runs[unit];
    return ntfs_compressed_attr_pread(&peer->attribute, 0, NTFS_UNIT, out) == NTFS_UNIT;
}

static inline void ntfs_peer_close(struct ntfs_peer *peer)
{
    free(peer->disk);
    free(peer->runs);
    free(peer->volume);
    free(peer->inode);
}

#endif
