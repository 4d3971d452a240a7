/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text form of device elements, after bcdedit's:
 *
 *     boot
 *     partition=mbr:C0FFEEEE:65536           disk signature, start of the partition in bytes
 *     partition=gpt:{disk guid}:{partition guid}
 *     locate=\path       locate=custom:12000002
 *     ramdisk=[PLACE]\path,{options}         PLACE: one of the above, or "locate" for the volume
 *     file=[PLACE]\path                      that has a file with exactly this path
 *     vhd=[PLACE]\path
 *     hex:…                                  anything else
 *
 * An object with device options can follow any of them, after a comma.
 */
#include "bcd/bcd.h"

#include <string.h>

#include "base/format.h"

static const char *const kind_names[] = {
    [BCD_IS_RAMDISK] = "ramdisk=", [BCD_IS_FILE] = "file=", [BCD_IS_VHD] = "vhd="};

/* ---- to text ---- */

enum { PLACE_TEXT_SIZE = 100 }; /* a place without a path: two GUIDs and a word */

char *bcd_place_format(struct pool *pool, const struct bcd_place *place)
{
    size_t size = PLACE_TEXT_SIZE + (place->path != NULL ? strlen(place->path) : 0);
    char disk[GUID_TEXT_SIZE], partition[GUID_TEXT_SIZE];
    char *text = pool_allocate(pool, size);
    if (text == NULL) {
        return NULL;
    }
    switch (place->kind) {
    case BCD_PLACE_BOOT:
        format_string(text, size, "boot");
        break;
    case BCD_PLACE_MBR:
        format_string(text, size, "partition=mbr:%08X:%llu", place->signature,
                      (unsigned long long)place->offset);
        break;
    case BCD_PLACE_GPT:
        guid_format(place->disk, disk);
        guid_format(place->partition, partition);
        format_string(text, size, "partition=gpt:%s:%s", disk, partition);
        break;
    case BCD_PLACE_LOCATE:
        format_string(text, size, "locate=%s", place->path);
        break;
    case BCD_PLACE_LOCATE_ELEMENT:
        format_string(text, size, "locate=custom:%08x", place->element);
        break;
    }
    return text;
}

static char *format_hex(struct pool *pool, const uint8_t *data, size_t size)
{
    /* Two digits for each byte, and "hex:" and the NUL in the space of three more. */
    char *text = pool_allocate_array(pool, size + 3, 2);
    if (text == NULL) {
        return NULL;
    }
    format_string(text, 5, "hex:");
    for (size_t i = 0; i < size; i++) {
        text[4 + 2 * i] = "0123456789abcdef"[data[i] >> 4];
        text[5 + 2 * i] = "0123456789abcdef"[data[i] & 15];
    }
    return text;
}

static char *format_device(struct pool *pool, const struct bcd_device *device)
{
    char guid[GUID_TEXT_SIZE] = "";
    const char *options = guid;
    if (device->has_options) {
        options = bcd_guid_alias(device->options);
        if (options == NULL) {
            guid_format(device->options, guid);
            options = guid;
        }
    }
    const char *comma = device->has_options ? "," : "";
    bool same_path = device->path != NULL && device->place.kind == BCD_PLACE_LOCATE &&
                     strcmp(device->place.path, device->path) == 0;
    const char *place = same_path ? "locate" : bcd_place_format(pool, &device->place);
    if (place == NULL) {
        return NULL;
    }
    size_t size = strlen(place) + (device->path != NULL ? strlen(device->path) : 0) + 64;
    char *text = pool_allocate(pool, size);
    if (text == NULL) {
        return NULL;
    }
    if (device->kind == BCD_IS_PLACE) {
        format_string(text, size, "%s%s%s", place, comma, options);
    } else {
        format_string(text, size, "%s[%s]%s%s%s", kind_names[device->kind], place, device->path,
                      comma, options);
    }
    return text;
}

char *bcd_device_format(struct pool *pool, uint32_t element, const uint8_t *data, size_t size)
{
    struct bcd_device device;
    uint8_t *again = NULL;
    size_t again_size = 0;
    int known = bcd_device_decode(pool, data, size, &device);
    if (known < 0) {
        return NULL;
    }
    if (known) {
        char *text = format_device(pool, &device);
        uint8_t *canonical = pool_allocate(pool, size);
        if (text == NULL || canonical == NULL) {
            return NULL;
        }
        memcpy(canonical, data, size);
        bcd_device_canonicalize(canonical, size, &device);
        if (bcd_device_parse(pool, element, text, &again, &again_size, NULL) == 0 &&
            again_size == size && memcmp(again, canonical, size) == 0) {
            return text;
        }
    }
    return format_hex(pool, data, size);
}

/* ---- from text ---- */

/* Text that is not NUL-terminated. */
struct span {
    const char *text;
    size_t length;
};

static bool skip(struct span *span, const char *word)
{
    size_t length = strlen(word);
    if (span->length < length || strncmp(span->text, word, length) != 0) {
        return false;
    }
    span->text += length;
    span->length -= length;
    return true;
}

static bool equals(struct span span, const char *word)
{
    return skip(&span, word) && span.length == 0;
}

static char *copy(struct pool *pool, struct span span)
{
    char *text = pool_allocate(pool, span.length + 1);
    if (text != NULL) {
        memcpy(text, span.text, span.length);
    }
    return text;
}

/* A whole span of digits. */
static bool parse_number(struct span span, unsigned base, uint64_t most, uint64_t *number)
{
    if (span.length == 0) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < span.length; i++) {
        char c = span.text[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : base;
        if (digit >= base || *number > (most - digit) / base) {
            return false;
        }
        *number = *number * base + digit;
    }
    return true;
}

/* Both sides of the first ':' that follows at least `least` characters. */
static bool split(struct span span, size_t least, struct span *left, struct span *right)
{
    for (size_t i = least; i < span.length; i++) {
        if (span.text[i] == ':') {
            *left = (struct span){span.text, i};
            *right = (struct span){span.text + i + 1, span.length - i - 1};
            return true;
        }
    }
    return false;
}

/* @return 1: understood; 0: not; -1: no memory */
static int parse_place(struct pool *pool, struct span span, struct bcd_place *place)
{
    struct span left, right;
    uint64_t number;
    if (equals(span, "boot")) {
        place->kind = BCD_PLACE_BOOT;
        return 1;
    }
    if (skip(&span, "partition=mbr:")) {
        place->kind = BCD_PLACE_MBR;
        if (!split(span, 0, &left, &right) || !parse_number(left, 16, UINT32_MAX, &number) ||
            !parse_number(right, 10, UINT64_MAX, &place->offset)) {
            return 0;
        }
        place->signature = (uint32_t)number;
        return 1;
    }
    if (skip(&span, "partition=gpt:")) {
        place->kind = BCD_PLACE_GPT;
        return split(span, 1, &left, &right) && guid_parse(left.text, left.length, place->disk) &&
               guid_parse(right.text, right.length, place->partition);
    }
    if (skip(&span, "locate=custom:")) {
        place->kind = BCD_PLACE_LOCATE_ELEMENT;
        if (!parse_number(span, 16, UINT32_MAX, &number)) {
            return 0;
        }
        place->element = (uint32_t)number;
        return 1;
    }
    if (skip(&span, "locate=")) {
        place->kind = BCD_PLACE_LOCATE;
        place->path = copy(pool, span);
        return place->path != NULL ? 1 : -1;
    }
    return 0;
}

/* Remove ",{options}" from the end, if it is there. */
static void parse_options(struct span *span, struct bcd_device *device)
{
    for (size_t i = span->length; i-- > 0;) {
        if (span->text[i] == ',') {
            const char *id = span->text + i + 1;
            size_t length = span->length - i - 1;
            if (length > 0 && id[0] == '{' &&
                (guid_parse(id, length, device->options) ||
                 bcd_alias_guid(id, length, device->options))) {
                device->has_options = true;
                span->length = i;
            }
            return;
        }
    }
}

/* "[PLACE]\path" */
static int parse_file(struct pool *pool, struct span span, struct bcd_device *device)
{
    if (!skip(&span, "[")) {
        return 0;
    }
    const char *end = memchr(span.text, ']', span.length);
    if (end == NULL) {
        return 0;
    }
    struct span place = {span.text, (size_t)(end - span.text)};
    span.text += place.length + 1;
    span.length -= place.length + 1;
    if (span.length == 0) {
        return 0;
    }
    char *path = copy(pool, span);
    if (path == NULL) {
        return -1;
    }
    for (char *c = path; *c; c++) {
        if (*c == '/') {
            *c = '\\';
        }
    }
    device->path = path;
    if (equals(place, "locate")) {
        device->place.kind = BCD_PLACE_LOCATE;
        device->place.path = path;
        return 1;
    }
    return parse_place(pool, place, &device->place);
}

static int parse_device(struct pool *pool, struct span span, struct bcd_device *device)
{
    parse_options(&span, device);
    for (int kind = BCD_IS_RAMDISK; kind <= BCD_IS_VHD; kind++) {
        if (skip(&span, kind_names[kind])) {
            device->kind = (enum bcd_device_kind)kind;
            return parse_file(pool, span, device);
        }
    }
    device->kind = BCD_IS_PLACE;
    return parse_place(pool, span, &device->place);
}

static int parse_hex(struct pool *pool, struct span span, uint8_t **data, size_t *size,
                     struct error *error)
{
    uint64_t byte = 0;
    *size = span.length / 2;
    *data = pool_allocate(pool, *size + 1);
    if (*data == NULL) {
        return error_no_memory(error, "a device of the BCD store");
    }
    bool valid = span.length % 2 == 0;
    for (size_t i = 0; i < *size && valid; i++) {
        valid = parse_number((struct span){span.text + 2 * i, 2}, 16, 0xFF, &byte);
        (*data)[i] = (uint8_t)byte;
    }
    if (valid) {
        return 0;
    }
    return error_set(error, "\"hex:\" must be followed by pairs of hexadecimal digits");
}

int bcd_device_parse(struct pool *pool, uint32_t element, const char *text, uint8_t **data,
                     size_t *size, struct error *error)
{
    struct span span = {text, strlen(text)};
    struct bcd_device device = {0};
    if (skip(&span, "hex:")) {
        return parse_hex(pool, span, data, size, error);
    }
    int understood = parse_device(pool, span, &device);
    if (understood == 0) {
        return error_set(
            error,
            "\"%s\" is not a device: it should read like boot, "
            "ramdisk=[boot]\\sources\\boot.wim,{ramdiskoptions}, vhd=[locate]\\disk.vhd "
            "or partition=mbr:C0FFEEEE:65536",
            text);
    }
    *data = understood > 0 ? bcd_device_encode(pool, &device, element, size) : NULL;
    return *data != NULL ? 0 : error_no_memory(error, "the device '%s'", text);
}
