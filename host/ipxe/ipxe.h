/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iPXE scripts: what an iPXE script would hand to the loader on a machine.
 *
 * The script is run, not searched: conditions, labels, menus, chained scripts and settings do what
 * they do in iPXE (https://ipxe.org/scripting), with files from a folder in place of a server.
 * Facts about the machine, the network and answers of the user come from the options; assumptions
 * for missing options are listed in the result. A line that this interpreter does not understand
 * ends the run and is named: the result is never a guess.
 */
#ifndef HOST_IPXE_IPXE_H
#define HOST_IPXE_IPXE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

/** A setting that the machine or its network has, such as {"net0/ip", "10.0.0.7"}. */
struct ipxe_fact {
    const char *name, *value;
};

/** The files of the server. */
struct ipxe_files {
    void *context;

    /**
     * Read the beginning of a file.
     *
     * @param pool  owns the bytes
     * @param limit bytes wanted at most
     * @param data  set to the bytes; a NUL follows them
     * @param size  set to how many there are
     * @return 0, or -1 if there is no such file
     */
    int (*read)(void *context, struct pool *pool, const char *path, size_t limit, const char **data,
                size_t *size);
};

/** The input of a run. */
struct ipxe_start {
    const char *path;     /* of the script */
    const char *root;     /* folder used for http://server/ */
    const char *firmware; /* "bios" or "efi" */
    const char *arch;     /* of the loader: "i386", "x86_64", "arm64" */
    struct ipxe_files files;
    size_t fact_count;
    const struct ipxe_fact *facts;
    size_t answer_count;
    const char *const *answers; /* to menus and prompts, in order */
};

/** A file that the loader gets, with the names that it gets. */
struct ipxe_image {
    const char *script;    /* the script that fetches it */
    unsigned line;         /* of that script */
    const char *uri;       /* as fetched, settings replaced */
    const char *path;      /* the local file */
    const char *bios_name; /* the CPIO name; NULL: handed over without a name */
    const char *efi_name;  /* the image's name */
};

/** An image on a server that "sanhook" makes a disk of. */
struct ipxe_disk {
    const char *uri;
    const char *path; /* the local file */
};

enum ipxe_end {
    IPXE_BOOTS,     /* the loader is started */
    IPXE_ENDS,      /* the script ends without starting it; `reason` says where and how */
    IPXE_UNCERTAIN, /* a line is not understood, or depends on something unknown: see `reason` */
};

struct ipxe_result {
    enum ipxe_end end;
    const char *reason;
    const char *command_line; /* of the loader */
    size_t image_count;
    const struct ipxe_image *images;
    size_t disk_count;
    const struct ipxe_disk *disks;
    size_t note_count; /* what was assumed */
    const char *const *notes;
};

/** Files of this computer, for ipxe_start.files. */
extern const struct ipxe_files ipxe_local_files;

/**
 * Run a script.
 *
 * @param pool   owns the result
 * @param result set when 0 is returned
 * @return -1 if the script cannot be read, or out of memory
 */
int ipxe_run(struct pool *pool, const struct ipxe_start *start, struct ipxe_result *result,
             struct error *error);

#endif
