/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of files: URLs as RFC 3986 defines them, with less in them. What a loader has no use
 * for is refused with a reason: users and passwords, fragments.
 */
#ifndef LOADER_URL_H
#define LOADER_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
    URL_SCHEME_SIZE = 16, /* bytes, the NUL included, as in all of these */
    URL_HOST_SIZE = 256,
    URL_PATH_SIZE = 1024,
    URL_TEXT_SIZE = URL_SCHEME_SIZE + URL_HOST_SIZE + URL_PATH_SIZE + 16, /* of a whole URL */
};

/** A complete URL, in its normal form: what may not stand in one is escaped ("%20"). */
struct url {
    char scheme[URL_SCHEME_SIZE]; /* lower case: "http" */
    char host[URL_HOST_SIZE]; /* lower case: a name, an IPv4 address, or an IPv6 one in brackets;
                               for file: a label, or "" */
    uint16_t port;            /* 0: the scheme's own */
    char path[URL_PATH_SIZE]; /* starts with '/'; without "." and ".."; with the query */
};

/**
 * Take a URL apart.
 *
 * @param base what a relative one is relative to; NULL: it has to be complete
 * @param url  written; must not be `base`
 * @param text spaces and other characters that may not stand in a URL get escaped, but control
 *             characters are refused
 */
int url_parse(const char *text, const struct url *base, struct url *url, struct error *error);

/** A URL as text. Returns `text`. */
const char *url_format(const struct url *url, char text[URL_TEXT_SIZE]);

/** A URL that a server names, in its normal form; false if it is none, or names a file of this
 * machine: no server decides on those. */
bool url_from_server(const char *named, char text[URL_TEXT_SIZE]);

/**
 * The path without the query and without escapes. -1 if an escape stands for a NUL, a '/' or a '\',
 * or makes a "..", with which the path would mean another file.
 *
 * @param path written
 */
int url_decode_path(const struct url *url, char path[URL_PATH_SIZE], struct error *error);

/** A file's path as a path of a URL: '\' becomes '/', and what would mean something in a URL is
 * escaped. False if there is no room for it. */
bool url_escape_path(const char *name, char *path, size_t size);

/** Read an IPv4 address, "10.0.2.2"; false if the text is none. */
bool url_read_address(const char *text, uint8_t address[4]);

/** Read an IPv6 address as a URL has it, "[fd00::1]", without a zone or an IPv4 address at its end;
 * false if the text is none. */
bool url_read_ipv6_address(const char *text, uint8_t address[16]);

#endif
