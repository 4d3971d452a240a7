/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Driver packages: which devices an INF file is for, and which files it needs, as far as Windows
 * PE's drvload needs to know (Microsoft's driver documentation, "INF Manufacturer section", "INF
 * Models section", "INF CopyFiles directive").
 *
 *     [Manufacturer]
 *     %Maker% = Cards, NTamd64, NTamd64.10.0...17763   ; sections Cards.NTamd64,
 * Cards.NTamd64.10.0... [Cards.NTamd64] %Fast% = Fast_Install, PCI\VEN_1234&DEV_0001,
 * PCI\VEN_1234&CC_0200 [Fast_Install.NT] CopyFiles = Fast_Files
 *
 * Of the sections of a manufacturer, the one counts whose decoration fits the processor and is
 * nearest to the version of Windows. A driver for any processor but x86 must have a decoration.
 */
#ifndef LOADER_DRIVER_H
#define LOADER_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/pci.h"
#include "files/file.h"

/** What Windows a driver is for. */
struct driver_target {
    const char *arch; /* "i386", "x86_64", "arm64" */
    uint64_t version; /* driver_version() of major, minor, build */
};

/** Four numbers of 16 bits, the first one on top: versions compare as numbers. */
static inline uint64_t driver_version(const unsigned numbers[4])
{
    return (uint64_t)(numbers[0] & 0xFFFF) << 48 | (uint64_t)(numbers[1] & 0xFFFF) << 32 |
           (uint64_t)(numbers[2] & 0xFFFF) << 16 | (numbers[3] & 0xFFFF);
}

/** Read "10.0.26100", or up to four numbers; what is missing or no number is 0. */
uint64_t driver_parse_version(const char *text);

/** A device that a package is for. */
struct driver_match {
    struct driver_match *next;
    size_t device; /* index among the machine's */
    unsigned rank; /* of Windows: the smaller the better */
    const char *description;
};

struct driver_file {
    struct driver_file *next;
    const char *path; /* from the INF's folder, with '\' */
};

/** A package that is for some of the machine's devices. */
struct driver_package {
    struct driver_package *next;
    const char *inf; /* the INF's path, as it was given */
    const char *class_name, *provider;
    uint32_t date;                /* yyyymmdd as a decimal number; 0: not said */
    uint64_t version;             /* driver_version() */
    struct driver_match *matches; /* in the order of the devices, one for each */
    struct driver_file *files;    /* all but the INF itself */
};

/** What is looked for. */
struct driver_search {
    struct pool *pool; /* for the packages */
    struct driver_target target;
    const struct pci_device *devices;
    size_t device_count;
    /** What was found, newest first. */
    struct driver_package *packages;
};

/**
 * Look for the machine's devices in an INF file.
 *
 * @param path what to call it: the package's `inf`; copied
 * @return 0, also if it is for none of them; -1 naming the file
 */
int driver_search_inf(struct driver_search *search, const struct file *file, const char *path,
                      struct error *error);

/**
 * The same for an index, which says what many INF files say (driver_index.c).
 *
 * @return 0; -1 naming the file and the line
 */
int driver_search_index(struct driver_search *search, const struct file *file, struct error *error);

/** Where the maker of an index writes it. */
struct driver_index_sink {
    void (*write)(struct driver_index_sink *sink, const char *text, size_t length);
};

/** The first line of an index. */
#define DRIVER_INDEX_START "wimboot drivers 1\n"

/**
 * Write what an INF file says of PCI devices into an index, after DRIVER_INDEX_START.
 *
 * @param path   from the folder that the index is for, with '/' or '\'
 * @param sink   its errors are its own
 * @param useful written: whether it is for PCI devices at all
 * @return 0; -1 naming the file
 */
int driver_index_inf(struct driver_index_sink *sink, const struct file *file, const char *path,
                     bool *useful, struct error *error);

#endif
