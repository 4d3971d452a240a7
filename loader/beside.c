/* SPDX-License-Identifier: BSD-2-Clause */
/* What is beside the loader on its server. See beside.h. */
#include "beside.h"

#include "base/machine.h"
#include "options.h"
#include "transport/fetch.h"

enum { TIMEOUT_MS = 30000 };

/* Fetch a file; none is no error. */
static int fetch_named(struct file_list *list, const struct url *loader, const char *name,
                       struct error *error)
{
    struct transfer transfer = {
        .pool = list->pool,
        .label = name,
        .timeout_ms = TIMEOUT_MS,
    };
    struct url url;
    struct file *file;
    if (url_parse(name, loader, &url, error) != 0 ||
        fetch_file(&url, &transfer, name, &file, error) != 0) {
        return -1;
    }
    return file == NULL ? 0 : file_list_add(list, file, error);
}

int beside_fetch(struct file_list *list, struct error *error)
{
    static const char *const names[] = {"boot.wim", "BCD", "boot.sdi"};
    const char *text = platform_machine()->url;
    struct url loader;
    if (text == NULL || url_parse(text, NULL, &loader, NULL) != 0) {
        return 0;
    }
    if (!options.noscript) {
        const char *script = options.script != NULL ? options.script : "wimboot.lua";
        if (fetch_named(list, &loader, script, error) != 0) {
            return -1;
        }
    }
    bool has_script = list->count > 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !has_script; i++) {
        if (fetch_named(list, &loader, names[i], error) != 0) {
            return -1;
        }
    }
    return 0;
}
