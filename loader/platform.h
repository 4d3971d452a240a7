/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a platform gives the core: console, memory, time, facts about the machine, the hand-over.
 * bios/, efi/ and host/ each implement these functions; the core calls nothing else of theirs, and
 * never includes their headers.
 */
#ifndef LOADER_PLATFORM_H
#define LOADER_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "files/file.h"
#include "volume/volume.h"

/* ---- console ---- */

/** Show UTF-8 text, "\n" ends a line. Also goes to serial ports and firmware logs that exist. */
void platform_write(const char *text, size_t length);

/** Clear the screen. */
void platform_clear(void);

/** Columns and rows of the console. */
void platform_screen_size(unsigned *columns, unsigned *rows);

/** Keys that are not characters. */
enum {
    KEY_NONE = -1, /* no key within the time */
    KEY_UP = 0x110000,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_DELETE,
    KEY_F1, /* … KEY_F1 + 11 is F12 */
};

/** Wait for a key. @param timeout_ms 0: only look; UINT32_MAX: for ever. @return a Unicode
 * character ('\r' for Enter, 27 for Escape, 8 for Backspace), a KEY_ value, or KEY_NONE. */
int platform_read_key(uint32_t timeout_ms);

/* ---- memory (memory.h is what the core uses) ---- */

void *platform_allocate(size_t size); /* aligned to 16 */
void *platform_resize(void *memory, size_t size);
void platform_free(void *memory);

/** Page-aligned memory for bytes of files, which outlives the hand-over; freed by
 * platform_free_content(). */
void *platform_allocate_content(size_t size);
void platform_free_content(void *memory, size_t size);

/* ---- time ---- */

/** Milliseconds since some moment; never goes back. */
uint64_t platform_milliseconds(void);

/* ---- the machine ---- */

enum { MACHINE_MAC_COUNT_MAX = 8 };

struct machine {
    const char *firmware; /* "bios" or "efi" */
    const char *arch;     /* "i386", "x86_64", "arm64": of the boot manager it can start */
    bool secure_boot;
    uint64_t memory; /* usable RAM, bytes */
    /** The SMBIOS structure table, or NULL. */
    const uint8_t *smbios;
    size_t smbios_size; /* bytes */
    size_t mac_count;
    uint8_t macs[MACHINE_MAC_COUNT_MAX][6];
    /** The command line without the loader's own name, NUL-terminated UTF-8. */
    const char *command_line;
    /** A seed that differs from boot to boot as far as the platform can. */
    uint32_t seed;
};

/** Facts about this machine; valid for good. */
const struct machine *platform_machine(void);

/** A signature for the virtual disk's MBR that no other disk of the machine has. */
uint32_t platform_disk_signature(void);

/**
 * The initrd: files that a boot loader handed over in memory, one behind the other, with or without
 * CPIO headers (plugins/cpio reads it). Stays where it is for good.
 *
 * @param size written: bytes
 * @return NULL if there is none, or the platform has its files from elsewhere
 */
const uint8_t *platform_initrd(size_t *size);

/* ---- hand-over ---- */

/**
 * Look whether the firmware can start this boot manager: under UEFI LoadImage(), which checks
 * signatures; in BIOS the PE headers and the memory it wants. The last one accepted is the one that
 * platform_boot() starts.
 *
 * @param path where it will stand on the virtual disk
 */
int platform_load_manager(const struct file *manager, const char *path, struct error *error);

/** What platform_describe_memory() tells, bytes. */
struct memory_use {
    uint64_t files;    /* what the files and the volume take */
    uint64_t resident; /* what stays of the loader itself */
    uint64_t free;     /* what the boot manager finds free */
};

void platform_describe_memory(const struct volume *volume, struct memory_use *use);

/** Whether readers (file.h) work while the boot manager runs: where the loader stays in memory,
 * what is in a WIM need not be fetched before it is wanted. */
extern const bool platform_keeps_readers;

/**
 * Show the volume with the disk plugin and start the boot manager. Frees what is scratch.
 *
 * @return only if it did not work or came back, with the reason (status by name)
 */
int platform_boot(struct volume *volume, struct error *error);

/** Go back to where we came from: reboot in BIOS, return to the firmware in UEFI, exit on the
 * host. */
_Noreturn void platform_exit(int status);

#endif
