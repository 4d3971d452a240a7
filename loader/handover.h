/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-over: how a platform accepts a boot manager, shows it the volume and starts it. bios/,
 * efi/ and host/ each implement these functions; the rest that the core needs from them is
 * in base/machine.h.
 */
#ifndef LOADER_HANDOVER_H
#define LOADER_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "files/file.h"
#include "volume/volume.h"

/** A boot manager that the firmware can start. Its contents are private to the platform. */
struct manager;

/**
 * Check whether the firmware can start this boot manager: under UEFI LoadImage(), which checks
 * signatures; in BIOS the PE headers and the memory it needs.
 *
 * @param pool owns the result: it is unloaded with the pool
 * @param file the boot manager; must stay valid
 * @param path where it will be on the virtual disk
 * @return NULL if it cannot be started
 */
struct manager *platform_load_manager(struct pool *pool, const struct file *file, const char *path,
                                      struct error *error);

/**
 * Ask the firmware whether it trusts a program that is never started: one with a script in it.
 * Under UEFI with Secure Boot, LoadImage() checks the signature; elsewhere nobody does.
 *
 * @param name       of the file, for messages
 * @param bytes      the whole file; what is used of it afterwards must be these very bytes
 * @param is_trusted written: whether a signature was checked, and is trusted
 * @return 0; -1 with the reason if Secure Boot refuses it
 */
int platform_check_signature(const char *name, const void *bytes, size_t size, bool *is_trusted,
                             struct error *error);

/** The result of platform_describe_memory(), in bytes. */
struct memory_use {
    uint64_t files;    /* what the files and the volume take */
    uint64_t resident; /* what stays of the loader itself */
    uint64_t manager;  /* what the boot manager's image takes; 0 if the firmware keeps it */
    uint64_t free;     /* what the boot manager finds free */
    uint64_t free_low; /* how much of that its RAM disk can be in: in BIOS, what is below 4 GB */
};

/**
 * Tell how the machine's memory is used.
 *
 * @param manager, volume NULL: there is none yet
 */
void platform_describe_memory(const struct manager *manager, const struct volume *volume,
                              struct memory_use *use);

/** Whether readers (file.h) work while the boot manager runs: if the loader stays in memory,
 * contents of a WIM need not be fetched before they are read. */
extern const bool platform_keeps_readers;

/**
 * Show the volume with the disk plugin and start the boot manager. Frees scratch memory.
 *
 * @return only if it failed or the boot manager returned, with the reason (status by name)
 */
int platform_boot(struct manager *manager, struct volume *volume, struct error *error);

#endif
