/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ${settings} in a word: the innermost is replaced first, until none is left, so that ${${name}}
 * works (https://ipxe.org/scripting). The value of a setting is never split into words.
 */
#include <string.h>

#include "host/ipxe/interpreter.h"

enum { EXPANSIONS_MAX = 1000 };

/* The value of a setting as text; "" if it has none; NULL if the run is stopped. */
static const char *value_of(struct ipxe *ipxe, const char *text)
{
    struct setting_name name;
    struct bytes value;
    const struct setting_type *type = NULL;
    if (!setting_parse_name(text, &name)) {
        const char *colon = strchr(text, ':');
        ipxe_stop(ipxe, IPXE_UNCERTAIN, "${%s}: %s", text,
                  colon != NULL ? "this preview does not know the type" : "the name is too long");
        return NULL;
    }
    switch (settings_find(ipxe, &name, &value, &type)) {
    case FOUND_STOP:
        return NULL;
    case FOUND_NOTHING:
        return "";
    case FOUND_UNKNOWN:
        return ipxe->is_mute || ipxe_note(ipxe,
                                          "${%s} is not known: assumed to be empty. To give it: "
                                          "--ipxe-set %s%s%s=VALUE",
                                          text, name.block, name.block[0] != '\0' ? "/" : "",
                                          name.name) == STATUS_OK
                   ? ""
                   : NULL;
    case FOUND:
        break;
    }
    type = name.type != NULL ? name.type : type;
    const char *formatted = type->format(ipxe, type, value);
    return formatted != NULL || ipxe->memory_left == 0 ? formatted : "";
}

/* The innermost ${…}: the first '}' and the last "${" before it. */
static bool find_innermost(const char *text, size_t *start, size_t *end)
{
    bool found = false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == '$' && text[i + 1] == '{') {
            *start = i;
            found = true;
        } else if (found && text[i] == '}') {
            *end = i;
            return true;
        }
    }
    return false;
}

char *ipxe_expand(struct ipxe *ipxe, const char *word)
{
    char *text = ipxe_copy(ipxe, word, strlen(word));
    size_t start = 0, end = 0;
    for (unsigned count = 0; text != NULL && find_innermost(text, &start, &end); count++) {
        char *name = ipxe_copy(ipxe, text + start + 2, end - start - 2);
        const char *value = name != NULL ? value_of(ipxe, name) : NULL;
        if (value == NULL) {
            return NULL;
        }
        if (count == EXPANSIONS_MAX || strlen(text) + strlen(value) > IPXE_WORD_SIZE_MAX) {
            ipxe_stop(ipxe, IPXE_UNCERTAIN,
                      "a word is longer than %d bytes when its settings are "
                      "replaced",
                      IPXE_WORD_SIZE_MAX);
            return NULL;
        }
        text = ipxe_format(ipxe, "%.*s%s%s", (int)start, text, value, text + end + 1);
    }
    return text;
}
