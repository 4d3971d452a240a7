/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line: the loader's own words, and the rest for the script.
 */
#ifndef LOADER_OPTIONS_H
#define LOADER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

enum pause_mode { PAUSE_NO, PAUSE_YES, PAUSE_QUIET };

struct options {
    bool rawbcd, rawwim, slim, gui, quiet, linear;
    bool noscreen, noserial; /* BIOS: the console leaves out the screen, the serial port */
    bool nolog;              /* what was said does not go into the image, */
    bool log_always;         /* or does even if the image would not change otherwise */
    bool required;           /* no boot without the script of the site */
    bool noscript;           /* no script of the site runs, whatever is given */
    bool noverdict;          /* do not look for what will fail after the hand-over */
    enum pause_mode pause;
    uint32_t index;     /* index=N; 0 if not given: as marked in the WIM */
    const char *script; /* script=NAME; NULL if not given */
    size_t word_count;
    const char **words; /* every word of the command line, ours included, in order */
};

/** The options that plugins and platforms look at; written by options_parse() and by scripts. */
extern struct options options;

/**
 * Parse a command line into `options`. Words in double quotes may hold spaces. Unknown words are
 * kept for the script. -1 for values that are not possible: index=x, script=; and for script=NAME
 * if no script may run.
 */
int options_parse(struct pool *pool, const char *command_line, struct error *error);

/** Warn of words that resemble one of ours, or have a value without effect. */
void options_warn(void);

#endif
