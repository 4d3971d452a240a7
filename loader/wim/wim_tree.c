/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image's metadata as a tree.
 *
 * The metadata resource is the security descriptors, the root's directory entry, and lists of
 * directory entries, one list per directory; an entry says where the list of its children starts.
 * Each list ends with an entry of length 0. Behind an entry stand its extra streams, which its
 * length does not count.
 *
 * Directories are scanned when they are first entered: every length in their list is checked then,
 * and their children get into a hash table by their directory and upper-cased name. So a look-up in
 * an image of 20,000 files touches only the directories on its way, and each of them once.
 *
 * Lists that refer to each other in circles would make an endless tree. A real tree has each entry
 * once, so lists that together have more bytes than the metadata are refused.
 */
#include "wim/wim_internal.h"

#include <string.h>

/* ---- checking ---- */

/** Bytes that a name takes: with its terminator, or none. */
static size_t name_size(uint16_t length)
{
    return length ? (size_t)length + 2 : 0;
}

static int damaged(const struct wim_tree *tree, uint64_t position, const char *problem,
                   struct error *error)
{
    return error_set(error, "metadata of image %u: at 0x%llx: %s; the file is damaged", tree->index,
                     (unsigned long long)position, problem);
}

/** What is wrong with a directory entry of which `rest` bytes are there at most; NULL: nothing. */
static const char *find_entry_problem(const struct wim_directory_entry_disk *entry, size_t rest)
{
    if (entry->length < sizeof(*entry) || entry->length > rest) {
        return "the length of an entry is wrong";
    }
    if (entry->name_length % 2 || entry->short_name_length % 2) {
        return "a name ends in half a character";
    }
    if (entry->name_length / 2 > WIM_NAME_MAX) {
        return "a name is too long";
    }
    if (sizeof(*entry) + name_size(entry->name_length) + name_size(entry->short_name_length) >
        entry->length) {
        return "the names of an entry are longer than itself";
    }
    return NULL;
}

/**
 * Check a directory entry and its streams.
 *
 * @param position of the entry in the metadata
 * @param next     written: the position behind it and its streams
 */
static int check_entry(struct wim_tree *tree, size_t position, size_t *next, struct error *error)
{
    struct wim_metadata *metadata = &tree->metadata;
    const uint8_t *bytes = metadata->bytes + position;
    const struct wim_directory_entry_disk *entry = (const void *)bytes;
    size_t rest = metadata->size - position;

    if (rest < sizeof(*entry)) {
        return damaged(tree, position, "an entry is cut off", error);
    }
    if (wim_metadata_need(metadata, position, sizeof(*entry), error)) {
        return -1;
    }
    const char *problem = find_entry_problem(entry, rest);
    if (problem) {
        return damaged(tree, position, problem, error);
    }
    if (wim_metadata_need(metadata, position, (size_t)entry->length, error)) {
        return -1;
    }

    uint64_t used = wim_align8(entry->length);
    for (unsigned i = 0; i < entry->stream_count; i++) {
        const struct wim_stream_disk *stream;
        if (used > rest || rest - used < sizeof(*stream)) {
            return damaged(tree, position, "the streams of an entry are cut off", error);
        }
        stream = (const void *)(bytes + used);
        if (wim_metadata_need(metadata, position + (size_t)used, sizeof(*stream), error)) {
            return -1;
        }
        if (stream->length < sizeof(*stream) || stream->length > rest - used ||
            stream->name_length % 2 ||
            sizeof(*stream) + name_size(stream->name_length) > stream->length) {
            return damaged(tree, position + used, "a stream of an entry is wrong", error);
        }
        if (wim_metadata_need(metadata, position + (size_t)used, (size_t)stream->length, error)) {
            return -1;
        }
        used += wim_align8(stream->length);
    }
    if (used > rest) {
        return damaged(tree, position, "an entry is cut off", error);
    }
    *next = position + (size_t)used;
    return 0;
}

/** Count the entries of a list and their bytes, and check them all. */
static int measure_list(struct wim_tree *tree, uint64_t start, size_t *count, size_t *size,
                        struct error *error)
{
    struct wim_metadata *metadata = &tree->metadata;
    uint64_t length;

    *count = *size = 0;
    if (!start) {
        return 0;
    }
    if (start >= metadata->size) {
        return damaged(tree, start, "a list would be behind the end", error);
    }
    for (size_t position = (size_t)start;; ++*count) {
        if (metadata->size - position < sizeof(length)) {
            return damaged(tree, start, "a list does not end", error);
        }
        if (wim_metadata_need(metadata, position, sizeof(length), error)) {
            return -1;
        }
        memcpy(&length, metadata->bytes + position, sizeof(length));
        if (length <= sizeof(length)) { /* the end of the list */
            break;
        }
        if (check_entry(tree, position, &position, error)) {
            return -1;
        }
        *size = position - (size_t)start;
    }
    if (*size > metadata->size - tree->scanned_size) {
        return damaged(tree, start, "directories contain each other", error);
    }
    return 0;
}

/* ---- names ---- */

static uint32_t hash_name(uint32_t hash, const void *name, size_t unit_count)
{
    const uint8_t *bytes = name;

    for (size_t i = 0; i < unit_count; i++, bytes += 2) {
        uint16_t unit = (uint16_t)(bytes[0] | bytes[1] << 8);
        if (unit >= 'a' && unit <= 'z') {
            unit -= 'a' - 'A';
        } else if (unit > 0x7f) {
            unit = utf16_upcase(unit);
        }
        hash = (hash ^ unit) * 0x01000193;
    }
    return hash ^ hash >> 15;
}

static void put_in_bucket(struct wim_tree *tree, struct wim_node *node)
{
    struct wim_node **bucket = &tree->buckets[node->hash & (tree->bucket_count - 1)];

    node->next_in_bucket = *bucket;
    *bucket = node;
    if (node->entry->short_name_length) {
        bucket = &tree->short_buckets[node->short_hash & (tree->bucket_count - 1)];
        node->next_in_short_bucket = *bucket;
        *bucket = node;
    }
}

static void hash_node(struct wim_node *node)
{
    size_t unit_count;
    const void *name = wim_node_name(node, &unit_count);

    node->hash = hash_name(node->parent->hash, name, unit_count);
    name = wim_node_short_name(node, &unit_count);
    node->short_hash = unit_count ? hash_name(node->parent->hash, name, unit_count) : 0;
}

/** Make the hash table large enough for some more nodes. */
static int grow_buckets(struct wim_tree *tree, size_t more, struct error *error)
{
    size_t count = tree->bucket_count ? tree->bucket_count : 64;

    while (count < tree->node_count + more) {
        count *= 2;
    }
    if (count == tree->bucket_count) {
        return 0;
    }
    struct wim_node **tables[2];
    for (int i = 0; i < 2; i++) {
        tables[i] = memory_allocate_zeroed(count, sizeof(*tables[i]));
        if (!tables[i]) {
            memory_free(i ? tables[0] : NULL);
            return error_set(error, "no memory to index image %u", tree->index);
        }
    }
    struct wim_node **old = tree->buckets;
    size_t old_count = tree->bucket_count;
    memory_free(tree->short_buckets);
    tree->buckets = tables[0];
    tree->short_buckets = tables[1];
    tree->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        /* Turn each chain round first, so that nodes keep their order in the new chains. */
        struct wim_node *reversed = NULL;
        for (struct wim_node *node = old[i], *next; node; node = next) {
            next = node->next_in_bucket;
            node->next_in_bucket = reversed;
            reversed = node;
        }
        for (struct wim_node *node = reversed, *next; node; node = next) {
            next = node->next_in_bucket;
            put_in_bucket(tree, node);
        }
    }
    memory_free(old);
    return 0;
}

int wim_tree_scan(struct wim_tree *tree, struct wim_node *directory, struct error *error)
{
    uint64_t start = directory->entry->subdirectory;
    size_t count, size;

    if (directory->scanned) {
        return 0;
    }
    if (measure_list(tree, start, &count, &size, error)) {
        return -1;
    }
    struct wim_node *nodes = pool_allocate(tree->wim->pool, count * sizeof(*nodes));
    if (!nodes) {
        return error_set(error, "no memory for a directory of %zu files", count);
    }
    if (grow_buckets(tree, count, error)) {
        return -1;
    }
    size_t position = (size_t)start;
    for (size_t i = 0; i < count; i++) {
        nodes[i].parent = directory;
        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
        nodes[i].entry = (const void *)(tree->metadata.bytes + position);
        hash_node(&nodes[i]);
        position += wim_node_entry_size(&nodes[i]);
    }
    /* Of two equal names the first counts: put it into the bucket last. */
    for (size_t i = count; i-- > 0;) {
        put_in_bucket(tree, &nodes[i]);
    }
    directory->first_child = count ? nodes : NULL;
    directory->scanned = true;
    tree->node_count += count;
    tree->scanned_size += size;
    return 0;
}

int wim_tree_add(struct wim_tree *tree, struct wim_node *directory, struct wim_node *node,
                 struct error *error)
{
    if (grow_buckets(tree, 1, error)) {
        return -1;
    }
    node->parent = directory;
    node->next = directory->first_child;
    node->added = true;
    directory->first_child = node;
    hash_node(node);
    put_in_bucket(tree, node);
    tree->node_count++;
    return 0;
}

struct wim_node *wim_tree_child(const struct wim_tree *tree, const struct wim_node *directory,
                                const uint16_t *name, size_t unit_count)
{
    uint32_t hash = hash_name(directory->hash, name, unit_count);
    size_t count, bucket = hash & (tree->bucket_count - 1);
    struct wim_node *node;

    if (!tree->bucket_count) {
        return NULL;
    }
    for (node = tree->buckets[bucket]; node; node = node->next_in_bucket) {
        if (node->hash != hash || node->parent != directory || node->removed) {
            continue;
        }
        const void *own = wim_node_name(node, &count);
        if (count == unit_count && !utf16_compare(own, count, name, unit_count)) {
            return node;
        }
    }
    for (node = tree->short_buckets[bucket]; node; node = node->next_in_short_bucket) {
        if (node->short_hash != hash || node->parent != directory || node->removed) {
            continue;
        }
        const void *own = wim_node_short_name(node, &count);
        if (count == unit_count && !utf16_compare(own, count, name, unit_count)) {
            return node;
        }
    }
    return NULL;
}

/* ---- ways through the tree ---- */

int wim_tree_find(struct wim_tree *tree, const char *path, struct wim_node **result,
                  struct error *error)
{
    uint16_t units[WIM_NAME_MAX];
    struct wim_node *node = &tree->root;
    int count;

    *result = NULL;
    while ((count = wim_path_next(&path, units, error)) > 0) {
        if (node->entry->attributes & WIM_ATTRIBUTE_REPARSE_POINT) {
            const char *name = wim_node_name_utf8(tree->wim->pool, node);
            return error_set(error,
                             "'%s' on the way is a link (reparse point), which is not followed",
                             name ? name : "?");
        }
        if (!wim_node_is_directory(node)) {
            return 0;
        }
        if (wim_tree_scan(tree, node, error)) {
            return -1;
        }
        node = wim_tree_child(tree, node, units, (size_t)count);
        if (!node) {
            return 0;
        }
    }
    if (count < 0) {
        return -1;
    }
    *result = node;
    return 0;
}

int wim_tree_next(struct wim_tree *tree, const struct wim_node *top, struct wim_node **node,
                  struct error *error)
{
    struct wim_node *at = *node;

    if (wim_node_is_directory(at)) {
        if (wim_tree_scan(tree, at, error)) {
            return -1;
        }
        for (struct wim_node *child = at->first_child; child; child = child->next) {
            if (!child->removed) {
                *node = child;
                return 0;
            }
        }
    }
    for (; at != top; at = at->parent) {
        for (struct wim_node *next = at->next; next; next = next->next) {
            if (!next->removed) {
                *node = next;
                return 0;
            }
        }
    }
    *node = NULL;
    return 0;
}

/* ---- opening ---- */

/** Find the root's entry behind the security descriptors. */
static int find_root(struct wim_tree *tree, struct error *error)
{
    struct wim_metadata *metadata = &tree->metadata;
    uint32_t length;
    size_t next;

    if (metadata->size < 8) {
        return damaged(tree, 0, "the security data is cut off", error);
    }
    if (wim_metadata_need(metadata, 0, 8, error)) {
        return -1;
    }
    memcpy(&length, metadata->bytes, sizeof(length));
    uint64_t position = length ? wim_align8(length) : 8;
    if (position < 8 || position > metadata->size) {
        return damaged(tree, 0, "the security data is longer than all", error);
    }
    if (check_entry(tree, (size_t)position, &next, error)) {
        return -1;
    }
    tree->root.entry = (const void *)(metadata->bytes + position);
    tree->root.position = (size_t)position;
    tree->node_count = 1;
    if (!wim_node_is_directory(&tree->root)) {
        return damaged(tree, position, "the root is not a directory", error);
    }
    return 0;
}

int wim_tree_verify(struct wim_tree *tree, struct error *error)
{
    if (wim_metadata_verify(&tree->metadata, error)) {
        return error_prefix(error, "metadata of image %u: ", tree->index);
    }
    return 0;
}

struct wim_tree *wim_tree(struct wim *wim, uint32_t index, struct error *error)
{
    if (!index || index > wim->image_count) {
        error_set(error, "%s: has no image %u; it has %u image%s", wim->name, index,
                  wim->image_count, wim->image_count == 1 ? "" : "s");
        return NULL;
    }
    struct wim_image_state *image = &wim->images[index - 1];
    if (image->tree) {
        return image->tree;
    }
    struct wim_tree *tree = pool_allocate(wim->pool, sizeof(*tree));
    if (!tree) {
        error_set(error, "%s: no memory for image %u", wim->name, index);
        return NULL;
    }
    tree->wim = wim;
    tree->index = index;
    tree->root.hash = 0x811c9dc5;
    if (wim_metadata_open(wim, index, &tree->metadata, error)) {
        error_prefix(error, "%s: metadata of image %u: ", wim->name, index);
        return NULL;
    }
    if (find_root(tree, error)) {
        wim_metadata_close(&tree->metadata);
        error_prefix(error, "%s: ", wim->name);
        return NULL;
    }
    image->tree = tree;
    return tree;
}
