/* SPDX-License-Identifier: BSD-2-Clause */
/* iPXE's settings. See settings.h. */
#include "host/ipxe/settings.h"

#include <string.h>

#include "base/format.h"
#include "host/ipxe/interpreter.h"

/* Numbers by which DHCP knows settings that have a name as well. */
static const struct {
    const char *number, *name;
} numbers[] = {
    {"1", "netmask"},        {"3", "gateway"},     {"6", "dns"},          {"12", "hostname"},
    {"15", "domain"},        {"17", "root-path"},  {"54", "dhcp-server"}, {"60", "vendor-class"},
    {"67", "filename"},      {"77", "user-class"}, {"175.8", "keep-san"}, {"175.190", "username"},
    {"175.191", "password"},
};

static const char *canonical(const char *name)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(numbers[i].number, name) == 0) {
            return numbers[i].name;
        }
    }
    return name;
}

bool setting_parse_name(const char *text, struct setting_name *name)
{
    const char *slash = strchr(text, '/');
    const char *after = slash != NULL ? slash + 1 : text;
    const char *colon = strchr(after, ':');
    size_t block_length = slash != NULL ? (size_t)(slash - text) : 0;
    size_t length = colon != NULL ? (size_t)(colon - after) : strlen(after);
    memset(name, 0, sizeof(*name));
    if (block_length >= sizeof(name->block) || length >= sizeof(name->name)) {
        return false;
    }
    memcpy(name->block, text, block_length);
    memcpy(name->name, after, length);
    format_string(name->name, sizeof(name->name), "%s", canonical(name->name));
    if (strcmp(name->block, "netX") == 0) { /* the card in use */
        memcpy(name->block, "net0", 5);
    }
    name->type = colon != NULL ? type_find(colon + 1) : NULL;
    return colon == NULL || name->type != NULL;
}

/* Whether a block is, or is inside, the requested one; the root has all. */
static bool is_in_block(const char *block, const char *asked)
{
    size_t length = strlen(asked);
    return length == 0 ||
           (strncmp(block, asked, length) == 0 && (block[length] == '\0' || block[length] == '.'));
}

static struct setting *find_set(struct settings *settings, const char *block, const char *name,
                                bool inside)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct setting *setting = &settings->list[i];
        if (strcmp(setting->name, name) == 0 &&
            (inside ? is_in_block(setting->block, block) : strcmp(setting->block, block) == 0)) {
            return setting;
        }
    }
    return NULL;
}

enum found settings_find(struct ipxe *ipxe, const struct setting_name *name, struct bytes *value,
                         const struct setting_type **type)
{
    const struct setting *setting = find_set(&ipxe->settings, name->block, name->name, false);
    if (setting == NULL) {
        setting = find_set(&ipxe->settings, name->block, name->name, true);
    }
    if (setting == NULL) {
        return facts_find(ipxe, name->block, name->name, value, type);
    }
    *value = setting->value;
    *type = setting->type;
    return FOUND;
}

int settings_store(struct ipxe *ipxe, const struct setting_name *name,
                   const struct setting_type *type, struct bytes value)
{
    struct settings *settings = &ipxe->settings;
    struct setting *setting = find_set(settings, name->block, name->name, false);
    if (value.size == 0) {
        if (setting != NULL) {
            *setting = settings->list[--settings->count];
        }
        return STATUS_OK;
    }
    if (setting == NULL) {
        if (settings->count == SETTINGS_MAX) {
            return ipxe_stop(ipxe, IPXE_UNCERTAIN, "more than %d settings", SETTINGS_MAX);
        }
        setting = &settings->list[settings->count];
        setting->block = ipxe_copy(ipxe, name->block, strlen(name->block));
        setting->name = ipxe_copy(ipxe, name->name, strlen(name->name));
        if (setting->block == NULL || setting->name == NULL) {
            return STATUS_STOP;
        }
        settings->count++;
    }
    setting->type = type;
    setting->value = value;
    return STATUS_OK;
}
