/* SPDX-License-Identifier: BSD-2-Clause */
/* What is beside the loader on its server. See beside.h. */
#include "beside.h"

#include <string.h>

#include "base/machine.h"
#include "options.h"
#include "transport/dhcp.h"
#include "transport/fetch.h"

enum { TIMEOUT_MS = 30000, BCD_DHCP_OPTION = 252 };

/* Fetch a file; none is no error. */
static int fetch_named(struct file_list *list, const struct url *url, const char *name,
                       struct error *error)
{
    struct transfer transfer = {
        .pool = list->pool,
        .label = name,
        .timeout_ms = TIMEOUT_MS,
    };
    struct file *file;
    if (fetch_file(url, &transfer, name, &file, error) != 0) {
        return -1;
    }
    return file == NULL ? 0 : file_list_add(list, file, error);
}

/* The same, of a file beside the loader. */
static int fetch_beside(struct file_list *list, const struct url *loader, const char *name,
                        struct error *error)
{
    struct url url;
    return url_parse(name, loader, &url, error) == 0 ? fetch_named(list, &url, name, error) : -1;
}

/* Windows' deployment servers say by DHCP which BCD a machine gets: "\Boot\x64\default.bcd". False
 * if the server does not. What it says is a file on a server, never one of this machine. */
static bool find_store(const struct url *loader, struct url *url)
{
    const struct machine_bytes *answers = platform_machine()->dhcp;
    char name[DHCP_NAME_SIZE], text[URL_TEXT_SIZE];
    uint8_t server[4];
    size_t length = 0;
    for (size_t i = 0; i < MACHINE_DHCP_COUNT && length == 0; i++) {
        length = dhcp_find(&answers[i], BCD_DHCP_OPTION, (uint8_t *)name, sizeof(name) - 1);
    }
    if (length == 0 || length >= sizeof(name) || strcmp(loader->scheme, "file") == 0) {
        return false;
    }
    name[length] = '\0';
    if (url_read_address(loader->host, server) && strcmp(loader->scheme, "tftp") == 0) {
        return dhcp_boot_url(name, server, text) && url_parse(text, NULL, url, NULL) == 0;
    }
    for (char *at = name; *at != '\0'; at++) {
        *at = *at == '\\' ? '/' : *at;
    }
    return url_parse(name, loader, url, NULL) == 0 && strcmp(url->scheme, "file") != 0;
}

static int fetch_store(struct file_list *list, const struct url *loader, struct error *error)
{
    struct url url;
    return find_store(loader, &url) ? fetch_named(list, &url, "BCD", error)
                                    : fetch_beside(list, loader, "BCD", error);
}

/* Where we came from; false if that is not known. */
static bool find_loader(struct url *loader)
{
    const char *text = platform_machine()->url;
    return text != NULL && url_parse(text, NULL, loader, NULL) == 0;
}

int beside_fetch_words(struct file_list *list, struct error *error)
{
    struct url loader;
    return find_loader(&loader) ? fetch_beside(list, &loader, "wimboot.cmd", error) : 0;
}

int beside_fetch(struct file_list *list, struct error *error)
{
    static const char *const names[] = {"boot.wim", "boot.sdi", "bootmgfw.efi"};
    struct url loader;
    if (!find_loader(&loader)) {
        return 0;
    }
    if (!options.noscript) {
        const char *script = options.script != NULL ? options.script : "wimboot.lua";
        if (fetch_beside(list, &loader, script, error) != 0) {
            return -1;
        }
    }
    if (list->count > 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (fetch_beside(list, &loader, names[i], error) != 0) {
            return -1;
        }
    }
    return fetch_store(list, &loader, error);
}
