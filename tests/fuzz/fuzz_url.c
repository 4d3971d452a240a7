/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs of any bytes, alone and relative to each other. What is taken reads back the same, and has
 * nothing in it that could end a line of HTTP. */
#include <stdlib.h>
#include <string.h>

#include "transport/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct url *url)
{
    char text[URL_TEXT_SIZE], again_text[URL_TEXT_SIZE], path[URL_PATH_SIZE];
    struct url again;
    struct error error;
    url_format(url, text);
    if (url_parse(text, NULL, &again, &error) != 0 ||
        strcmp(url_format(&again, again_text), text) != 0 || url->path[0] != '/') {
        abort();
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at <= ' ' || *at >= 0x7F) {
            abort();
        }
    }
    if ((url->host[0] == '[') != url_read_ipv6_address(url->host, (uint8_t[16]){0})) {
        abort();
    }
    url_decode_path(url, path, &error);
}

/* Two texts, with a NUL between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 2);
    struct url base, url;
    struct error error;
    uint8_t address[4], ipv6_address[16];
    memcpy(text, data, size);
    text[size] = text[size + 1] = '\0';
    const char *second = text + strlen(text) + 1;
    url_read_address(text, address);
    url_read_ipv6_address(text, ipv6_address);
    if (url_parse(text, NULL, &base, &error) == 0) {
        check(&base);
        if (url_parse(second, &base, &url, &error) == 0) {
            check(&url);
        }
    }
    free(text);
    return 0;
}
