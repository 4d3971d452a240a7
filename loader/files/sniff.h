/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recognise a file by its content, and find its end from its own headers: images that a BIOS loader
 * hands over without a name arrive as raw bytes.
 */
#ifndef LOADER_SNIFF_H
#define LOADER_SNIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "files/file.h"

enum content {
    CONTENT_UNKNOWN,
    CONTENT_WIM,
    CONTENT_HIVE,
    CONTENT_PE, /* a Windows or UEFI program */
    CONTENT_SDI,
    CONTENT_LUA,  /* text */
    CONTENT_FONT, /* TrueType */
    CONTENT_GZIP,
    CONTENT_BZIP2,
    CONTENT_XZ,
    CONTENT_ZSTD,
    CONTENT_LZ4,
    CONTENT_OLD_CPIO, /* not newc: with octal numbers (odc) */
    CONTENT_HTML,     /* a web server's error page */
    CONTENT_CPIO,
    CONTENT_KERNEL, /* a bzImage: ourselves, or a Linux kernel left by iPXE */
    CONTENT_ISO,    /* the image of a disc: ISO 9660, UDF */
    CONTENT_IPXE,   /* an iPXE script */
    CONTENT_TEXT,   /* of another kind */
    CONTENT_SIGNED, /* PKCS #7 signed data: boot.stl, policies */
};

/**
 * What a file is.
 *
 * @param length NULL, or written: the file's length according to its headers, more than its size if
 * it was cut; for text, the bytes before the first NUL; 0 if it is unknown
 */
enum content sniff(const struct file *file, uint64_t *length);

/** sniff() without recognising text: its time does not depend on the file's size. `length` not
 * NULL. */
enum content sniff_binary(const struct file *file, uint64_t *length);

/** Is this the image of a disc? `length` as sniff_binary() writes it. */
bool is_iso(const struct file *file, uint64_t *length);

/** Is this the beginning of a Lua chunk? By its first statement; `text` is text without NULs. */
bool is_lua(const char *text, size_t length);

/** "a WIM", "an HTML page", … for messages. */
const char *content_name(enum content content);

/** What to do about content that cannot be used as it is, for messages: "give it uncompressed";
 * NULL if there is no advice. */
const char *content_remedy(enum content content);

#endif
