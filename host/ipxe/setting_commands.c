/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands for settings: set, clear, inc, read, login, show. https://ipxe.org/cmd/set */
#include <stdlib.h>
#include <string.h>

#include "host/ipxe/interpreter.h"

static const struct option_rule no_options[] = {{NULL, 0, false}};

/* The name of a setting, and the type that it is stored with. */
static enum status parse_name(struct ipxe *ipxe, const char *text, struct setting_name *name)
{
    if (!setting_parse_name(text, name)) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: this preview does not know such a setting",
                         text);
    }
    name->type = name->type != NULL ? name->type : setting_own_type(name->name);
    return STATUS_OK;
}

enum status setting_set(struct ipxe *ipxe, const char *name, const char *value)
{
    struct setting_name parsed;
    struct bytes bytes = {NULL, 0};
    enum status status = parse_name(ipxe, name, &parsed);
    if (status != STATUS_OK) {
        return status;
    }
    const struct setting_type *type = parsed.type != NULL ? parsed.type : type_find("string");
    if (value[0] == '\0') {
        return settings_store(ipxe, &parsed, type, bytes);
    }
    if (type->parse == NULL) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: this preview cannot set the type %s", name,
                         type->name);
    }
    if (type == type_find("uuid")) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN,
                         "%s: not every version of iPXE can set the type uuid", name);
    }
    if (!type->parse(ipxe, type, value, &bytes)) {
        return ipxe->is_stopped ? STATUS_STOP : STATUS_FAILED;
    }
    return settings_store(ipxe, &parsed, type, bytes);
}

static enum status run_set(struct ipxe *ipxe, size_t count, char **words)
{
    const char *values[1];
    size_t first;
    enum status status = options_take(ipxe, count, words, no_options, values, 1, SIZE_MAX, &first);
    char *text = status == STATUS_OK ? ipxe_join(ipxe, words + first + 1, count - first - 1) : NULL;
    if (status != STATUS_OK || text == NULL) {
        return status != STATUS_OK ? status : STATUS_STOP;
    }
    return setting_set(ipxe, words[first], text);
}

static enum status run_clear(struct ipxe *ipxe, size_t count, char **words)
{
    const char *values[1];
    size_t first;
    enum status status = options_take(ipxe, count, words, no_options, values, 1, 1, &first);
    return status == STATUS_OK ? setting_set(ipxe, words[first], "") : status;
}

static enum status run_inc(struct ipxe *ipxe, size_t count, char **words)
{
    const char *values[1];
    size_t first;
    struct setting_name name;
    struct bytes value = {NULL, 0};
    const struct setting_type *type = NULL;
    enum status status = options_take(ipxe, count, words, no_options, values, 1, 2, &first);
    char *end = NULL;
    unsigned increment = 1;
    if (status == STATUS_OK && first + 1 < count) {
        increment = (unsigned)strtoul(words[first + 1], &end, 0);
        status = *end == '\0' ? STATUS_OK : STATUS_FAILED;
    }
    status = status == STATUS_OK ? parse_name(ipxe, words[first], &name) : status;
    if (status != STATUS_OK) {
        return status;
    }
    int64_t number = 0;
    switch (settings_find(ipxe, &name, &value, &type)) {
    case FOUND_STOP:
        return STATUS_STOP;
    case FOUND_UNKNOWN:
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "inc: ${%s} is not known", words[first]);
    case FOUND:
        type = name.type != NULL ? name.type : type;
        if (type->width == 0) {
            return STATUS_FAILED;
        }
        number = type_number(type, value);
        break;
    case FOUND_NOTHING:
        type = name.type != NULL ? name.type : type_find("int32");
        break;
    }
    return type->width > 0 &&
                   type_from_number(ipxe, type, (int64_t)((uint64_t)number + increment), &value)
               ? (enum status)settings_store(ipxe, &name, type, value)
               : (ipxe->is_stopped ? STATUS_STOP : STATUS_FAILED);
}

/* The user's answer becomes the value of a setting; without one the setting stays. */
static enum status ask(struct ipxe *ipxe, const char *command, const char *setting)
{
    const char *answer = ipxe_answer(ipxe);
    if (answer != NULL) {
        return setting_set(ipxe, setting, answer);
    }
    enum status status = ipxe_answer_by_default(ipxe, command);
    return status == STATUS_OK
               ? ipxe_note(ipxe,
                           "%s: the user is assumed to leave ${%s} as it is. To answer: "
                           "--answer TEXT",
                           command, setting)
               : status;
}

static enum status run_read(struct ipxe *ipxe, size_t count, char **words)
{
    const char *values[1];
    size_t first;
    enum status status = options_take(ipxe, count, words, no_options, values, 1, 1, &first);
    return status == STATUS_OK ? ask(ipxe, words[0], words[first]) : status;
}

static enum status run_login(struct ipxe *ipxe, size_t count, char **words)
{
    if (ipxe->answers_used + 1 >= ipxe->start->answer_count) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN,
                         "login: asks for a name and a password: give two more --answer");
    }
    enum status status = ask(ipxe, words[0], "username");
    return status == STATUS_OK ? ask(ipxe, words[0], "password") : status;
}

static enum status run_show(struct ipxe *ipxe, size_t count, char **words)
{
    const char *values[1];
    size_t first;
    struct setting_name name;
    struct bytes value;
    const struct setting_type *type;
    enum status status = options_take(ipxe, count, words, no_options, values, 1, 1, &first);
    status = status == STATUS_OK ? parse_name(ipxe, words[first], &name) : status;
    if (status != STATUS_OK) {
        return status;
    }
    switch (settings_find(ipxe, &name, &value, &type)) {
    case FOUND:
        return STATUS_OK;
    case FOUND_NOTHING:
        return STATUS_FAILED;
    case FOUND_UNKNOWN:
        return ipxe_note(ipxe, "show: ${%s} is assumed to exist", words[first]);
    case FOUND_STOP:
        break;
    }
    return STATUS_STOP;
}

static enum status run_config(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_note(ipxe, "config: the user is assumed to change nothing");
}

const struct command setting_commands[] = {
    {"clear", run_clear}, {"config", run_config}, {"inc", run_inc},   {"login", run_login},
    {"read", run_read},   {"set", run_set},       {"show", run_show}, {NULL, NULL},
};
