/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One boot: what the pipeline fills in, step by step, until the boot manager can start.
 *
 *     sources -> files -> script -> tree -> volume -> disk -> boot manager
 */
#ifndef LOADER_BOOT_H
#define LOADER_BOOT_H

#include "base/error.h"
#include "base/memory.h"
#include "files/file.h"
#include "files/source.h"
#include "files/tree.h"
#include "handover.h"
#include "volume/volume.h"

/** Who decided besides the loader itself. */
enum site_script {
    SITE_SCRIPT_NONE,
    SITE_SCRIPT_UNSIGNED, /* also each one without Secure Boot: nobody checks signatures then */
    SITE_SCRIPT_SIGNED,   /* Secure Boot trusts its signature */
};

/** How the machine goes on where no boot manager is started. */
enum way_out {
    WAY_OUT_NONE,   /* it does not: a boot manager is to start */
    WAY_OUT_LEAVE,  /* to who started the loader, or to the firmware's next boot option */
    WAY_OUT_REBOOT, /* restart the machine */
    WAY_OUT_POWER_OFF,
};

struct boot {
    struct pool *pool;
    struct file_list files; /* the given files; scripts may add and remove some */
    enum site_script site_script;
    enum way_out way_out; /* what a script asked for, in place of a boot */
    struct tree *tree;    /* which file is where on the virtual disk: made by the script */
    const struct file *manager_file; /* of the boot manager */
    struct manager *manager;         /* accepted by platform_load_manager() */
    struct volume_options volume;
};

/**
 * Find the given files, run the scripts, lay out the volume: everything before the hand-over.
 *
 * @param boot   with a pool, all else zero; filled in
 * @param volume written
 * @return 0; -1 if this cannot boot: the user has been told, and `error` says why
 */
int boot_prepare(struct boot *boot, struct volume **volume, struct error *error);

/**
 * The whole boot, called by every platform's entry. Returns only if the boot failed or the boot
 * manager returned, after the user has been told and has pressed a key, or if a script asked for a
 * way out.
 *
 * @return the way out that a script asked for, or WAY_OUT_NONE
 */
enum way_out boot_main(void);

#endif
