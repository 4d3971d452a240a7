/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs taken apart and put together. See url.h; the sections are those of RFC 3986. */
#include "transport/url.h"

#include <string.h>

#include "base/ascii.h"
#include "base/format.h"
#include "base/path.h"

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Bytes in front of the first of these characters. */
static size_t length_before(const char *text, const char *characters)
{
    size_t length = 0;
    while (text[length] != '\0' && strchr(characters, text[length]) == NULL) {
        length++;
    }
    return length;
}

/* ---- authority ---- */

/* The port behind a host's ':'. An empty one is the scheme's own (3.2.3). */
static int parse_port(const char *digits, size_t length, struct url *url, struct error *error)
{
    uint32_t port = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(digits[i]) || port > UINT16_MAX) {
            return error_set(error, "the port is not a number of 1 to 65535");
        }
        port = port * 10 + (uint32_t)(digits[i] - '0');
    }
    if (port > UINT16_MAX || (length > 0 && port == 0)) {
        return error_set(error, "the port is not a number of 1 to 65535");
    }
    url->port = (uint16_t)port;
    return 0;
}

/* Whether this can only be an IPv6 address without brackets: there are several ':'. */
static bool is_bare_ipv6(const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    return memchr(text, '[', length) == NULL && colon != NULL &&
           memchr(colon + 1, ':', length - (size_t)(colon + 1 - text)) != NULL;
}

/* Bytes of a host: up to the ':' before a port, which is not one of an IPv6 address. */
static size_t length_of_host(const char *text, size_t length)
{
    const char *from = length > 0 && text[0] == '[' ? memchr(text, ']', length) : text;
    const char *colon = from == NULL ? NULL : memchr(from, ':', length - (size_t)(from - text));
    return colon == NULL ? length : (size_t)(colon - text);
}

static int parse_host(const char *text, size_t length, struct url *url, struct error *error)
{
    uint8_t address[16];
    bool is_ipv6 = length > 0 && text[0] == '[';
    if (length >= sizeof(url->host)) {
        return error_set(error, "the server's name is longer than %d characters",
                         URL_HOST_SIZE - 1);
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_ipv6 && !is_letter(text[i]) && !is_digit(text[i]) &&
            strchr("-._", text[i]) == NULL) {
            return error_set(error, "the server's name has a character that none can have");
        }
        url->host[i] = ascii_lower(text[i]);
    }
    url->host[length] = '\0';
    return !is_ipv6 || url_read_ipv6_address(url->host, address)
               ? 0
               : error_set(error, "what is in brackets is not an IPv6 address");
}

/* "host" or "host:port", of `length` bytes. */
static int parse_authority(const char *text, size_t length, struct url *url, struct error *error)
{
    if (memchr(text, '@', length) != NULL) {
        return error_set(error, "users and passwords in a URL are not supported: they would be "
                                "readable by everybody who reads the script");
    }
    if (is_bare_ipv6(text, length)) {
        return error_set(error, "an IPv6 address is in brackets, as in http://[fd00::1]/");
    }
    size_t host_length = length_of_host(text, length);
    if (parse_host(text, host_length, url, error) != 0) {
        return -1;
    }
    return host_length == length
               ? 0
               : parse_port(text + host_length + 1, length - host_length - 1, url, error);
}

/* ---- path ---- */

/* Which characters stand for themselves (3.3, 3.4); all others get escaped. */
static bool is_path_character(char character)
{
    return is_letter(character) || is_digit(character) ||
           (character != '\0' && strchr("-._~!$&'()*+,;=:@/?", character) != NULL);
}

/* Append a path, escaped, to the URL's; `*length` is what that has. */
static int append_path(struct url *url, size_t *length, const char *text, struct error *error)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *text != '\0'; text++) {
        uint8_t byte = (uint8_t)*text;
        bool is_escape = *text == '%';
        if (is_escape && (ascii_hex_digit(text[1]) < 0 || ascii_hex_digit(text[2]) < 0)) {
            return error_set(error, "'%%' is not followed by two hexadecimal digits: write %%25");
        }
        if (*text == '#') {
            return error_set(error, "'#' has no meaning here: write %%23 if it is in a name");
        }
        if (byte < 0x20 || byte == 0x7F) {
            return error_set(error, "there is a control character, 0x%02x, in it", byte);
        }
        bool is_plain = is_escape || is_path_character(*text);
        if (*length + (is_plain ? 1 : 3) >= sizeof(url->path)) {
            return error_set(error, "the path is longer than %d characters", URL_PATH_SIZE - 1);
        }
        if (is_plain) {
            url->path[(*length)++] = *text;
        } else {
            url->path[(*length)++] = '%';
            url->path[(*length)++] = digits[byte >> 4];
            url->path[(*length)++] = digits[byte & 15];
        }
    }
    url->path[*length] = '\0';
    return 0;
}

/* Bytes of a path in front of the query. */
static size_t length_without_query(const char *path)
{
    return length_before(path, "?");
}

/* "." means nothing, ".." takes a component away (5.2.4). In place: it only gets shorter. */
static void remove_dots(char *path)
{
    size_t length = length_without_query(path), written = 0;
    for (size_t at = 0; at < length;) {
        size_t end = at + 1; /* of the component, which starts with its '/' */
        while (end < length && path[end] != '/') {
            end++;
        }
        size_t size = end - at;
        bool is_here = size == 2 && path[at + 1] == '.';
        bool is_parent = size == 3 && path[at + 1] == '.' && path[at + 2] == '.';
        if (is_parent) {
            while (written > 0 && path[--written] != '/') {
            }
        }
        if (!is_here && !is_parent) {
            memmove(path + written, path + at, size);
            written += size;
        } else if (end == length) {
            path[written++] = '/'; /* there was one here */
        }
        at = end;
    }
    memmove(path + written, path + length, strlen(path + length) + 1);
}

/* A path, or one relative to the base's, in front of which that is put (5.2.3). */
static int parse_path(const char *text, const struct url *base, struct url *url,
                      struct error *error)
{
    size_t length = 0;
    if (text[0] != '/' && base != NULL) {
        length = length_without_query(base->path);
        while (text[0] != '?' && text[0] != '\0' && length > 0 && base->path[length - 1] != '/') {
            length--;
        }
        memcpy(url->path, base->path, length);
    }
    if (length == 0 && text[0] != '/') {
        url->path[length++] = '/';
    }
    if (append_path(url, &length, text, error) != 0) {
        return -1;
    }
    remove_dots(url->path);
    return 0;
}

/* ---- whole ---- */

/* Bytes of the scheme in front of a ':'; 0 if there is none (3.1). */
static size_t scheme_length(const char *text)
{
    size_t length = 0;
    while (is_letter(text[length]) ||
           (length > 0 && (is_digit(text[length]) ||
                           (text[length] != '\0' && strchr("+-.", text[length]) != NULL)))) {
        length++;
    }
    return text[length] == ':' ? length : 0;
}

static int parse(const char *text, const struct url *base, struct url *url, struct error *error)
{
    size_t length = scheme_length(text);
    *url = (struct url){.port = 0};
    if (text[0] == '\0') {
        return error_set(error, "it is empty");
    }
    if (length >= sizeof(url->scheme)) {
        return error_set(error, "nothing can fetch by a scheme of this name");
    }
    if (length > 0) {
        for (size_t i = 0; i < length; i++) {
            url->scheme[i] = ascii_lower(text[i]);
        }
        text += length + 1;
        base = NULL;
        if (strncmp(text, "//", 2) != 0) {
            return error_set(error, "there is no '//' after '%s:'", url->scheme);
        }
    } else if (base == NULL) {
        return error_set(error, "it does not start with a scheme such as http://, and where the "
                                "loader came from, to which it would be relative, is not known");
    } else {
        memcpy(url->scheme, base->scheme, sizeof(url->scheme));
    }
    if (strncmp(text, "//", 2) == 0) {
        text += 2;
        length = length_before(text, "/?#");
        if (parse_authority(text, length, url, error) != 0) {
            return -1;
        }
        text += length;
        base = NULL;
    } else if (base != NULL) { /* which it is: without it, "//" was asked for */
        memcpy(url->host, base->host, sizeof(url->host));
        url->port = base->port;
    }
    if (url->host[0] == '\0' && strcmp(url->scheme, "file") != 0) {
        return error_set(error, "it names no server");
    }
    return parse_path(text, base, url, error);
}

int url_parse(const char *text, const struct url *base, struct url *url, struct error *error)
{
    if (parse(text, base, url, error) != 0) {
        /* A password that somebody put in stays off the screen. */
        return strchr(text, '@') != NULL ? error_prefix(error, "URL: ")
                                         : error_prefix(error, "URL '%.200s': ", text);
    }
    return 0;
}

const char *url_format(const struct url *url, char text[URL_TEXT_SIZE])
{
    char port[8] = "";
    if (url->port != 0) {
        format_string(port, sizeof(port), ":%u", url->port);
    }
    format_string(text, URL_TEXT_SIZE, "%s://%s%s%s", url->scheme, url->host, port, url->path);
    return text;
}

bool url_from_server(const char *named, char text[URL_TEXT_SIZE])
{
    struct url url;
    if (url_parse(named, NULL, &url, NULL) != 0 || strcmp(url.scheme, "file") == 0) {
        return false;
    }
    url_format(&url, text);
    return true;
}

int url_decode_path(const struct url *url, char path[URL_PATH_SIZE], struct error *error)
{
    size_t length = length_without_query(url->path), written = 0;
    for (size_t i = 0; i < length; i++) {
        char character = url->path[i];
        if (character == '%') {
            character = (char)((unsigned)ascii_hex_digit(url->path[i + 1]) << 4 |
                               (unsigned)ascii_hex_digit(url->path[i + 2]));
            i += 2;
            if (character == '\0' || character == '/' || character == '\\') {
                return error_set(error, "%.200s: the name has a '%%%02X' in it", url->path,
                                 (uint8_t)character);
            }
        }
        path[written++] = character;
    }
    path[written] = '\0';
    const char *rest = path, *component;
    while ((component = path_next_component(&rest, &length)) != NULL) {
        if (path_is_parent(component, length)) {
            return error_set(error, "%.200s: there is an escaped '..' in it", url->path);
        }
    }
    return 0;
}

bool url_escape_path(const char *name, char *path, size_t size)
{
    size_t length = 0;
    for (; *name != '\0'; name++) {
        bool is_special = strchr("%?#", *name) != NULL;
        length += format_string(path + length, size - length, is_special ? "%%%02X" : "%c",
                                *name == '\\' ? '/' : *name);
        if (length >= size) {
            return false;
        }
    }
    path[length] = '\0';
    return true;
}

bool url_read_address(const char *text, uint8_t address[4])
{
    for (size_t i = 0; i < 4; i++) {
        unsigned value = 0;
        size_t digits = 0;
        for (; is_digit(*text) && digits < 3; text++, digits++) {
            value = value * 10 + (unsigned)(*text - '0');
        }
        if (digits == 0 || value > 255 || *text != (i < 3 ? '.' : '\0')) {
            return false;
        }
        address[i] = (uint8_t)value;
        text += i < 3 ? 1 : 0;
    }
    return true;
}

/* Two bytes of an address, written in one to four digits. @return where they end; NULL: they are
 * none */
static const char *read_group(const char *text, uint8_t bytes[2])
{
    unsigned value = 0;
    size_t digits = 0;
    for (; digits < 4 && ascii_hex_digit(*text) >= 0; text++, digits++) {
        value = value << 4 | (unsigned)ascii_hex_digit(*text);
    }
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
    return digits > 0 ? text : NULL;
}

bool url_read_ipv6_address(const char *text, uint8_t address[16])
{
    enum { SIZE = 16, NONE = SIZE + 1 };
    size_t count = 0, gap = NONE; /* bytes; those before the "::" */
    if (*text++ != '[') {
        return false;
    }
    if (text[0] == ':' && text[1] == ':') {
        gap = 0;
        text += 2;
    }
    while (*text != ']') {
        if (count == SIZE || (text = read_group(text, address + count)) == NULL) {
            return false;
        }
        count += 2;
        if (text[0] == ':' && text[1] == ':' && gap == NONE) {
            gap = count;
            text += 2;
        } else if (text[0] == ':' && text[1] != ']') {
            text++;
        } else if (text[0] != ']') {
            return false;
        }
    }
    if (text[1] != '\0' || (gap == NONE) != (count == SIZE)) {
        return false;
    }
    if (gap != NONE) {
        memmove(address + SIZE - (count - gap), address + gap, count - gap);
        memset(address + gap, 0, SIZE - count);
    }
    return true;
}
