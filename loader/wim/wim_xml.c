/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a WIM's XML says about its images.
 *
 * The XML is UTF-16LE with a byte order mark. Only the elements in the table below are looked at.
 * This is no XML processor: comments, processing instructions and declarations are skipped, element
 * names are not checked for being closed in order. Nothing that boots depends on what is found, so
 * XML that makes no sense costs the names and no more (XML that is not there is an error, like all
 * that the header points to in vain: the download was cut); the one thing that counts is the mark
 * of an encrypted ESD, whose data nobody can read.
 */
#include "wim/wim_xml.h"

#include <string.h>

#include "base/ascii.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/unicode.h"
#include "wim/wim_header.h"
#include "wim/wim_resource.h"
#include "wim/wim_state.h"

enum element {
    TOP, /* outside of everything */
    OTHER,
    WIM,
    IMAGE,
    NAME,
    DESCRIPTION,
    FILECOUNT,
    TOTALBYTES,
    WINDOWS,
    ARCH,
    EDITIONID,
    VERSION,
    MAJOR,
    MINOR,
    BUILD,
    SPBUILD,
    ESD,
    ENCRYPTED,
};

static const struct {
    enum element parent;
    const char *name;
    enum element element;
} elements[] = {
    {TOP, "WIM", WIM},
    {WIM, "IMAGE", IMAGE},
    {WIM, "ESD", ESD},
    {ESD, "ENCRYPTED", ENCRYPTED},
    {IMAGE, "NAME", NAME},
    {IMAGE, "DESCRIPTION", DESCRIPTION},
    {IMAGE, "FILECOUNT", FILECOUNT},
    {IMAGE, "TOTALBYTES", TOTALBYTES},
    {IMAGE, "WINDOWS", WINDOWS},
    {WINDOWS, "ARCH", ARCH},
    {WINDOWS, "EDITIONID", EDITIONID},
    {WINDOWS, "VERSION", VERSION},
    {VERSION, "MAJOR", MAJOR},
    {VERSION, "MINOR", MINOR},
    {VERSION, "BUILD", BUILD},
    {VERSION, "SPBUILD", SPBUILD},
};

enum { DEPTH_MAX = 32, TEXT_MAX = 4096 };

struct parser {
    struct wim *wim;
    const char *at, *end; /* UTF-8 */
    enum element stack[DEPTH_MAX];
    unsigned depth;          /* of the innermost open element in the stack; 0: TOP */
    struct wim_image *image; /* the one whose element is open; NULL: none, or not one of ours */
    const char *version[4];
    bool encrypted;
    /* Where one image's text is wanted, and nothing else. */
    const struct wim_image *wanted;
    bool is_in_wanted;
    const char *image_text; /* after the tag of the IMAGE element that is open */
    const char *wanted_text, *wanted_end;
};

static uint64_t parse_number(const char *text, const char *end)
{
    uint64_t value = 0;
    for (; text < end && *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint64_t)(*text - '0');
    }
    return value;
}

/* Decode an entity at `text` (which starts with '&') to one or more bytes; returns its length, 0
 * if it is none. */
static size_t decode_entity(const char *text, const char *end, char bytes[8], size_t *byte_count)
{
    static const struct {
        const char *text;
        char value;
    } named[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    size_t rest = (size_t)(end - text);

    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        size_t length = strlen(named[i].text);
        if (rest >= length && !memcmp(text, named[i].text, length)) {
            bytes[0] = named[i].value;
            *byte_count = 1;
            return length;
        }
    }
    if (rest < 3 || text[1] != '#') {
        return 0;
    }
    bool hexadecimal = text[2] == 'x';
    uint32_t value = 0;
    const char *at = text + (hexadecimal ? 3 : 2);
    for (; at < end && *at != ';'; at++) {
        uint32_t digit = *at >= '0' && *at <= '9' ? (uint32_t)(*at - '0') : 99;
        if (hexadecimal && (*at | 0x20) >= 'a' && (*at | 0x20) <= 'f') {
            digit = (uint32_t)((*at | 0x20) - 'a' + 10);
        }
        if (digit >= (hexadecimal ? 16u : 10u) || value > 0x10ffff) {
            return 0;
        }
        value = value * (hexadecimal ? 16 : 10) + digit;
    }
    if (at == end || !value || value > 0x10ffff) {
        return 0;
    }
    uint16_t units[2] = {(uint16_t)value};
    if (value > 0xffff) {
        units[0] = (uint16_t)(0xd800 + ((value - 0x10000) >> 10));
        units[1] = (uint16_t)(0xdc00 + (value & 0x3ff));
    }
    *byte_count = utf8_from_utf16(units, value > 0xffff ? 2 : 1, bytes, 8);
    return (size_t)(at + 1 - text);
}

/* The text of an element as a string in the pool; "" without memory. */
static const char *copy_text(const struct parser *parser, const char *text, const char *end)
{
    while (text < end && ascii_is_space(*text)) {
        text++;
    }
    while (text < end && ascii_is_space(end[-1])) {
        end--;
    }
    if (end - text > TEXT_MAX) {
        for (end = text + TEXT_MAX; (*end & 0xc0) == 0x80; end--) {
            ; /* do not cut a character in two */
        }
    }
    char *copy = pool_allocate(parser->wim->pool, (size_t)(end - text) + 1), *out = copy;
    if (copy == NULL) {
        return "";
    }
    while (text < end) {
        char bytes[8];
        size_t byte_count, length = *text == '&' ? decode_entity(text, end, bytes, &byte_count) : 0;
        if (length) {
            memcpy(out, bytes, byte_count);
            out += byte_count;
            text += length;
        } else {
            *out++ = *text++;
        }
    }
    return copy;
}

static const char *arch_name(uint64_t number)
{
    switch (number) {
    case 0:
        return "i386";
    case 5:
        return "arm";
    case 6:
        return "ia64";
    case 9:
        return "x86_64";
    case 12:
        return "arm64";
    default:
        return "";
    }
}

/* MAJOR.MINOR.BUILD.SPBUILD, as many as are there. */
static const char *join_version(const struct parser *parser)
{
    size_t size = 1;
    for (unsigned i = 0; i < 4 && parser->version[i] != NULL; i++) {
        size += strlen(parser->version[i]) + 1;
    }
    char *joined = pool_allocate(parser->wim->pool, size), *out = joined;
    if (joined == NULL) {
        return "";
    }
    for (unsigned i = 0; i < 4 && parser->version[i] != NULL; i++) {
        if (i) {
            *out++ = '.';
        }
        size_t length = strlen(parser->version[i]);
        memcpy(out, parser->version[i], length);
        out += length;
    }
    return joined;
}

/* An element ends: take what its text says. */
static void take_element(struct parser *parser, enum element element, const char *text,
                         const char *end)
{
    struct wim_image *image = parser->image;
    if (element == IMAGE) {
        parser->image = NULL;
    }
    if (element == IMAGE && parser->is_in_wanted && parser->image_text <= end) {
        parser->is_in_wanted = false;
        parser->wanted_text = parser->image_text;
        parser->wanted_end = end;
    }
    if (image == NULL) {
        return;
    }
    switch (element) {
    case NAME:
        image->name = copy_text(parser, text, end);
        break;
    case DESCRIPTION:
        image->description = copy_text(parser, text, end);
        break;
    case FILECOUNT:
        image->files = parse_number(text, end);
        break;
    case TOTALBYTES:
        image->bytes = parse_number(text, end);
        break;
    case ARCH:
        image->arch = text < end ? arch_name(parse_number(text, end)) : "";
        break;
    case EDITIONID:
        image->edition = copy_text(parser, text, end);
        break;
    case MAJOR:
    case MINOR:
    case BUILD:
    case SPBUILD:
        parser->version[element - MAJOR] = copy_text(parser, text, end);
        break;
    case VERSION:
        image->version = join_version(parser);
        break;
    default:
        break;
    }
}

/* The image that an IMAGE element's INDEX attribute names. */
static struct wim_image *find_image(const struct parser *parser, const char *at, const char *end)
{
    static const char attribute[] = "INDEX=";
    for (; end - at > (long)sizeof(attribute); at++) {
        if (ascii_is_space(at[-1]) && !memcmp(at, attribute, sizeof(attribute) - 1)) {
            uint64_t index = parse_number(at + sizeof(attribute), end);
            if (index && index <= parser->wim->image_count) {
                return &parser->wim->images[index - 1].info;
            }
        }
    }
    return NULL;
}

/* An element starts. @param name up to the end of the tag */
static int open_element(struct parser *parser, const char *name, const char *end)
{
    const char *name_end = name;
    while (name_end < end && !ascii_is_space(*name_end) && *name_end != '/') {
        name_end++;
    }
    size_t length = (size_t)(name_end - name);
    enum element parent = parser->stack[parser->depth], element = OTHER;

    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
        if (elements[i].parent == parent && strlen(elements[i].name) == length &&
            !memcmp(elements[i].name, name, length)) {
            element = elements[i].element;
        }
    }
    if (element == IMAGE) {
        struct wim_image *image = find_image(parser, name_end + 1 < end ? name_end + 1 : end, end);
        parser->image = parser->wanted == NULL ? image : NULL;
        parser->is_in_wanted = image != NULL && image == parser->wanted;
        parser->image_text = end + 1;
    }
    if (element == VERSION) {
        memset(parser->version, 0, sizeof(parser->version));
    }
    parser->encrypted |= element == ENCRYPTED;
    if (end[-1] == '/') {
        take_element(parser, element, end, end);
        return 0;
    }
    if (parser->depth + 1 == DEPTH_MAX) {
        return -1;
    }
    parser->stack[++parser->depth] = element;
    return 0;
}

/* Skip `mark`; NULL if it does not follow. */
static const char *skip_past(const char *at, const char *end, const char *mark)
{
    size_t length = strlen(mark);
    for (; (size_t)(end - at) >= length; at++) {
        if (!memcmp(at, mark, length)) {
            return at + length;
        }
    }
    return NULL;
}

/* @return NULL, or what is wrong at parser->at */
static const char *parse(struct parser *parser)
{
    const char *text = parser->at; /* start of the text of the innermost element */
    while (parser->at < parser->end) {
        const char *tag = memchr(parser->at, '<', (size_t)(parser->end - parser->at));
        if (tag == NULL) {
            break;
        }
        parser->at = tag;
        size_t rest = (size_t)(parser->end - tag);
        bool comment = rest >= 4 && !memcmp(tag, "<!--", 4);
        const char *after = skip_past(tag + 1, parser->end, comment ? "-->" : ">");
        if (after == NULL) {
            return "a tag does not end";
        }
        const char *end = after - 1;
        if (tag[1] == '!' || tag[1] == '?') {
            parser->at = after;
            continue;
        }
        if (tag[1] == '/') {
            if (!parser->depth) {
                return "an end tag has no start tag";
            }
            take_element(parser, parser->stack[parser->depth--], text, tag);
        } else if (open_element(parser, tag + 1, end)) {
            return "elements are nested too deeply";
        }
        parser->at = text = after;
    }
    return parser->depth ? "an element does not end" : NULL;
}

/* The XML as UTF-8 in scratch memory; NULL without memory. */
static char *to_utf8(const void *bytes, size_t size, size_t *length, struct error *error)
{
    const uint8_t *units = bytes;
    if (size >= 2 && units[0] == 0xff && units[1] == 0xfe) {
        units += 2;
        size -= 2;
    }
    size_t capacity = size / 2 * 3 + 1; /* a UTF-16 unit makes at most three bytes */
    char *text = memory_allocate(capacity);
    if (text == NULL) {
        error_no_memory(error, "%zu bytes of the XML", capacity);
        return NULL;
    }
    *length = utf8_from_utf16(units, size / 2, text, capacity);
    return text;
}

int wim_xml_parse(struct wim *wim, const void *bytes, size_t size, bool *encrypted,
                  struct error *error)
{
    size_t length;
    char *text = to_utf8(bytes, size, &length, error);
    *encrypted = false;
    if (text == NULL) {
        return -1;
    }
    struct parser parser = {.wim = wim, .at = text, .end = text + length};
    const char *problem = parse(&parser);
    if (problem != NULL) {
        error_set(error, "character %zu: %s", (size_t)(parser.at - text), problem);
    }
    *encrypted = parser.encrypted;
    memory_free(text);
    return problem != NULL ? -1 : 0;
}

int wim_xml_image_text(struct wim *wim, uint32_t index, char **text, size_t *length,
                       struct error *error)
{
    struct wim_location location = wim_location(wim, 0, &wim->parts[0].header.xml);
    const void *bytes = NULL;
    void *memory = NULL;
    if (location.size && wim_resource_load(wim, &location, &bytes, &memory, error)) {
        return error_prefix(error, "XML: ");
    }
    *text = to_utf8(bytes, (size_t)location.size, length, error);
    wim_free(wim, memory, (size_t)location.size);
    if (*text == NULL) {
        return -1;
    }
    struct parser parser = {.wim = wim,
                            .at = *text,
                            .end = *text + *length,
                            .wanted = &wim->images[index - 1].info,
                            .wanted_text = *text,
                            .wanted_end = *text};
    parse(&parser); /* XML that makes no sense was warned of when the WIM was opened */
    *length = (size_t)(parser.wanted_end - parser.wanted_text);
    memmove(*text, parser.wanted_text, *length);
    return 0;
}

int wim_xml_load(struct wim *wim, struct error *error)
{
    const struct wim_part *part = &wim->parts[0];
    struct wim_location location = wim_location(wim, 0, &part->header.xml);
    struct error problem;
    const void *bytes;
    void *memory;
    bool encrypted;
    for (uint32_t i = 0; i < wim->image_count; i++) {
        wim->images[i].info = (struct wim_image){
            .name = "", .description = "", .arch = "", .version = "", .edition = ""};
    }
    if (!location.size) {
        return 0;
    }
    if (wim_resource_load(wim, &location, &bytes, &memory, error)) {
        return error_prefix(error, "%s: XML: ", part->file->name);
    }
    if (wim_xml_parse(wim, bytes, (size_t)location.size, &encrypted, &problem)) {
        log_warning("%s: XML: %s; the names of images may be missing", part->file->name,
                    problem.text);
    }
    wim_free(wim, memory, (size_t)location.size);
    if (encrypted) {
        return error_set(error, "%s: is an encrypted ESD; decrypt it first", part->file->name);
    }
    return 0;
}
