/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disk plugin "image": the disk as a sparse file, for use with other tools.
 */
#include "plugins/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"
#include "volume/disk.h"

enum { PIECE_SECTORS = 2048 };

static const char *image_path;

void image_set_path(const char *path)
{
    image_path = path;
}

static bool is_zero(const uint8_t *bytes, size_t length)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

static int write_all(int file, const uint8_t *bytes, size_t length, uint64_t offset)
{
    while (length > 0) {
        ssize_t written = pwrite(file, bytes, length, (off_t)offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return -1;
        }
        bytes += written;
        length -= (size_t)written;
        offset += (size_t)written;
    }
    return 0;
}

/* Write what is not zero, up to the last cluster in use. */
static int write_disk(int file, const struct volume *volume, uint8_t *piece, struct error *error)
{
    uint32_t used = volume->cluster_count - volume->free_cluster_count;
    uint64_t end = volume->data_lba + (uint64_t)used * VOLUME_CLUSTER_SECTORS;
    for (uint64_t lba = 0; lba < end; lba += PIECE_SECTORS) {
        uint32_t count = end - lba < PIECE_SECTORS ? (uint32_t)(end - lba) : PIECE_SECTORS;
        size_t length = (size_t)count * SECTOR_SIZE;
        if (volume_read(volume, lba, count, piece, error) < 0) {
            return -1;
        }
        if (!is_zero(piece, length) && write_all(file, piece, length, lba * SECTOR_SIZE) < 0) {
            return error_set(error, "%s: %s", image_path, strerror(errno));
        }
    }
    return 0;
}

static int attach(struct volume *volume, char *description, size_t size, struct error *error)
{
    if (image_path == NULL) {
        return error_set(error, "no file is named to write the disk to");
    }
    int file = open(image_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        return error_set(error, "%s: %s", image_path, strerror(errno));
    }
    int status = -1;
    uint8_t *piece = calloc(PIECE_SECTORS, SECTOR_SIZE);
    if (piece == NULL) {
        error_no_memory(error, "writing %s", image_path);
    } else if (ftruncate(file, (off_t)(volume->sector_count * SECTOR_SIZE)) < 0) {
        error_set(error, "%s: %s", image_path, strerror(errno));
    } else {
        status = write_disk(file, volume, piece, error);
    }
    free(piece);
    if (close(file) < 0 && status == 0) {
        status = error_set(error, "%s: %s", image_path, strerror(errno));
    }
    format_string(description, size, "file %s", image_path);
    return status;
}

static void detach(void)
{
}

PLUGIN(disk, image) = {
    .name = "image",
    .serves = "file",
    .attach = attach,
    .detach = detach,
};
