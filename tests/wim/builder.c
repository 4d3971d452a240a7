/* SPDX-License-Identifier: BSD-2-Clause */
/* See builder.h. */
#include "tests/wim/builder.h"

#include <check.h>
#include <string.h>

#include "digest/digest.h"
#include "wim/wim_format.h"

static void append(struct builder *builder, const void *bytes, size_t size)
{
    ck_assert_uint_le(size, sizeof(builder->bytes) - builder->size);
    memcpy(builder->bytes + builder->size, bytes, size);
    builder->size += size;
}

static size_t grow_metadata(struct builder *builder, size_t size)
{
    size_t position = builder->metadata_size;
    ck_assert_uint_le(size, sizeof(builder->metadata) - position);
    memset(builder->metadata + position, 0, size);
    builder->metadata_size += size;
    return position;
}

/* Write a name with its terminator, if there is one. */
static uint8_t *put_name(uint8_t *at, const char *name)
{
    for (const char *c = name; c != NULL && *c; c++, at += 2) {
        *at = (uint8_t)*c;
    }
    return name != NULL && *name ? at + 2 : at;
}

static size_t name_size(const char *name)
{
    return name != NULL && *name ? strlen(name) * 2 + 2 : 0;
}

void builder_start(struct builder *builder)
{
    memset(builder, 0, sizeof(*builder));
    memcpy(builder->header.magic, "MSWIM\0\0", 8);
    builder->header.header_size = sizeof(builder->header);
    builder->header.version = WIM_VERSION_NORMAL;
    builder->header.part_number = builder->header.part_count = 1;
    builder->header.image_count = 1;
    builder->header.boot_index = 1;
    builder->size = sizeof(builder->header);
    grow_metadata(builder, 8);
    builder->metadata[0] = 8;
    builder->root = builder_add(builder, "", NULL, WIM_ATTRIBUTE_DIRECTORY, NULL);
    builder_end_list(builder);
    builder->entry_count = 1; /* the image's */
}

struct wim_directory_entry_disk *builder_entry(struct builder *builder, size_t position)
{
    return (struct wim_directory_entry_disk *)(builder->metadata + position);
}

void builder_list(struct builder *builder, size_t directory)
{
    builder_entry(builder, directory)->subdirectory = builder->metadata_size;
}

size_t builder_add(struct builder *builder, const char *name, const char *short_name,
                   uint32_t attributes, const uint8_t *sha1)
{
    size_t size = sizeof(struct wim_directory_entry_disk) + name_size(name) + name_size(short_name);
    size_t position = grow_metadata(builder, (size_t)wim_align8(size));
    struct wim_directory_entry_disk *entry = builder_entry(builder, position);
    entry->length = wim_align8(size);
    entry->attributes = attributes;
    entry->security_id = UINT32_MAX;
    entry->times[0] = entry->times[1] = entry->times[2] = 0x01d5c03669050000;
    if (sha1 != NULL) {
        memcpy(entry->sha1, sha1, sizeof(entry->sha1));
    }
    entry->name_length = (uint16_t)(strlen(name) * 2);
    entry->short_name_length = (uint16_t)(short_name != NULL ? strlen(short_name) * 2 : 0);
    put_name(put_name((uint8_t *)(entry + 1), name), short_name);
    builder->last = position;
    return position;
}

void builder_add_stream(struct builder *builder, const char *name, const uint8_t *sha1)
{
    size_t size = (size_t)wim_align8(sizeof(struct wim_stream_disk) + name_size(name));
    struct wim_stream_disk *stream =
        (struct wim_stream_disk *)(builder->metadata + grow_metadata(builder, size));
    stream->length = size;
    stream->name_length = (uint16_t)(strlen(name) * 2);
    if (sha1 != NULL) {
        memcpy(stream->sha1, sha1, sizeof(stream->sha1));
    }
    put_name((uint8_t *)(stream + 1), name);
    builder_entry(builder, builder->last)->stream_count++;
}

void builder_end_list(struct builder *builder)
{
    grow_metadata(builder, 8);
}

struct wim_lookup_disk *builder_add_blob(struct builder *builder, const char *text,
                                         uint8_t sha1[20])
{
    struct wim_lookup_disk *entry = &builder->entries[builder->entry_count++];
    size_t size = strlen(text);
    ck_assert_uint_lt(builder->entry_count, BUILDER_ENTRY_MAX);
    sha1_of_bytes(text, size, sha1);
    *entry = (struct wim_lookup_disk){
        .resource = {.size_and_flags = size, .offset = builder->size, .original_size = size},
        .part_number = 1,
        .references = 1};
    memcpy(entry->sha1, sha1, 20);
    append(builder, text, size);
    return entry;
}

void builder_add_sample(struct builder *builder)
{
    uint8_t sha1[20];
    builder_add_blob(builder, "contents", sha1);
    builder_list(builder, builder->root);
    builder_add(builder, "file.txt", NULL, WIM_ATTRIBUTE_NORMAL, sha1);
    builder_end_list(builder);
}

void builder_finish(struct builder *builder)
{
    static const char own_xml[] = "<WIM><TOTALBYTES>1</TOTALBYTES><IMAGE INDEX=\"1\"><NAME>one"
                                  "</NAME></IMAGE></WIM>";
    const char *xml = builder->xml != NULL ? builder->xml : own_xml;
    struct wim_lookup_disk *image = &builder->entries[0];
    struct wim_header_disk *header = &builder->header;
    image->resource = (struct wim_resource_disk){
        .size_and_flags = builder->metadata_size | (uint64_t)WIM_RESOURCE_METADATA << 56,
        .offset = builder->size,
        .original_size = builder->metadata_size};
    image->part_number = 1;
    image->references = 1;
    sha1_of_bytes(builder->metadata, builder->metadata_size, image->sha1);
    append(builder, builder->metadata, builder->metadata_size);
    header->boot_metadata = image->resource;
    size_t table_size = builder->entry_count * sizeof(*builder->entries);
    header->lookup_table = (struct wim_resource_disk){
        .size_and_flags = table_size, .offset = builder->size, .original_size = table_size};
    append(builder, builder->entries, table_size);
    size_t xml_size = 2 + 2 * strlen(xml);
    header->xml = (struct wim_resource_disk){
        .size_and_flags = xml_size, .offset = builder->size, .original_size = xml_size};
    append(builder, "\xff\xfe", 2);
    for (; *xml; xml++) {
        append(builder, (char[]){*xml, 0}, 2);
    }
    memcpy(builder->bytes, header, sizeof(*header));
}
