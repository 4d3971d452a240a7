/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a firmware's file system. See firmware_file.h. */
#include "plugins/efi_fs/firmware_file.h"

#include <string.h>

#include "base/unicode.h"
#include "base/work.h"
#include "digest/digest.h"

enum {
    ENTRY_COST = 4096,     /* bytes moved in the time of reading a directory entry */
    BLOCK_COUNT = 8,       /* of the cache; larger reads go around it */
    NAME_UNITS_MAX = 4096, /* of a directory entry's name: far more than any file system has */
};

struct firmware_file {
    struct reader reader;
    struct firmware_volume *volume;
    struct firmware_file *next; /* of the same volume */
    EFI_FILE *handle;           /* NULL until first read */
    const CHAR16 *name;
    const char *display_name;         /* UTF-8 */
    uint64_t size;                    /* bytes */
    uint64_t position;                /* of the handle */
    struct fingerprint *fingerprints; /* of each block, if the file is pinned; else NULL */
};

enum {
    FINGERPRINT_SIZE = 32,
    PINNED_BLOCKS_MAX = 1 << 21, /* 64 GiB */
};

/* SHA-256 of a block when it was first read. */
struct fingerprint {
    bool is_known;
    uint8_t bytes[FINGERPRINT_SIZE];
};

struct block {
    const struct firmware_file *file; /* NULL: empty */
    uint64_t offset;                  /* multiple of the volume's block size */
    size_t length;
    uint64_t last_use;
    uint8_t *bytes; /* NULL until first used */
};

struct firmware_volume {
    struct pool *pool;
    EFI_FILE *root;
    struct firmware_file *files;
    size_t block_size; /* bytes */
    struct block blocks[BLOCK_COUNT];
    uint64_t clock; /* counts uses of blocks */
};

static void close_volume(void *object)
{
    struct firmware_volume *volume = object;
    for (struct firmware_file *file = volume->files; file != NULL; file = file->next) {
        if (file->handle != NULL) {
            file->handle->Close(file->handle);
        }
    }
    volume->root->Close(volume->root);
}

struct firmware_volume *firmware_volume_open(struct pool *pool,
                                             EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *file_system,
                                             size_t block_size, struct error *error)
{
    struct firmware_volume *volume = pool_allocate(pool, sizeof(*volume));
    if (volume == NULL) {
        error_no_memory(error, "the boot device's file system");
        return NULL;
    }
    volume->pool = pool;
    volume->block_size = block_size;
    EFI_STATUS status = file_system->OpenVolume(file_system, &volume->root);
    if (EFI_ERROR(status)) {
        error_set(error, "cannot open the file system that wimboot was started from: %s",
                  efi_status_name(status));
        return NULL;
    }
    if (pool_on_destroy(pool, close_volume, volume) != 0) {
        close_volume(volume);
        error_no_memory(error, "the boot device's file system");
        return NULL;
    }
    return volume;
}

/* Read a directory's next entry into *info, which grows as needed. *info_size is bytes of it;
 * *length becomes 0 at the end. */
static EFI_STATUS read_entry(EFI_FILE *directory, EFI_FILE_INFO **info, UINTN *info_size,
                             UINTN *length)
{
    for (;;) {
        *length = *info_size;
        EFI_STATUS status = directory->Read(directory, length, *info);
        if (!EFI_ERROR(status) && *length > *info_size) {
            return EFI_BAD_BUFFER_SIZE;
        }
        if (status != EFI_BUFFER_TOO_SMALL) {
            return status;
        }
        UINTN wanted = *length > *info_size ? *length : 2 * *info_size;
        if (wanted > SIZE_OF_EFI_FILE_INFO + NAME_UNITS_MAX * sizeof(CHAR16)) {
            return EFI_VOLUME_CORRUPTED;
        }
        EFI_FILE_INFO *bigger = memory_resize(*info, wanted);
        if (bigger == NULL) {
            return EFI_OUT_OF_RESOURCES;
        }
        *info = bigger;
        *info_size = wanted;
    }
}

/* Is there a NUL within the entry? Then its name is a string. */
static bool has_name(const EFI_FILE_INFO *info, UINTN length)
{
    for (size_t i = 0; SIZE_OF_EFI_FILE_INFO + (i + 1) * sizeof(CHAR16) <= length; i++) {
        if (info->FileName[i] == 0) {
            return i > 0;
        }
    }
    return false;
}

static int list_directory(EFI_FILE *directory,
                          int (*visit)(void *context, const struct firmware_entry *entry,
                                       struct error *error),
                          void *context, struct error *error)
{
    UINTN info_size = SIZE_OF_EFI_FILE_INFO + 256 * sizeof(CHAR16);
    EFI_FILE_INFO *info = memory_allocate(info_size);
    if (info == NULL) {
        return error_no_memory(error, "a directory of the boot device");
    }
    int rc = 0;
    while (rc == 0) {
        UINTN length;
        EFI_STATUS status = read_entry(directory, &info, &info_size, &length);
        if (EFI_ERROR(status)) {
            rc = error_set(error, "cannot read a directory of the boot device: %s",
                           efi_status_name(status));
            break;
        }
        if (length == 0) {
            break;
        }
        work_done.moved += ENTRY_COST;
        if (work_is_exhausted()) { /* a damaged directory may have no end */
            rc = error_set(error, "a directory of the boot device: " WORK_EXHAUSTED);
            break;
        }
        if (has_name(info, length)) {
            struct firmware_entry entry = {
                .name = info->FileName,
                .size = info->FileSize,
                .is_directory = (info->Attribute & EFI_FILE_DIRECTORY) != 0,
            };
            rc = visit(context, &entry, error);
        }
    }
    memory_free(info);
    return rc < 0 ? -1 : 0;
}

int firmware_volume_list(struct firmware_volume *volume, const CHAR16 *path,
                         int (*visit)(void *context, const struct firmware_entry *entry,
                                      struct error *error),
                         void *context, struct error *error)
{
    EFI_FILE *root = volume->root, *directory;
    if (path[0] == 0) {
        root->SetPosition(root, 0);
        return list_directory(root, visit, context, error);
    }
    EFI_STATUS status = root->Open(root, &directory, (CHAR16 *)path, EFI_FILE_MODE_READ, 0);
    if (EFI_ERROR(status)) {
        return error_set(error, "the firmware cannot open a directory: %s",
                         efi_status_name(status));
    }
    int rc = list_directory(directory, visit, context, error);
    directory->Close(directory);
    return rc;
}

static int open_file(struct firmware_file *file, struct error *error)
{
    EFI_FILE *root = file->volume->root;
    EFI_STATUS status =
        root->Open(root, &file->handle, (CHAR16 *)file->name, EFI_FILE_MODE_READ, 0);
    if (EFI_ERROR(status)) {
        file->handle = NULL;
        return error_set(error, "%s: the firmware cannot open it: %s", file->display_name,
                         efi_status_name(status));
    }
    file->position = 0;
    return 0;
}

/* Read directly from the firmware, which may deliver less at a time than requested. */
static int read_firmware(struct firmware_file *file, uint64_t offset, void *buffer, size_t length,
                         struct error *error)
{
    if (file->handle == NULL && open_file(file, error) != 0) {
        return -1;
    }
    EFI_STATUS status = EFI_SUCCESS;
    if (file->position != offset) {
        status = file->handle->SetPosition(file->handle, offset);
    }
    uint8_t *to = buffer;
    size_t done = 0;
    while (!EFI_ERROR(status) && done < length) {
        UINTN size = length - done;
        status = file->handle->Read(file->handle, &size, to + done);
        if (!EFI_ERROR(status) && (size == 0 || size > length - done)) {
            status = EFI_END_OF_FILE;
        }
        if (!EFI_ERROR(status)) {
            done += size;
        }
    }
    if (EFI_ERROR(status)) {
        file->position = UINT64_MAX; /* unknown */
        return error_set(error, "%s: cannot read %zu bytes at offset 0x%llx: %s",
                         file->display_name, length - done, (unsigned long long)offset + done,
                         efi_status_name(status));
    }
    file->position = offset + length;
    return 0;
}

/* Compare a block of a pinned file with its fingerprint. */
static int check_block(struct firmware_file *file, uint64_t offset, const void *bytes,
                       size_t length, struct error *error)
{
    const struct digest *digest = digest_find("sha256");
    struct fingerprint *fingerprint = &file->fingerprints[offset / file->volume->block_size];
    uint8_t result[FINGERPRINT_SIZE];
    struct digest_state state;
    digest->start(&state);
    digest->update(&state, bytes, length);
    digest->finish(&state, result);
    if (!fingerprint->is_known) {
        fingerprint->is_known = true;
        memcpy(fingerprint->bytes, result, sizeof(result));
        return 0;
    }
    if (memcmp(fingerprint->bytes, result, sizeof(result)) != 0) {
        return error_set(error,
                         "%s: the %zu bytes at offset 0x%llx differ from those that were "
                         "verified: the boot device or its contents were changed",
                         file->display_name, length, (unsigned long long)offset);
    }
    return 0;
}

/* Read whole blocks, the last one of the file perhaps excepted. */
static int read_blocks(struct firmware_file *file, uint64_t offset, uint8_t *buffer, size_t length,
                       struct error *error)
{
    size_t block_size = file->volume->block_size;
    if (read_firmware(file, offset, buffer, length, error) != 0) {
        return -1;
    }
    for (size_t done = 0; file->fingerprints != NULL && done < length; done += block_size) {
        size_t piece = length - done < block_size ? length - done : block_size;
        if (check_block(file, offset + done, buffer + done, piece, error) != 0) {
            return -1;
        }
    }
    return 0;
}

/* From now on each block is compared with its contents at the next read. */
static int pin_file(struct reader *reader, struct error *error)
{
    struct firmware_file *file = (struct firmware_file *)reader;
    struct firmware_volume *volume = file->volume;
    const struct digest *digest = digest_find("sha256");
    if (file->fingerprints != NULL) {
        return 0;
    }
    if (digest == NULL || digest->size != FINGERPRINT_SIZE) {
        return error_set(error, "%s: cannot be verified: sha256 is not in this build",
                         file->display_name);
    }
    if (file->size / volume->block_size >= PINNED_BLOCKS_MAX) {
        return error_set(error, "%s: too large to be verified: %llu bytes", file->display_name,
                         (unsigned long long)file->size);
    }
    size_t block_count = (size_t)(file->size / volume->block_size) + 1;
    file->fingerprints =
        pool_allocate_array(volume->pool, block_count, sizeof(*file->fingerprints));
    if (file->fingerprints == NULL) {
        return error_no_memory(error, "%s: the digests of its %zu blocks", file->display_name,
                               block_count);
    }
    for (struct block *block = volume->blocks; block < volume->blocks + BLOCK_COUNT; block++) {
        if (block->file == file) {
            block->file = NULL;
        }
    }
    return 0;
}

/* The cached block that holds a byte of a file, read if need be. */
static const struct block *cached_block(struct firmware_file *file, uint64_t offset,
                                        struct error *error)
{
    struct firmware_volume *volume = file->volume;
    uint64_t start = offset - offset % volume->block_size;
    struct block *oldest = &volume->blocks[0];
    for (struct block *block = volume->blocks; block < volume->blocks + BLOCK_COUNT; block++) {
        if (block->file == file && block->offset == start) {
            block->last_use = ++volume->clock;
            return block;
        }
        if (block->last_use < oldest->last_use) {
            oldest = block;
        }
    }
    uint64_t left = file->size - start;
    if (oldest->bytes == NULL) {
        oldest->bytes = pool_allocate(volume->pool, volume->block_size);
    }
    if (oldest->bytes == NULL) {
        error_no_memory(error, "reading %s", file->display_name);
        return NULL;
    }
    oldest->file = NULL;
    oldest->offset = start;
    oldest->length = left < volume->block_size ? (size_t)left : volume->block_size;
    if (read_blocks(file, start, oldest->bytes, oldest->length, error) != 0) {
        return NULL;
    }
    oldest->file = file;
    oldest->last_use = ++volume->clock;
    return oldest;
}

/* How much to read at once without the cache; a small rest goes through it. Of a pinned file, only
 * whole blocks. */
static size_t direct_length(const struct firmware_file *file, uint64_t offset, size_t length)
{
    size_t block_size = file->volume->block_size;
    if (length < block_size) {
        return 0;
    }
    if (file->fingerprints == NULL) {
        return length;
    }
    return offset % block_size == 0 ? length - length % block_size : 0;
}

static int read_file(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                     struct error *error)
{
    struct firmware_file *file = (struct firmware_file *)reader;
    uint8_t *to = buffer;
    while (length > 0) {
        size_t count = direct_length(file, offset, length);
        if (count > 0) {
            if (read_blocks(file, offset, to, count, error) != 0) {
                return -1;
            }
        } else {
            const struct block *block = cached_block(file, offset, error);
            if (block == NULL) {
                return -1;
            }
            size_t within = (size_t)(offset - block->offset);
            count = block->length - within < length ? block->length - within : length;
            memcpy(to, block->bytes + within, count);
        }
        to += count;
        offset += count;
        length -= count;
    }
    return 0;
}

static size_t name_length(const CHAR16 *name)
{
    size_t units = 0;
    while (name[units] != 0) {
        units++;
    }
    return units;
}

struct file *firmware_file(struct firmware_volume *volume, const CHAR16 *path, uint64_t size,
                           struct error *error)
{
    size_t units = name_length(path);
    size_t utf8_size = utf8_from_utf16(path, units, NULL, 0) + 1;
    struct firmware_file *file = pool_allocate(volume->pool, sizeof(*file));
    CHAR16 *name_copy = pool_allocate_array(volume->pool, units + 1, sizeof(CHAR16));
    char *display_name = pool_allocate(volume->pool, utf8_size);
    struct file *result = NULL;
    if (file != NULL && name_copy != NULL && display_name != NULL) {
        memcpy(name_copy, path, units * sizeof(CHAR16));
        utf8_from_utf16(path, units, display_name, utf8_size);
        if (size > FILE_SIZE_MAX) {
            error_set(error, "%s: the firmware says that it has %llu bytes, which is impossible",
                      display_name, (unsigned long long)size);
            return NULL;
        }
        *file = (struct firmware_file){
            .reader = {.read = read_file, .pin = pin_file},
            .volume = volume,
            .next = volume->files,
            .name = name_copy,
            .display_name = display_name,
            .size = size,
        };
        volume->files = file;
        result = file_from_reader(volume->pool, display_name, &file->reader, size);
    }
    if (result == NULL) {
        error_no_memory(error, "the files of the boot device");
    }
    return result;
}

bool firmware_file_size(struct firmware_volume *volume, const CHAR16 *name, uint64_t *size)
{
    static EFI_GUID file_info_guid = EFI_FILE_INFO_ID;
    EFI_FILE *handle;
    EFI_FILE *root = volume->root;
    if (EFI_ERROR(root->Open(root, &handle, (CHAR16 *)name, EFI_FILE_MODE_READ, 0))) {
        return false;
    }
    _Alignas(8) uint8_t buffer[SIZE_OF_EFI_FILE_INFO + 256 * sizeof(CHAR16)];
    EFI_FILE_INFO *info = (EFI_FILE_INFO *)buffer;
    UINTN length = sizeof(buffer);
    EFI_STATUS status = handle->GetInfo(handle, &file_info_guid, &length, info);
    handle->Close(handle);
    if (EFI_ERROR(status) || length < SIZE_OF_EFI_FILE_INFO) {
        return false;
    }
    *size = info->FileSize;
    return (info->Attribute & EFI_FILE_DIRECTORY) == 0;
}
