/* SPDX-License-Identifier: BSD-2-Clause */
/* The soundness of given files. See soundness.h. */
#include "files/soundness.h"

#include <string.h>

#include "base/little_endian.h"

enum {
    EXAMINED_MAX = 256 * 1024, /* bytes in which line ends are counted */
    LINE_ENDS_MIN = 8,         /* fewer could all follow a CR by chance */

    SDI_RECORDS = 0x400,
    SDI_RECORD_SIZE = 64,
    SDI_RECORDS_MAX = 48,
};

/* Whether every LF follows a CR: a transfer in text mode turned each into two bytes. In binary data
 * one LF in 256 follows a CR by chance. */
static bool has_only_crlf(const struct file *file)
{
    uint8_t piece[4096], last = 0;
    unsigned count = 0;
    for (uint64_t offset = 0; offset < file->size && offset < EXAMINED_MAX;) {
        uint64_t left = file->size - offset;
        size_t length = left < sizeof(piece) ? (size_t)left : sizeof(piece);
        if (file_read(file, offset, piece, length, NULL) != 0) {
            return false;
        }
        for (size_t i = 0; i < length; i++) {
            if (piece[i] == '\n') {
                if (last != '\r') {
                    return false;
                }
                count++;
            }
            last = piece[i];
        }
        offset += length;
    }
    return count >= LINE_ENDS_MIN;
}

/* A boot manager looks for the partition in an SDI, and for the place of the WIM after it. */
static bool has_sdi_record(const struct file *file, const char *type)
{
    for (unsigned i = 0; i < SDI_RECORDS_MAX; i++) {
        uint8_t record[SDI_RECORD_SIZE];
        uint64_t offset = SDI_RECORDS + (uint64_t)i * SDI_RECORD_SIZE;
        if (offset > file->size || file->size - offset < sizeof(record) ||
            file_read(file, offset, record, sizeof(record), NULL) != 0 || record[0] == 0) {
            return false;
        }
        if (strncmp((const char *)record, type, 8) == 0) {
            return true;
        }
    }
    return false;
}

static int converted(const struct file *file, struct error *error)
{
    return error_set(error,
                     "%s: its line ends were converted (LF to CR LF), which destroys binary files: "
                     "transfer it in binary mode",
                     file->name);
}

int file_check_soundness(const struct file *file, enum content expected, struct error *error)
{
    uint64_t length = 0;
    if (file->size == 0) {
        return error_set(error, "%s is empty: check what the server sends", file->name);
    }
    enum content content = sniff(file, &length);
    if (content != expected) {
        if (content == CONTENT_UNKNOWN && has_only_crlf(file)) {
            return converted(file, error);
        }
        const char *remedy = content_remedy(content);
        return error_set(error, "%s is %s, not %s: %s", file->name, content_name(content),
                         content_name(expected),
                         remedy != NULL ? remedy : "check what the server sends");
    }
    if (length != 0 && length != file->size && has_only_crlf(file)) {
        return converted(file, error);
    }
    if (length == UINT64_MAX) {
        return error_set(error, "%s is %s with a damaged header", file->name,
                         content_name(content));
    }
    if (length > file->size) {
        return error_set(error,
                         "%s is %s of %llu bytes by its own header, but has only %llu: it was cut "
                         "short on the way",
                         file->name, content_name(content), (unsigned long long)length,
                         (unsigned long long)file->size);
    }
    if (content == CONTENT_SDI && (!has_sdi_record(file, "PART") || !has_sdi_record(file, "WIM"))) {
        return error_set(error,
                         "%s is an SDI image, but has no partition and place for a WIM in it: it "
                         "is not a boot.sdi of Windows",
                         file->name);
    }
    return 0;
}
