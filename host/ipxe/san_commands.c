/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands for disks on servers: sanhook, sanunhook (https://ipxe.org/cmd/sanhook). The firmware
 * mounts what is on such a disk, so the loader finds its files; in BIOS it does not.
 */
#include <string.h>

#include "host/ipxe/interpreter.h"

enum { OPTION_DRIVE, OPTION_NO_DESCRIBE, OPTION_COUNT };

static const struct option_rule rules[] = {
    [OPTION_DRIVE] = {"drive", 'd', true},
    [OPTION_NO_DESCRIBE] = {"no-describe", 'n', false},
    [OPTION_COUNT] = {NULL, 0, false},
};

/* A disk that cannot be looked into here, such as one of iSCSI. */
static bool is_block_device(const char *uri)
{
    static const char *const schemes[] = {"iscsi:", "aoe:", "fcp:", "ib_srp:"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strncmp(uri, schemes[i], strlen(schemes[i])) == 0) {
            return true;
        }
    }
    return false;
}

static enum status hook(struct ipxe *ipxe, const char *uri)
{
    const char *path, *head;
    size_t size;
    if (is_block_device(uri)) {
        return ipxe_note(ipxe, "sanhook %s: assumed to succeed; the preview does not see its files",
                         uri);
    }
    const char *local = images_locate(ipxe, uri, &path);
    if (local == NULL) {
        return STATUS_STOP;
    }
    if (ipxe_read(ipxe, local, 1, &head, &size) != 0) {
        enum status noted =
            ipxe_note(ipxe, "%s: there is no %s: the disk cannot be hooked", uri, local);
        return noted == STATUS_OK ? STATUS_FAILED : noted;
    }
    if (ipxe->disk_count == IPXE_DISKS_MAX) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "more than %d disks", IPXE_DISKS_MAX);
    }
    ipxe->disks[ipxe->disk_count++] = (struct ipxe_disk){.uri = uri, .path = local};
    return STATUS_OK;
}

/* More than one URI: several ways to the same disk, of which the first that works is used. */
static enum status run_hook(struct ipxe *ipxe, size_t count, char **words)
{
    const char *values[OPTION_COUNT];
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, values, 1, SIZE_MAX, &first);
    for (size_t i = first; status == STATUS_OK && i < count; i++) {
        status = hook(ipxe, words[i]);
        if (status != STATUS_FAILED) {
            return status;
        }
        status = i + 1 < count ? STATUS_OK : STATUS_FAILED;
    }
    return status;
}

static enum status run_unhook(struct ipxe *ipxe, size_t count, char **words)
{
    const char *values[OPTION_COUNT];
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, values, 0, 0, &first);
    if (status == STATUS_OK) {
        ipxe->disk_count = 0;
    }
    return status;
}

const struct command san_commands[] = {
    {"sanhook", run_hook}, {"sanunhook", run_unhook}, {NULL, NULL}};
