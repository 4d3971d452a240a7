/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, making and writing stores. */
#include "bcd/bcd.h"

#include "files/sniff.h"
#include "files/soundness.h"

/* The error for text: it is mostly a server's error message. */
static int text_instead(const struct file *file, struct error *error)
{
    char line[80] = "";
    size_t length = file->size < sizeof(line) - 1 ? (size_t)file->size : sizeof(line) - 1;
    if (file_read(file, 0, line, length, error) != 0) {
        return -1;
    }
    for (size_t i = 0; i < length; i++) {
        if (line[i] < 0x20 || line[i] > 0x7E) {
            line[i] = '\0';
        }
    }
    return error_set(error, "%s: not a BCD store but text: \"%s\"", file->name, line);
}

/* The error for a file that is not a hive: most often the web server sent something else. */
static int not_a_store(const struct file *file, struct error *error)
{
    enum content content = file->size ? sniff(file, NULL) : CONTENT_UNKNOWN;
    if (file->size == 0) {
        return error_set(error, "%s: empty; it should be a BCD store", file->name);
    }
    if (content == CONTENT_HTML) {
        return error_set(error,
                         "%s: not a BCD store but an HTML page: the web server sent its error page "
                         "or a log-in form; open the URL in a browser to see it",
                         file->name);
    }
    if (content == CONTENT_GZIP) {
        return error_set(error,
                         "%s: not a BCD store but gzip data: unpack it, or tell the web server not "
                         "to compress it",
                         file->name);
    }
    if (content == CONTENT_TEXT) {
        return text_instead(file, error);
    }
    if (content == CONTENT_HIVE) {
        return error_set(error, "%s: cut short: %u bytes are not even the header of a hive",
                         file->name, (unsigned)file->size);
    }
    if (content != CONTENT_UNKNOWN) {
        return error_set(error, "%s: not a BCD store but %s: is this the right file?", file->name,
                         content_name(content));
    }
    return error_set(error,
                     "%s: not a BCD store: it does not start with \"regf\"; take \\Boot\\BCD from "
                     "Windows media, or give none to have one made",
                     file->name);
}

int bcd_open(struct pool *pool, const struct file *file, struct bcd **bcd, struct error *error)
{
    enum { HEADER_SIZE = 4096 };
    char signature[4];
    const void *bytes = NULL;
    if (file->size < HEADER_SIZE || file_read(file, 0, signature, 4, error) != 0 ||
        signature[0] != 'r' || signature[1] != 'e' || signature[2] != 'g' || signature[3] != 'f') {
        return not_a_store(file, error);
    }
    bytes = file_load(pool, file, error);
    if (bytes == NULL) {
        return -1;
    }
    struct bcd *opened = pool_allocate(pool, sizeof(*opened));
    if (opened == NULL) {
        return error_no_memory(error, "the BCD store %s", file->name);
    }
    if (hive_read(pool, bytes, (size_t)file->size, &opened->hive, error) != 0) {
        struct error damage;
        uint64_t length;
        if (sniff(file, &length) == CONTENT_HIVE && length < file->size &&
            file_check_soundness(file, CONTENT_HIVE, &damage) != 0) {
            *error = damage; /* line ends were converted, which only makes a file longer */
            return -1;
        }
        return error_prefix(error, "%s: ", file->name);
    }
    opened->pool = pool;
    opened->original = file;
    opened->objects = hive_find(opened->hive->root, "Objects");
    if (opened->objects == NULL) {
        return error_set(error,
                         "%s: a registry hive, but not a BCD store: it has no key \"Objects\"",
                         file->name);
    }
    *bcd = opened;
    return 0;
}

struct bcd *bcd_create(struct pool *pool)
{
    static const uint16_t key_name[] = u"BCD00000001";
    struct bcd *bcd = pool_allocate(pool, sizeof(*bcd));
    struct hive *hive = hive_create(pool, "NewStoreRoot");
    if (bcd == NULL || hive == NULL) {
        return NULL;
    }
    struct hive_key *description = hive_add_key(hive, hive->root, "Description");
    bcd->pool = pool;
    bcd->hive = hive;
    bcd->objects = hive_add_key(hive, hive->root, "Objects");
    bcd->changed = true;
    if (description == NULL || bcd->objects == NULL ||
        hive_set_value(hive, description, "KeyName", HIVE_SZ, key_name, sizeof(key_name)) != 0) {
        return NULL;
    }
    return bcd;
}

int bcd_file(struct bcd *bcd, const struct file **file, struct error *error)
{
    const char *name = bcd->original != NULL ? bcd->original->name : "BCD";
    if (bcd->original != NULL && !bcd->changed && bcd->hive->warning == NULL) {
        *file = bcd->original;
        return 0;
    }
    const void *bytes;
    size_t size;
    if (hive_write(bcd->hive, &bytes, &size, error) != 0) {
        return error_prefix(error, "%s: ", name);
    }
    *file = file_from_memory(bcd->pool, name, bytes, size);
    return *file != NULL ? 0 : error_no_memory(error, "the BCD store %s", name);
}
