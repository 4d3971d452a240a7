/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the WIM engine share; nobody else includes this.
 *
 *     wim_header.c    the header, the parts of a split set, what wim_open() does
 *     wim_lookup.c    the lookup table: SHA-1 -> resource, images, reference counts
 *     wim_resource.c  reading resources: stored, chunked, solid
 *     wim_xml.c       what the XML says about the images
 *     wim_metadata.c  an image's metadata, decompressed as far as it is needed
 *     wim_tree.c      the metadata as a tree with hashed look-up
 *     wim_path.c      paths, component by component
 *     wim_node.c      names and contents of a directory entry
 *     wim_file.c      files out of an image: wim_find(), wim_list()
 *     wim_change.c    injecting and removing
 *     wim_added.c     contents that were injected
 *     wim_patch.c     the file that results
 *     wim_tail.c      what that file has behind the contents
 *
 * Structures whose names end in _disk are as they stand in the file: packed, little-endian like
 * every machine that this loader runs on.
 */
#ifndef LOADER_WIM_INTERNAL_H
#define LOADER_WIM_INTERNAL_H

#include "base/hash_table.h"
#include "base/unicode.h"
#include "compression/decompressor.h"
#include "wim/wim.h"

#define WIM_DISK __attribute__((packed))

/* ---- on disk ---- */

enum {
    WIM_VERSION_NORMAL = 0x10d00,
    WIM_VERSION_SOLID = 0xe00,

    WIM_FLAG_COMPRESSION = 0x2,
    WIM_FLAG_SPANNED = 0x8,
    WIM_FLAG_WRITE_IN_PROGRESS = 0x40,

    WIM_RESOURCE_METADATA = 0x02,
    WIM_RESOURCE_COMPRESSED = 0x04,
    WIM_RESOURCE_SOLID = 0x10,

    WIM_ATTRIBUTE_DIRECTORY = 0x10,
    WIM_ATTRIBUTE_NORMAL = 0x80,
    WIM_ATTRIBUTE_SPARSE = 0x200,
    WIM_ATTRIBUTE_REPARSE_POINT = 0x400,
    WIM_ATTRIBUTE_COMPRESSED = 0x800,
    WIM_ATTRIBUTE_ENCRYPTED = 0x4000,

    /** Bytes of the largest resource that is read into memory whole. */
    WIM_LOAD_MAX = 1 << 30,

    /** Units of the longest name that Windows allows. */
    WIM_NAME_MAX = 255,
};

/** In the size field of a lookup entry: this entry is a solid resource, not a blob in one. */
#define WIM_SOLID_RESOURCE_SIZE 0x100000000u

struct wim_resource_disk {
    uint64_t size_and_flags; /* bytes in the file; the flags are the top byte */
    uint64_t offset;
    uint64_t original_size;
} WIM_DISK;
_Static_assert(sizeof(struct wim_resource_disk) == 24, "resource header");

struct wim_header_disk {
    char magic[8];
    uint32_t header_size;
    uint32_t version;
    uint32_t flags;
    uint32_t chunk_size;
    uint8_t guid[16];
    uint16_t part_number; /* from 1 */
    uint16_t part_count;
    uint32_t image_count;
    struct wim_resource_disk lookup_table;
    struct wim_resource_disk xml;
    struct wim_resource_disk boot_metadata;
    uint32_t boot_index; /* from 1; 0: none */
    struct wim_resource_disk integrity_table;
    uint8_t unused[60];
} WIM_DISK;
_Static_assert(sizeof(struct wim_header_disk) == 208, "header");

struct wim_lookup_disk {
    struct wim_resource_disk resource;
    uint16_t part_number;
    uint32_t references;
    uint8_t sha1[20];
} WIM_DISK;
_Static_assert(sizeof(struct wim_lookup_disk) == 50, "lookup entry");

struct wim_solid_header_disk {
    uint64_t size;
    uint32_t chunk_size;
    uint32_t format; /* 0: stored; else a decompressor's wim_format */
} WIM_DISK;
_Static_assert(sizeof(struct wim_solid_header_disk) == 16, "solid resource header");

/** A directory entry; its name, its short name and its stream entries follow. */
struct wim_directory_entry_disk {
    uint64_t length; /* without the stream entries; up to 8: the end of a list */
    uint32_t attributes;
    uint32_t security_id;  /* 0xffffffff: none */
    uint64_t subdirectory; /* of the list of children, from the start of the metadata; 0: none */
    uint8_t reserved[16];
    uint64_t times[3]; /* creation, last access, last write */
    uint8_t sha1[20];
    uint32_t unknown;
    uint64_t link_group;
    uint16_t stream_count;
    uint16_t short_name_length; /* bytes, without terminator */
    uint16_t name_length;       /* bytes, without terminator */
} WIM_DISK;
_Static_assert(sizeof(struct wim_directory_entry_disk) == 102, "directory entry");

/** An extra stream of a directory entry; its name follows. */
struct wim_stream_disk {
    uint64_t length;
    uint64_t reserved;
    uint8_t sha1[20];
    uint16_t name_length; /* bytes; 0: the unnamed stream */
} WIM_DISK;
_Static_assert(sizeof(struct wim_stream_disk) == 38, "stream entry");

/* ---- in memory ---- */

/** Where a resource lies. */
struct wim_location {
    uint32_t part; /* index into wim->parts */
    uint8_t flags; /* WIM_RESOURCE_* */
    uint64_t offset;
    uint64_t size_in_file;
    uint64_t size; /* uncompressed */
};

/** A resource opened for reading. */
struct wim_resource {
    struct wim *wim;
    uint32_t part;
    const struct decompressor *decompressor; /* NULL: its bytes are stored, in no chunks */
    uint64_t offset;                         /* of its data in the part's file */
    uint64_t size;                           /* uncompressed */
    unsigned chunk_order;                    /* a chunk has 2^chunk_order bytes uncompressed */
    size_t chunk_count;
    uint64_t *chunk_ends;  /* of each chunk's compressed bytes, from `offset`; scratch memory */
    unsigned chunk_prefix; /* bytes in front of each chunk that are not its data (pipable WIMs) */
};

/** A run of solid entries of the lookup table: blobs in the joined data of its resources. */
struct wim_solid_run {
    uint32_t first_entry, entry_count; /* in the joined lookup tables of all parts */
    uint32_t resource_count;
    struct wim_resource *resources; /* NULL until the first blob of the run is read */
};

struct wim_part {
    const struct file *file;
    struct wim_header_disk header;
    bool pipable;
    const struct wim_lookup_disk *entries;
    uint32_t entry_count;
    uint32_t first_entry; /* its number in the joined tables */
    void *entries_memory; /* scratch memory that holds the entries, or NULL */
};

/** A name in an image: a directory entry of the metadata, or one that was made for an injection. */
struct wim_node {
    struct wim_node *parent; /* NULL for the root */
    struct wim_node *first_child, *previous, *next;
    struct hash_link long_name, short_name; /* in the tree's tables, unless the name is empty */
    const struct wim_directory_entry_disk *entry; /* checked; its streams follow it */
    struct wim_added_blob *added_contents;        /* not in `entry` then; NULL: see `entry` */
    uint32_t number;                              /* no other node of the tree has it */
    bool scanned;                                 /* a directory whose children are known */
    bool added;                                   /* not in the original list of its parent */
    size_t position; /* of the entry in the metadata that wim_patch() writes */
};

/** The bytes of an image's metadata. Valid are those that wim_metadata_need() was called for. */
struct wim_metadata {
    const uint8_t *bytes;
    size_t size;
    uint8_t *memory; /* scratch memory that holds them, or NULL */
    struct wim_resource resource;
    uint8_t *is_loaded; /* of each chunk of the resource; scratch memory */
    size_t missing;     /* chunks not loaded */
    bool is_verified;
    uint8_t sha1[20];
};

/** An image's directory tree. */
struct wim_tree {
    struct wim *wim;
    uint32_t index; /* of the image */
    bool changed;
    struct wim_metadata metadata;
    struct wim_node root;
    size_t scanned_size; /* bytes of the entries of all lists that were scanned */
    uint32_t node_count; /* that were ever made */
    uint32_t seed;       /* of the hashes of names */
    /* Nodes by their directory and upper-cased name. Of equal names, the first in the directory is
     * the newest. */
    struct hash_table long_names, short_names;
};

struct wim_image_state {
    struct wim_image info;
    uint32_t entry;        /* of its metadata, in the joined lookup tables */
    struct wim_tree *tree; /* NULL until it is needed */
};

/** Contents that an injection added, one for all files with the same bytes. */
struct wim_added_blob {
    struct wim_added_blob *next;
    struct hash_link by_size, by_sha1; /* see wim_added_find() */
    const struct file *file;
    uint32_t references; /* 0: no longer used */
    bool is_hashed;
    uint8_t sha1[20]; /* see wim_added_hash() */
};

struct wim_blob_reader;

struct wim {
    struct pool *pool;
    const char *name; /* of the file of part 1 */
    uint32_t part_count;
    struct wim_part *parts;                  /* part number n is parts[n - 1] */
    unsigned chunk_order;                    /* of chunked resources; 0: no compression */
    const struct decompressor *decompressor; /* that the header names; NULL: none */

    uint32_t image_count;
    struct wim_image_state *images;
    uint32_t boot_index;

    /* The lookup table: a hash table of entry numbers + 1, indexed by SHA-1. */
    uint32_t entry_count;
    uint32_t *slots;
    uint32_t slot_mask;
    uint32_t run_count;
    struct wim_solid_run *runs;

    /* Changes. */
    int32_t *reference_changes; /* of each lookup entry; NULL before the first change */
    struct wim_added_blob *first_blob, **last_blob;
    struct hash_table added_sizes, added_sha1s;
    uint8_t *size_filter; /* a bit for the size of each blob; NULL before the first injection */
    uint32_t size_filter_mask;
    bool changed; /* since `patched` was made */
    const struct file *patched;

    struct hash_table readers; /* by entry */
    struct wim_blob_reader *first_reader;

    /* Buffers for reading resources, in scratch memory. */
    struct wim_buffer {
        uint8_t *bytes;
        size_t capacity;
    } window, chunk, workspace;
    uint32_t window_part; /* what of the file is in the window */
    uint64_t window_offset;
    size_t window_length;
    uint32_t chunk_part; /* which chunk is in the chunk buffer, by the place of its data */
    uint64_t chunk_offset;
    size_t chunk_length; /* 0: none */
};

/* ---- wim_lookup.c ---- */

/** Decode a resource header. */
struct wim_location wim_location(const struct wim *wim, uint32_t part,
                                 const struct wim_resource_disk *disk);

/** Read the lookup tables of all parts, index them and find the images. */
int wim_lookup_load(struct wim *wim, struct error *error);

/** An entry by its number in the joined tables, and the part it stands in. */
const struct wim_lookup_disk *wim_lookup_entry(const struct wim *wim, uint32_t entry,
                                               uint32_t *part);

/** Find a blob by its SHA-1. False if there is none. */
bool wim_lookup_find(const struct wim *wim, const uint8_t sha1[20], uint32_t *entry);

/** Bytes of the blob of an entry. */
uint64_t wim_lookup_size(const struct wim *wim, uint32_t entry);

/**
 * Open the resource that holds the blob of an entry.
 *
 * @param resource written: in the pool; shared by all blobs of a solid resource
 * @param offset   written: of the blob in the resource
 */
int wim_lookup_open(struct wim *wim, uint32_t entry, struct wim_resource **resource,
                    uint64_t *offset, struct error *error);

/** Give back what wim_lookup_open() opened. */
void wim_lookup_close(struct wim *wim, uint32_t entry, struct wim_resource *resource);

bool wim_sha1_is_zero(const uint8_t sha1[20]);

/* ---- wim_resource.c ---- */

/** Open a resource. Checks its place in the file and its whole chunk table. */
int wim_resource_open(struct wim *wim, const struct wim_location *location,
                      struct wim_resource *resource, struct error *error);

/** Open a solid resource, whose size and compression are in its own header. */
int wim_resource_open_solid(struct wim *wim, const struct wim_location *location,
                            struct wim_resource *resource, struct error *error);

/** Read uncompressed bytes; the range must exist. */
int wim_resource_read(struct wim_resource *resource, uint64_t offset, void *buffer, size_t length,
                      struct error *error);

/** Bytes of a stored resource that lie in memory in one piece; else NULL. */
const void *wim_resource_view(const struct wim_resource *resource, uint64_t offset, size_t length);

/** Free what opening allocated. */
void wim_resource_close(struct wim_resource *resource);

/**
 * All bytes of a small resource (a table, the XML, metadata) in memory.
 *
 * @param memory written: scratch memory that holds them, NULL if they lie in the file's own memory
 */
int wim_resource_load(struct wim *wim, const struct wim_location *location, const void **bytes,
                      void **memory, struct error *error);

/** Make a buffer at least this large; its contents are lost if it grows. -1 without memory. */
int wim_buffer_reserve(struct wim_buffer *buffer, size_t capacity, struct error *error);

/* ---- wim_xml.c ---- */

/**
 * Fill in what the XML says about the images. XML that makes no sense is only worth a warning,
 * nothing else depends on it. -1 if it cannot be read, and for a WIM that it says is encrypted.
 */
int wim_xml_load(struct wim *wim, struct error *error);

/**
 * Parse the XML's bytes.
 *
 * @param encrypted written: it says that the WIM is encrypted
 */
int wim_xml_parse(struct wim *wim, const void *bytes, size_t size, bool *encrypted,
                  struct error *error);

/* ---- wim_metadata.c ---- */

/** Open the metadata of an image; no more than a view of it is loaded. */
int wim_metadata_open(struct wim *wim, uint32_t index, struct wim_metadata *metadata,
                      struct error *error);

/** Make some bytes valid; they must lie within the metadata. */
int wim_metadata_need(struct wim_metadata *metadata, size_t position, size_t length,
                      struct error *error);

/** Make all bytes valid, and check them against the SHA-1. */
int wim_metadata_verify(struct wim_metadata *metadata, struct error *error);

void wim_metadata_close(struct wim_metadata *metadata);

/* ---- wim_tree.c ---- */

/** The tree of an image, read when it is first asked for. NULL with the reason. */
struct wim_tree *wim_tree(struct wim *wim, uint32_t index, struct error *error);

/** Check all of an image's metadata against its SHA-1. */
int wim_tree_verify(struct wim_tree *tree, struct error *error);

/** Learn the children of a directory. */
int wim_tree_scan(struct wim_tree *tree, struct wim_node *directory, struct error *error);

/** The child of this name (long or short), NULL if there is none. The directory is scanned. */
struct wim_node *wim_tree_child(const struct wim_tree *tree, const struct wim_node *directory,
                                const uint16_t *name, size_t unit_count);

/**
 * Find a path. A part of it that is not a directory means that there is nothing of that path; a
 * reparse point on the way is refused.
 *
 * @param node written: NULL if there is nothing
 */
int wim_tree_find(struct wim_tree *tree, const char *path, struct wim_node **node,
                  struct error *error);

/** Put a new node into the tree, as a child of a scanned directory. -1 without memory. */
int wim_tree_add(struct wim_tree *tree, struct wim_node *directory, struct wim_node *node,
                 struct error *error);

/** Take a node out of the tree, with all that is known below it. */
void wim_tree_remove(struct wim_tree *tree, struct wim_node *node);

/** The next node after one, in its directory, whose name differs in case at most; NULL after the
 * last. wim_tree_first_of_name() is where to start, and may be the node itself. */
struct wim_node *wim_tree_first_of_name(const struct wim_tree *tree, struct wim_node *node);
struct wim_node *wim_tree_next_of_name(const struct wim_node *node);

/** The node after this one in depth-first order within `top`, scanning as needed; NULL after the
 * last. */
int wim_tree_next(struct wim_tree *tree, const struct wim_node *top, struct wim_node **node,
                  struct error *error);

/* ---- wim_path.c ---- */

/**
 * Take the next component off a path.
 *
 * @param units written: WIM_NAME_MAX units at most
 * @return units of the component; 0 at the end of the path; -1 for one that is not allowed
 */
int wim_path_next(const char **path, uint16_t units[WIM_NAME_MAX], struct error *error);

/** Put the names of a WIM and of a path in it in front of an error. @return -1 */
int wim_path_error(const char *wim_name, const char *path, struct error *error);

/* ---- wim_node.c ---- */

bool wim_node_is_directory(const struct wim_node *node);

/** Name of a node: UTF-16LE bytes of any alignment. */
const void *wim_node_name(const struct wim_node *node, size_t *unit_count);
const void *wim_node_short_name(const struct wim_node *node, size_t *unit_count);

/** A node's name as UTF-8 in the pool; NULL without memory. */
const char *wim_node_name_utf8(struct pool *pool, const struct wim_node *node);

/** The stream entries behind a node's entry, one after the other; NULL behind the last. Start with
 * NULL. @param number in/out: 0 at the start */
const struct wim_stream_disk *wim_node_next_stream(const struct wim_node *node,
                                                   const struct wim_stream_disk *stream,
                                                   unsigned *number);

/** Bytes of a node's entry with its streams, as it stands in a list. */
size_t wim_node_entry_size(const struct wim_node *node);

/** SHA-1 of the contents of a node that is neither directory nor reparse point; zero: empty. */
const uint8_t *wim_node_contents(const struct wim_node *node);

/* ---- wim_file.c ---- */

/** Free what files that were found hold outside of the pool. */
void wim_file_release(struct wim *wim);

/* ---- wim_added.c ---- */

/**
 * Find or add the contents of a file.
 *
 * @param found written: the added contents; NULL if the file is empty or the WIM has its contents
 * @param sha1  written where `found` is NULL: what a directory entry says of the contents
 */
int wim_added_find(struct wim *wim, const struct file *file, struct wim_added_blob **found,
                   uint8_t sha1[20], struct error *error);

/** Compute the SHA-1 of added contents, if that has not been done. */
int wim_added_hash(struct wim_added_blob *blob, struct error *error);

static inline uint64_t wim_align8(uint64_t value)
{
    return (value + 7) & ~(uint64_t)7;
}

#endif
