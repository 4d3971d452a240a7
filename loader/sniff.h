/*
 * Recognise a file by its content, and find its end from its own headers: images that a BIOS loader
 * hands over without a name arrive as raw bytes.
 */
#ifndef LOADER_SNIFF_H
#define LOADER_SNIFF_H

#include <stdint.h>

#include "file.h"

enum content {
    CONTENT_UNKNOWN,
    CONTENT_WIM,
    CONTENT_HIVE,
    CONTENT_PE, /* a Windows or UEFI program */
    CONTENT_SDI,
    CONTENT_LUA,  /* text */
    CONTENT_FONT, /* TrueType */
    CONTENT_GZIP,
    CONTENT_HTML, /* a web server's error page */
    CONTENT_CPIO,
    CONTENT_KERNEL, /* a bzImage: ourselves, or a Linux kernel left behind by iPXE */
};

/**
 * What a file is.
 *
 * @param length NULL, or written: the file's length by its own headers, if they say; else its size
 */
enum content sniff(const struct file *file, uint64_t *length);

/** "a WIM", "an HTML page", … for messages. */
const char *content_name(enum content content);

#endif
