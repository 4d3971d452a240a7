/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files on servers whose bytes come when they are read, by transports that can ask for parts. What
 * the disk shows is fetched before the hand-over (reader.complete in file.h).
 */
#ifndef LOADER_LAZY_H
#define LOADER_LAZY_H

#include "transport/fetch.h"

/**
 * Open a file on a server. If neither a transport nor the server has parts of files, the whole file
 * is fetched.
 *
 * @param transfer with what it is for, all else zero; without digests, which are for whole files
 * @param name     of the file; must stay, as must the transfer's label
 * @param file     written; NULL if no server has the file
 * @return 0; -1, naming the URL
 */
int lazy_open(const struct url *url, struct transfer *transfer, const char *name,
              struct file **file, struct error *error);

#endif
