/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and contents of a directory entry. wim_tree.c has checked the entries that are used here.
 */
#include "wim/wim_node.h"

#include <string.h>

#include "base/memory.h"
#include "base/unicode.h"
#include "wim/wim_format.h"

bool wim_node_is_directory(const struct wim_node *node)
{
    return (node->entry->attributes & WIM_ATTRIBUTE_DIRECTORY) &&
           !(node->entry->attributes & WIM_ATTRIBUTE_REPARSE_POINT);
}

const void *wim_node_name(const struct wim_node *node, size_t *unit_count)
{
    *unit_count = node->entry->name_length / 2;
    return node->entry + 1;
}

const void *wim_node_short_name(const struct wim_node *node, size_t *unit_count)
{
    size_t name_length = node->entry->name_length;
    *unit_count = node->entry->short_name_length / 2;
    return (const uint8_t *)(node->entry + 1) + (name_length ? name_length + 2 : 0);
}

const char *wim_node_name_utf8(struct pool *pool, const struct wim_node *node)
{
    size_t unit_count;
    const void *units = wim_node_name(node, &unit_count);
    size_t length = utf8_from_utf16(units, unit_count, NULL, 0);
    char *name = pool_allocate(pool, length + 1);
    if (name != NULL) {
        utf8_from_utf16(units, unit_count, name, length + 1);
    }
    return name;
}

const struct wim_stream_disk *wim_node_next_stream(const struct wim_node *node,
                                                   const struct wim_stream_disk *stream,
                                                   unsigned *number)
{
    if ((*number)++ == node->entry->stream_count) {
        return NULL;
    }
    if (stream == NULL) {
        return (const void *)((const uint8_t *)node->entry + wim_align8(node->entry->length));
    }
    return (const void *)((const uint8_t *)stream + wim_align8(stream->length));
}

size_t wim_node_entry_size(const struct wim_node *node)
{
    const struct wim_stream_disk *stream = NULL, *last = NULL;
    unsigned number = 0;
    while ((stream = wim_node_next_stream(node, stream, &number)) != NULL) {
        last = stream;
    }
    if (last == NULL) {
        return (size_t)wim_align8(node->entry->length);
    }
    return (size_t)((const uint8_t *)last - (const uint8_t *)node->entry) +
           (size_t)wim_align8(last->length);
}

const uint8_t *wim_node_contents(const struct wim_node *node)
{
    const struct wim_stream_disk *stream = NULL;
    unsigned number = 0;
    if (wim_sha1_is_zero(node->entry->sha1)) {
        while ((stream = wim_node_next_stream(node, stream, &number)) != NULL) {
            if (!stream->name_length) {
                return stream->sha1;
            }
        }
    }
    return node->entry->sha1;
}
