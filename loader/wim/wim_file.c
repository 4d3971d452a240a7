/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of an image: finding them, listing them, and reading their bytes when they are needed.
 *
 * The bytes of a file are fetched by a reader, one for all names with the same SHA-1. Its first use
 * reads the whole blob into content memory and checks the SHA-1; from then on it serves from there.
 * A blob that is uncompressed and in memory is checked and used in place. Only blobs
 * too large to be held (over WIM_LOAD_MAX) are checked once in a stream and then read chunk by
 * chunk.
 */
#include "wim/wim_file.h"

#include <string.h>

#include "base/format.h"
#include "base/hash_table.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/unicode.h"
#include "digest/digest.h"
#include "digest/sha1.h"
#include "wim/wim.h"
#include "wim/wim_added.h"
#include "wim/wim_format.h"
#include "wim/wim_header.h"
#include "wim/wim_lookup.h"
#include "wim/wim_node.h"
#include "wim/wim_path.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"
#include "wim/wim_tree.h"

enum { STREAM_PIECE_SIZE = 1024 * 1024 };

struct wim_blob_reader {
    struct reader reader;
    struct hash_link link;
    struct wim_blob_reader *next;
    struct wim *wim;
    uint32_t entry; /* in the joined lookup tables */
    uint64_t size;
    const char *path;              /* by which it was first found, for messages */
    const uint8_t *bytes;          /* all of them, checked; NULL until they are loaded */
    uint8_t *content;              /* memory for them, where it is needed */
    struct wim_resource *resource; /* of a blob too large to be loaded, once it is checked */
    uint64_t offset;               /* of the blob in the resource */
};

int wim_sha1_mismatch(struct error *error)
{
    return error_set(error,
                     "its contents do not match their SHA-1; the file is damaged, copy it again");
}

/* Put the names of the WIM and the path in front of an error. */
static int name_error(const struct wim_blob_reader *blob, struct error *error)
{
    uint32_t part;
    wim_lookup_entry(blob->wim, blob->entry, &part);
    return wim_path_error(blob->wim->parts[part].file->name, blob->path, error);
}

static const uint8_t *expected_sha1(const struct wim_blob_reader *blob)
{
    uint32_t part;
    return wim_lookup_entry(blob->wim, blob->entry, &part)->sha1;
}

/* Fetch all bytes of a blob and check them. */
static int fetch(struct wim_blob_reader *blob, struct wim_resource *resource, uint64_t offset,
                 struct error *error)
{
    size_t size = (size_t)blob->size;
    uint8_t sha1[SHA1_SIZE];
    const uint8_t *bytes = size == blob->size ? wim_resource_view(resource, offset, size) : NULL;
    if (bytes == NULL) {
        if (blob->size > WIM_LOAD_MAX) {
            return error_set(error, "%llu bytes are too many to be held in memory",
                             (unsigned long long)blob->size);
        }
        if (blob->content == NULL) { /* else an earlier attempt failed */
            blob->content = pool_allocate_content(blob->wim->pool, size);
        }
        if (blob->content == NULL) {
            return error_no_memory(error, "its %zu bytes", size);
        }
        if (wim_resource_read(resource, offset, blob->content, size, error)) {
            return -1;
        }
        bytes = blob->content;
    }
    sha1_of_bytes(bytes, size, sha1);
    if (memcmp(sha1, expected_sha1(blob), sizeof(sha1))) {
        return wim_sha1_mismatch(error);
    }
    blob->bytes = bytes;
    blob->reader.unchecked = 0;
    return 0;
}

static const void *load(struct reader *reader, struct error *error)
{
    struct wim_blob_reader *blob = (struct wim_blob_reader *)reader;
    struct wim_resource *resource;
    uint64_t offset;
    if (blob->bytes != NULL) {
        return blob->bytes;
    }
    if (wim_lookup_open(blob->wim, blob->entry, &resource, &offset, error)) {
        name_error(blob, error);
        return NULL;
    }
    int result = fetch(blob, resource, offset, error);
    wim_lookup_close(blob->wim, blob->entry, resource);
    if (result) {
        name_error(blob, error);
    }
    return blob->bytes;
}

/* Check a blob that is too large to be loaded, piece by piece, and keep its resource open. */
static int check_stream(struct wim_blob_reader *blob, struct error *error)
{
    struct wim_resource *resource;
    uint8_t sha1[SHA1_SIZE];
    struct sha1 state;
    if (wim_lookup_open(blob->wim, blob->entry, &resource, &blob->offset, error)) {
        return -1;
    }
    uint8_t *piece = memory_allocate(STREAM_PIECE_SIZE);
    int result = piece != NULL ? 0 : error_no_memory(error, "checking it");
    sha1_start(&state);
    for (uint64_t done = 0; !result && done < blob->size;) {
        uint64_t rest = blob->size - done;
        size_t length = rest < STREAM_PIECE_SIZE ? (size_t)rest : STREAM_PIECE_SIZE;
        result = wim_resource_read(resource, blob->offset + done, piece, length, error);
        sha1_update(&state, piece, length);
        done += length;
        log_progress(blob->wim->name, done, blob->size);
    }
    memory_free(piece);
    sha1_finish(&state, sha1);
    if (!result && memcmp(sha1, expected_sha1(blob), sizeof(sha1))) {
        result = wim_sha1_mismatch(error);
    }
    if (result) {
        wim_lookup_close(blob->wim, blob->entry, resource);
    } else {
        blob->resource = resource;
        blob->reader.unchecked = 0;
    }
    return result;
}

static int read(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                struct error *error)
{
    struct wim_blob_reader *blob = (struct wim_blob_reader *)reader;
    if (blob->size > WIM_LOAD_MAX && blob->bytes == NULL) {
        if (blob->resource == NULL && check_stream(blob, error)) {
            return name_error(blob, error);
        }
        if (wim_resource_read(blob->resource, blob->offset + offset, buffer, length, error)) {
            return name_error(blob, error);
        }
        return 0;
    }
    if (load(reader, error) == NULL) {
        return -1;
    }
    memcpy(buffer, blob->bytes + offset, length);
    return 0;
}

static int pin(struct reader *reader, struct error *error)
{
    const struct wim *wim = ((struct wim_blob_reader *)reader)->wim;
    for (uint32_t i = 0; i < wim->part_count; i++) {
        if (file_pin(wim->parts[i].file, error) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Does a part of the WIM come over the network? */
static bool is_remote(const struct wim *wim)
{
    for (uint32_t i = 0; i < wim->part_count; i++) {
        if (file_is_remote(wim->parts[i].file)) {
            return true;
        }
    }
    return false;
}

/* Blobs are loaded whole; those that are too large for that need the parts that they are read from.
 */
static int complete(struct reader *reader, uint64_t offset, uint64_t length, struct error *error)
{
    struct wim_blob_reader *blob = (struct wim_blob_reader *)reader;
    if (blob->size <= WIM_LOAD_MAX) {
        return load(reader, error) != NULL ? 0 : -1;
    }
    for (uint32_t i = 0; i < blob->wim->part_count; i++) {
        if (file_complete(blob->wim->parts[i].file, error) != 0) {
            return -1;
        }
    }
    return 0;
}

/* The reader of a lookup entry's blob; NULL without memory. */
static struct wim_blob_reader *find_reader(struct wim *wim, uint32_t entry, const char *path)
{
    uint32_t hash = hash_number(hash_seed(), entry);
    struct wim_blob_reader *blob;
    for (const struct hash_link *link = hash_table_find(&wim->readers, hash); link != NULL;
         link = hash_table_next(link)) {
        blob = link->item;
        if (blob->entry == entry) {
            return blob;
        }
    }
    blob = pool_allocate(wim->pool, sizeof(*blob));
    if (blob == NULL) {
        return NULL;
    }
    *blob = (struct wim_blob_reader){
        .reader = {.read = read,
                   .load = load,
                   .pin = pin,
                   .complete = is_remote(wim) ? complete : NULL,
                   .unchecked = wim_lookup_size(wim, entry)},
        .next = wim->first_reader,
        .wim = wim,
        .entry = entry,
        .size = wim_lookup_size(wim, entry),
        .path = pool_copy_string(wim->pool, path),
    };
    if (blob->path == NULL || !hash_table_add(&wim->readers, &blob->link, blob, hash)) {
        return NULL;
    }
    wim->first_reader = blob;
    return blob;
}

void wim_file_release(struct wim *wim)
{
    for (struct wim_blob_reader *blob = wim->first_reader; blob != NULL; blob = blob->next) {
        if (blob->resource != NULL) {
            wim_lookup_close(wim, blob->entry, blob->resource);
        }
    }
}

/* Make a file of the contents of a node. */
static struct file *make_file(struct wim *wim, const struct wim_node *node, const char *path,
                              struct error *error)
{
    const uint8_t *sha1 = wim_node_contents(node);
    const char *name = wim_node_name_utf8(wim->pool, node);
    struct file *file = NULL;
    uint32_t entry;
    if (name == NULL) {
        error_no_memory(error, "a file of the WIM");
        return NULL;
    }
    if (node->added_contents != NULL) {
        struct wim_added_blob *blob = node->added_contents;
        file = file_rename(wim->pool, blob->file, name);
        if (file != NULL && wim_added_is_late(blob) && /* they are fixed then */
            (wim_added_hash(blob, error) ||
             file_slice(wim->pool, file, 0, wim_added_size(blob), &file, error))) {
            return NULL;
        }
    } else if (wim_sha1_is_zero(sha1)) {
        file = file_from_memory(wim->pool, name, "", 0);
    } else if (wim_lookup_find(wim, sha1, &entry)) {
        struct wim_blob_reader *blob = find_reader(wim, entry, path);
        if (blob != NULL) {
            file = file_from_reader(wim->pool, name, &blob->reader, blob->size);
        }
    } else {
        error_set(error, "its contents are not in the WIM");
        return NULL;
    }
    if (file == NULL) {
        error_no_memory(error, "a file of the WIM");
    }
    return file;
}

/* "boot.wim image 2, \Windows\..."; NULL without memory. */
static const char *describe_origin(const struct wim_tree *tree, const char *path)
{
    static const char format[] = "%s image %u, %s";
    const char *wim = tree->wim->name;
    size_t size = format_string(NULL, 0, format, wim, tree->index, path) + 1;
    char *text = pool_allocate(tree->wim->pool, size);
    if (text != NULL) {
        format_string(text, size, format, wim, tree->index, path);
    }
    return text;
}

static int find(struct wim_tree *tree, const char *path, struct file **file, struct error *error)
{
    struct wim_node *node;
    if (wim_tree_find(tree, path, &node, error)) {
        return -1;
    }
    if (node == NULL) {
        return wim_tree_verify(tree, error);
    }
    if (wim_node_is_directory(node)) {
        return error_set(error, "is a directory");
    }
    if (node->entry->attributes & WIM_ATTRIBUTE_REPARSE_POINT) {
        return error_set(error, "is a link (reparse point), which is not followed");
    }
    if (node->entry->attributes & WIM_ATTRIBUTE_ENCRYPTED) {
        return error_set(error, "is encrypted (EFS) and cannot be read");
    }
    *file = make_file(tree->wim, node, path, error);
    if (*file == NULL) {
        return -1;
    }
    (*file)->note = describe_origin(tree, path);
    return 0;
}

int wim_find(struct wim *wim, uint32_t index, const char *path, struct file **file,
             struct error *error)
{
    struct wim_tree *tree = wim_tree(wim, index, error);
    *file = NULL;
    if (tree == NULL) {
        return -1;
    }
    if (find(tree, path, file, error)) {
        return wim_path_error(wim->name, path, error);
    }
    return 0;
}

/* Bytes of the unnamed data stream of a node. */
static uint64_t node_size(const struct wim *wim, const struct wim_node *node)
{
    const uint8_t *sha1 = wim_node_contents(node);
    uint32_t entry;
    if (node->added_contents != NULL) {
        return wim_added_size(node->added_contents);
    }
    if (node->entry->attributes & (WIM_ATTRIBUTE_DIRECTORY | WIM_ATTRIBUTE_REPARSE_POINT) ||
        wim_sha1_is_zero(sha1)) {
        return 0;
    }
    return wim_lookup_find(wim, sha1, &entry) ? wim_lookup_size(wim, entry) : 0;
}

/* SHA-1 of the unnamed data stream of a node. */
static const uint8_t *node_sha1(const struct wim_node *node)
{
    static const uint8_t none[SHA1_SIZE];
    if (node->added_contents != NULL) {
        return node->added_contents->sha1;
    }
    return node->entry->attributes & WIM_ATTRIBUTE_REPARSE_POINT ? none : wim_node_contents(node);
}

static int list(struct wim_tree *tree, const char *path,
                bool (*visit)(void *context, const struct wim_entry *entry), void *context,
                struct error *error)
{
    struct wim_node *directory;
    if (wim_tree_verify(tree, error) || wim_tree_find(tree, path, &directory, error)) {
        return -1;
    }
    if (directory == NULL) {
        return error_set(error, "there is no such directory");
    }
    if (!wim_node_is_directory(directory)) {
        return error_set(error, "is not a directory");
    }
    if (wim_tree_scan(tree, directory, error)) {
        return -1;
    }
    for (const struct wim_node *node = directory->first_child; node != NULL; node = node->next) {
        char name[PATH_NAME_MAX * 3 + 1];
        size_t unit_count;
        const void *units = wim_node_name(node, &unit_count);
        if (node->added_contents != NULL && wim_added_hash(node->added_contents, error)) {
            return -1;
        }
        utf8_from_utf16(units, unit_count, name, sizeof(name));
        struct wim_entry entry = {.name = name,
                                  .attributes = node->entry->attributes,
                                  .size = node_size(tree->wim, node),
                                  .sha1 = node_sha1(node)};
        if (!visit(context, &entry)) {
            break;
        }
    }
    return 0;
}

int wim_list(struct wim *wim, uint32_t index, const char *path,
             bool (*visit)(void *context, const struct wim_entry *entry), void *context,
             struct error *error)
{
    struct wim_tree *tree = wim_tree(wim, index, error);
    if (tree == NULL) {
        return -1;
    }
    if (list(tree, path, visit, context, error)) {
        return wim_path_error(wim->name, path, error);
    }
    return 0;
}
