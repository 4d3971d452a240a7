/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recognise a file by its content and find its end from its headers. See sniff.h.
 *
 * This only recognises files; their readers check whether they are damaged. Values in headers are
 * used as they are, but sums must not wrap.
 */
#include "files/sniff.h"

#include <string.h>

#include "base/little_endian.h"
#include "files/pe.h"

enum {
    /* Enough for every signature below; less is read of a shorter file. */
    HEAD_SIZE = 1024,

    WIM_HEADER_SIZE = 208,
    HIVE_BASE_SIZE = 4096,
    HIVE_BINS_SIZE = 0x28,
    SDI_CONTENTS = 0x400,
    SDI_RECORD_SIZE = 64,
    SDI_RECORDS_MAX = 48, /* what fits in front of the first page */
    FONT_TABLES_MAX = 64,
};

/* Read some bytes, zeros where the file has none. */
static void peek(const struct file *file, uint64_t offset, void *buffer, size_t length)
{
    memset(buffer, 0, length);
    if (offset < file->size) {
        uint64_t left = file->size - offset;
        if (file_read(file, offset, buffer, left < length ? (size_t)left : length, NULL) < 0) {
            memset(buffer, 0, length);
        }
    }
}

static void extend(uint64_t *end, uint64_t offset, uint64_t length)
{
    uint64_t sum = length <= UINT64_MAX - offset ? offset + length : UINT64_MAX;
    if (sum > *end) {
        *end = sum;
    }
}

/* A WIM ends with one of the parts that its header names: lookup table, XML, metadata of the boot
 * image, integrity table. */
static uint64_t wim_length(const uint8_t *head)
{
    static const uint8_t resources[] = {0x30, 0x48, 0x60, 0x7C};
    uint64_t end = WIM_HEADER_SIZE;
    for (size_t i = 0; i < sizeof(resources); i++) {
        uint64_t size = get_u64(head + resources[i]) & 0x00FFFFFFFFFFFFFF;
        extend(&end, get_u64(head + resources[i] + 8), size);
    }
    return end;
}

static uint64_t sdi_length(const struct file *file)
{
    uint64_t end = SDI_CONTENTS;
    for (unsigned i = 0; i < SDI_RECORDS_MAX; i++) {
        uint8_t record[SDI_RECORD_SIZE];
        peek(file, SDI_CONTENTS + i * SDI_RECORD_SIZE, record, sizeof(record));
        if (record[0] == 0) {
            break;
        }
        extend(&end, get_u64(record + 16), get_u64(record + 24));
    }
    return end;
}

/* TrueType: a directory of tables, each padded to four bytes. */
static uint64_t font_length(const struct file *file, const uint8_t *head)
{
    unsigned count = (unsigned)head[4] << 8 | head[5];
    uint64_t end = 0;
    for (unsigned i = 0; i < count && i < FONT_TABLES_MAX; i++) {
        uint8_t table[16];
        peek(file, 12 + 16 * i, table, sizeof(table));
        uint32_t offset = __builtin_bswap32(get_u32(table + 8));
        uint32_t length = __builtin_bswap32(get_u32(table + 12));
        extend(&end, offset, ((uint64_t)length + 3) & ~(uint64_t)3);
    }
    return end;
}

/* The length of a PE according to its headers; 0: it is not a PE. */
static uint64_t pe_length(const struct file *file)
{
    struct pe pe;
    uint64_t length;
    return pe_read(file, &pe, NULL) == 0 && pe_file_size(&pe, &length, NULL) == 0 ? length : 0;
}

/* The length according to the boot protocol's header: setup sectors (0 means 4) after the boot
 * sector, then 16-byte units of payload. An EFI kernel's PE headers may say more. */
static uint64_t kernel_length(const struct file *file, const uint8_t *head)
{
    uint64_t setup_sectors = head[0x1F1] != 0 ? head[0x1F1] : 4;
    uint64_t end = (setup_sectors + 1) * 512 + (uint64_t)get_u32(head + 0x1F4) * 16;
    extend(&end, 0, pe_length(file));
    return end;
}

/* Of UTF-8 or an 8-bit code: 0xFE and 0xFF mark UTF-16. */
static bool is_text_byte(uint8_t byte)
{
    return byte >= 0x20 ? byte != 0x7F && byte < 0xFE
                        : byte == '\t' || byte == '\n' || byte == '\r';
}

/* The end of text: the first NUL, or the end of the file. 0: it is not text. */
static uint64_t text_length(const struct file *file)
{
    uint8_t piece[HEAD_SIZE];
    uint64_t offset = 0;
    while (offset < file->size) {
        uint64_t left = file->size - offset;
        size_t length = left < sizeof(piece) ? (size_t)left : sizeof(piece);
        peek(file, offset, piece, length);
        for (size_t i = 0; i < length; i++) {
            if (piece[i] == 0) {
                return offset + i;
            }
            if (!is_text_byte(piece[i])) {
                return 0;
            }
        }
        offset += length;
    }
    return offset;
}

/* Does text start with `start`, which is in lower case? Case is ignored. */
static bool starts_with(const char *text, size_t length, const char *start)
{
    for (; *start != '\0'; start++, text++, length--) {
        if (length == 0 || (*text | (*start >= 'a' && *start <= 'z' ? 0x20 : 0)) != *start) {
            return false;
        }
    }
    return true;
}

static enum content sniff_text(const char *text, size_t length)
{
    if (starts_with(text, length, "#!ipxe") || starts_with(text, length, "#!gpxe")) {
        return CONTENT_IPXE;
    }
    const char *at = text;
    size_t left = length;
    for (; left > 0 && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'); at++, left--) {
    }
    if (starts_with(at, left, "<!doctype html") || starts_with(at, left, "<html") ||
        starts_with(at, left, "<head")) {
        return CONTENT_HTML;
    }
    return is_lua(text, length) ? CONTENT_LUA : CONTENT_TEXT;
}

/* PKCS #7 signed data: a DER sequence that starts with the object identifier signedData (RFC 2315,
 * chapters 7 and 14). What is of interest is longer than 255 bytes, so that its length has two
 * bytes or more.
 * @return its length; 0 if it is something else */
static uint64_t signed_length(const uint8_t *head)
{
    static const uint8_t signed_data[] = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                          0xF7, 0x0D, 0x01, 0x07, 0x02};
    size_t count = head[1] & 0x7FU;
    uint64_t length = 0;
    if (head[0] != 0x30 || head[1] < 0x82 || head[1] > 0x84 ||
        memcmp(head + 2 + count, signed_data, sizeof(signed_data)) != 0) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        length = length << 8 | head[2 + i];
    }
    return 2 + count + length;
}

/* Compressed data, and archives of other kinds, given by mistake as an initrd. */
static enum content sniff_wrapping(const uint8_t *head)
{
    static const struct {
        const char *magic;
        size_t size;
        enum content content;
    } known[] = {
        {"\x1F\x8B\x08", 3, CONTENT_GZIP},
        {"BZh", 3, CONTENT_BZIP2},
        {"\xFD"
         "7zXZ\0",
         6, CONTENT_XZ},
        {"\x28\xB5\x2F\xFD", 4, CONTENT_ZSTD},
        {"\x04\x22\x4D\x18", 4, CONTENT_LZ4},
        {"\x02\x21\x4C\x18", 4, CONTENT_LZ4},
        {"070707", 6, CONTENT_OLD_CPIO},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (memcmp(head, known[i].magic, known[i].size) == 0) {
            return known[i].content;
        }
    }
    return CONTENT_UNKNOWN;
}

static enum content sniff_head(const struct file *file, const uint8_t *head, uint64_t *length)
{
    *length = 0;
    if (memcmp(head, "MSWIM\0\0", 8) == 0) {
        *length = wim_length(head);
        return CONTENT_WIM;
    }
    if (memcmp(head, "WLPWM\0\0", 8) == 0) {
        return CONTENT_WIM; /* pipable: the header that says its length is at its end */
    }
    if (memcmp(head, "regf", 4) == 0) {
        *length = HIVE_BASE_SIZE + (uint64_t)get_u32(head + HIVE_BINS_SIZE);
        return CONTENT_HIVE;
    }
    if (memcmp(head, "$SDI0001", 8) == 0) {
        *length = sdi_length(file);
        return CONTENT_SDI;
    }
    if (memcmp(head, "070701", 6) == 0 || memcmp(head, "070702", 6) == 0) {
        return CONTENT_CPIO;
    }
    if (memcmp(head + 0x202, "HdrS", 4) == 0 && get_u16(head + 0x1FE) == 0xAA55) {
        *length = kernel_length(file, head);
        return CONTENT_KERNEL;
    }
    if (head[0] == 'M' && head[1] == 'Z') {
        *length = pe_length(file);
        if (*length != 0) {
            return CONTENT_PE;
        }
    }
    if (memcmp(head, "\0\1\0\0", 4) == 0 && head[4] == 0 && head[5] > 0 &&
        head[5] <= FONT_TABLES_MAX) {
        *length = font_length(file, head);
        return CONTENT_FONT;
    }
    *length = signed_length(head);
    if (*length != 0) {
        return CONTENT_SIGNED;
    }
    enum content wrapping = sniff_wrapping(head);
    if (wrapping != CONTENT_UNKNOWN) {
        return wrapping;
    }
    /* Last: before its first descriptor a disc may have anything. */
    return is_iso(file, length) ? CONTENT_ISO : CONTENT_UNKNOWN;
}

enum content sniff_binary(const struct file *file, uint64_t *length)
{
    uint8_t head[HEAD_SIZE];
    peek(file, 0, head, sizeof(head));
    return sniff_head(file, head, length);
}

enum content sniff(const struct file *file, uint64_t *length)
{
    uint8_t head[HEAD_SIZE];
    uint64_t ignored;
    if (length == NULL) {
        length = &ignored;
    }
    peek(file, 0, head, sizeof(head));
    enum content content = sniff_head(file, head, length);
    if (content != CONTENT_UNKNOWN) {
        return content;
    }
    *length = text_length(file);
    if (*length == 0) {
        return CONTENT_UNKNOWN;
    }
    return sniff_text((const char *)head, *length < HEAD_SIZE ? (size_t)*length : HEAD_SIZE);
}

const char *content_name(enum content content)
{
    switch (content) {
    case CONTENT_WIM:
        return "a WIM";
    case CONTENT_HIVE:
        return "a registry hive";
    case CONTENT_PE:
        return "a program (PE)";
    case CONTENT_SDI:
        return "an SDI image";
    case CONTENT_LUA:
        return "a Lua script";
    case CONTENT_FONT:
        return "a TrueType font";
    case CONTENT_GZIP:
        return "gzip data";
    case CONTENT_BZIP2:
        return "bzip2 data";
    case CONTENT_XZ:
        return "xz data";
    case CONTENT_ZSTD:
        return "zstd data";
    case CONTENT_LZ4:
        return "LZ4 data";
    case CONTENT_OLD_CPIO:
        return "a CPIO archive of an old kind";
    case CONTENT_HTML:
        return "an HTML page";
    case CONTENT_CPIO:
        return "a CPIO archive";
    case CONTENT_KERNEL:
        return "a boot loader or Linux kernel";
    case CONTENT_ISO:
        return "an ISO";
    case CONTENT_IPXE:
        return "an iPXE script";
    case CONTENT_TEXT:
        return "text";
    case CONTENT_SIGNED:
        return "a signed list (PKCS #7)";
    case CONTENT_UNKNOWN:
        break;
    }
    return "of an unknown kind";
}

const char *content_remedy(enum content content)
{
    switch (content) {
    case CONTENT_GZIP:
    case CONTENT_BZIP2:
    case CONTENT_XZ:
    case CONTENT_ZSTD:
    case CONTENT_LZ4:
        return "boot loaders hand it over as it is: give it uncompressed";
    case CONTENT_OLD_CPIO:
        return "make it with 'cpio -o -H newc'";
    default:
        return NULL;
    }
}
