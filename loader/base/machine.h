/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the core needs from the machine: console, memory, time, facts. bios/, efi/ and host/ each
 * implement these functions and those of handover.h; the core calls nothing else in
 * these folders and never includes their headers.
 */
#ifndef LOADER_MACHINE_H
#define LOADER_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pci.h"
#include "base/processor.h"

/* ---- console ---- */

/** Show UTF-8 text, "\n" ends a line. Also goes to serial ports and firmware logs that exist. The
 * core calls console_write() (console.h), which expands tabs. */
void platform_write(const char *text, size_t length);

/** Clear the screen. */
void platform_clear(void);

/** What text on the screen is. Serial lines and logs show all of them alike. */
enum text_style {
    STYLE_PLAIN,   /* light grey on black */
    STYLE_LABEL,   /* white: what a line is about, prompts, remedies */
    STYLE_WARNING, /* yellow */
    STYLE_ERROR,   /* white on red */
    STYLE_BAR,     /* black on light grey: titles, the chosen item of a menu */
};

/** The style of what is written from now on. */
void platform_style(enum text_style style);

/** What a line starts with that the screen was too narrow for. */
#define CONSOLE_INDENT "   "

/** Continue on the screen's next line, after CONSOLE_INDENT. Nothing happens on serial
 * ports and in logs, which have no columns. */
void platform_break_line(void);

/** Continue at the start of a row of the screen, counted from 0; on serial ports and in logs, on a
 * new line. */
void platform_move_to_row(unsigned row);

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

/** Wait for a key. @param timeout_ms 0: do not wait; UINT32_MAX: no timeout. @return a Unicode
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

/** Bytes that belong to the machine; of size 0 if there are none. */
struct machine_bytes {
    const uint8_t *bytes;
    size_t size;
};

/** Answers of DHCP servers: of a boot server, of one that knows only about booting, and the one
 * with our address. */
enum { MACHINE_DHCP_BOOT, MACHINE_DHCP_PROXY, MACHINE_DHCP_ACK, MACHINE_DHCP_COUNT };

struct machine {
    const char *firmware; /* "bios" or "efi" */
    const char *arch;     /* "i386", "x86_64", "arm64": of the boot manager it can start */
    bool secure_boot;
    /** Secure Boot's lists, as the variables hold them: what is trusted, what is revoked, and what
     * shim trusts in addition (MokListRT). */
    struct machine_bytes db, dbx, mok;
    uint64_t memory; /* usable RAM, bytes */
    struct processor processor;
    /** The SMBIOS structure table, or NULL. */
    const uint8_t *smbios;
    size_t smbios_size; /* bytes */
    size_t mac_count;
    uint8_t macs[MACHINE_MAC_COUNT_MAX][6];
    /** The URL that the loader came from, or NULL: what URLs in scripts are relative to. */
    const char *url;
    /** The firmware started us from there: there is no boot loader that could be told to give
     * files. */
    bool firmware_started_us;
    /** What DHCP servers answered (dhcp.h), in the order in which they count for booting. */
    struct machine_bytes dhcp[MACHINE_DHCP_COUNT];
    /** The command line without the loader's own name, NUL-terminated UTF-8. */
    const char *command_line;
    /** A seed that differs from boot to boot as far as the platform can. */
    uint32_t seed;
};

/** Facts about this machine; valid until the loader ends. */
const struct machine *platform_machine(void);

/**
 * The signatures in the MBRs of the machine's disks.
 *
 * @param signatures written: `capacity` at most
 * @return how many were written
 */
size_t platform_disk_signatures(uint32_t *signatures, size_t capacity);

enum { MACHINE_PCI_COUNT_MAX = 256 };

/**
 * The machine's devices on the PCI bus, bridges too.
 *
 * @param devices written: `capacity` at most
 * @return how many were written
 */
size_t platform_pci_devices(struct pci_device *devices, size_t capacity);

#endif
