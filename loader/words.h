/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of the command line that come from elsewhere, because firmware that starts the loader
 * itself gives it none: from the DHCP server, and from a file, wimboot.cmd.
 */
#ifndef LOADER_WORDS_H
#define LOADER_WORDS_H

#include "base/error.h"
#include "files/source.h"

/** The DHCP option with such words; its number is one of those that sites may use as they like (RFC
 * 3942). */
enum { WORDS_DHCP_OPTION = 224 };

/** Words from the DHCP server, if the firmware started us; else "". NULL without memory. */
const char *words_of_dhcp(struct pool *pool);

/**
 * Take wimboot.cmd from the list of files, and read its words.
 *
 * @param words written: NULL if there is no such file
 * @return 0, or -1 if it cannot be read or is too long
 */
int words_of_file(struct file_list *list, const char **words, struct error *error);

/** Words in the order given; the last ones of a kind count. NULL without memory. */
const char *words_join(struct pool *pool, const char *first, const char *second);

#endif
