/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An nbdkit plugin that serves the virtual disk: nbdkit is the server, this answers its reads with
 * volume_read(). Started by `wimboot-preview --nbd`, which passes on its own command line:
 *
 *     nbdkit wimboot-nbdkit.so arg=--firmware arg=bios arg=boot.wim ...
 */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/arguments.h"

enum { ARGUMENTS_MAX = 4096 };

static char *words[ARGUMENTS_MAX + 1] = {"wimboot-preview"};
static int word_count = 1;
static struct volume *volume;

static int take_config(const char *key, const char *value)
{
    if (strcmp(key, "arg") != 0 || word_count == ARGUMENTS_MAX) {
        nbdkit_error("%s: unknown parameter, or more than %d words", key, ARGUMENTS_MAX);
        return -1;
    }
    words[word_count] = strdup(value);
    return words[word_count++] != NULL ? 0 : -1;
}

static int prepare(void)
{
    static struct arguments arguments;
    static struct boot boot;
    struct error error;
    arguments_parse(&arguments, word_count, words);
    boot.pool = pool_create();
    if (boot.pool == NULL || preview_prepare(&arguments.preview, &arguments.machines[0], &boot,
                                             &volume, &error) != PREVIEW_BOOTS) {
        nbdkit_error("%s", boot.pool == NULL ? "out of memory" : error.text);
        return -1;
    }
    return 0;
}

static void *open_connection(int readonly)
{
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t size(void *handle)
{
    return (int64_t)volume->sector_count * SECTOR_SIZE;
}

static int never_writes(void *handle)
{
    return 0;
}

static int preferred_block_size(void *handle, uint32_t *least, uint32_t *preferred, uint32_t *most)
{
    *least = SECTOR_SIZE;
    *preferred = 64 * 1024;
    *most = 0xFFFFFFFF;
    return 0;
}

/* Clients may request any bytes; the volume has sectors. */
static int read_bytes(void *handle, void *buffer, uint32_t count, uint64_t offset, uint32_t flags)
{
    uint8_t *to = buffer;
    struct error error;
    while (count > 0) {
        uint32_t skipped = offset % SECTOR_SIZE;
        uint64_t lba = offset / SECTOR_SIZE;
        uint32_t done;
        int rc;
        if (skipped == 0 && count >= SECTOR_SIZE) {
            done = count - count % SECTOR_SIZE;
            rc = volume_read(volume, lba, done / SECTOR_SIZE, to, &error);
        } else {
            uint8_t sector[SECTOR_SIZE];
            done = SECTOR_SIZE - skipped < count ? SECTOR_SIZE - skipped : count;
            rc = volume_read(volume, lba, 1, sector, &error);
            memcpy(to, sector + skipped, done);
        }
        if (rc != 0) {
            nbdkit_error("%s", error.text);
            nbdkit_set_error(EIO);
            return -1;
        }
        to += done;
        offset += done;
        count -= done;
    }
    return 0;
}

#define THREAD_MODEL NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS

static struct nbdkit_plugin plugin = {
    .name = "wimboot",
    .description = "the virtual disk that wimboot would show",
    .version = WIMBOOT_VERSION,
    .config = take_config,
    .get_ready = prepare,
    .open = open_connection,
    .get_size = size,
    .can_write = never_writes,
    .block_size = preferred_block_size,
    .pread = read_bytes,
};

NBDKIT_REGISTER_PLUGIN(plugin)
