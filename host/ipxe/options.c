/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of iPXE's commands: "--name VALUE", "--name=VALUE", "-n VALUE", "-nVALUE", "-kd"; the
 * first other word ends them, and so does "--". */
#include <string.h>

#include "host/ipxe/interpreter.h"

struct reader {
    struct ipxe *ipxe;
    size_t count, at;
    char **words;
    const struct option_rule *rules;
    const char **values;
};

/* The value of the option that was just passed: `inner`, or the next word unless that is an option.
 */
static enum status take_value(struct reader *reader, size_t rule, const char *inner)
{
    if (inner == NULL && reader->at < reader->count && reader->words[reader->at][0] != '-') {
        inner = reader->words[reader->at++];
    }
    reader->values[rule] = inner;
    return inner != NULL ? STATUS_OK : STATUS_FAILED;
}

static enum status unknown(struct reader *reader, const char *option)
{
    return ipxe_stop(reader->ipxe, IPXE_UNCERTAIN, "%s: this preview does not know the option %s",
                     reader->words[0], option);
}

static enum status take_long(struct reader *reader, const char *option)
{
    size_t length = strcspn(option + 2, "=");
    const char *inner = option[2 + length] == '=' ? option + 2 + length + 1 : NULL;
    for (size_t i = 0; reader->rules[i].name != NULL; i++) {
        const struct option_rule *rule = &reader->rules[i];
        if (strlen(rule->name) == length && strncmp(rule->name, option + 2, length) == 0) {
            if (rule->has_value) {
                return take_value(reader, i, inner);
            }
            reader->values[i] = "";
            return inner == NULL ? STATUS_OK : STATUS_FAILED;
        }
    }
    return length == 4 && strncmp(option + 2, "help", 4) == 0 ? STATUS_FAILED
                                                              : unknown(reader, option);
}

static enum status take_letters(struct reader *reader, const char *option)
{
    enum status status = STATUS_OK;
    for (const char *letter = option + 1; status == STATUS_OK && *letter != '\0'; letter++) {
        size_t i = 0;
        while (reader->rules[i].name != NULL && reader->rules[i].letter != *letter) {
            i++;
        }
        if (reader->rules[i].name == NULL) {
            return *letter == 'h' ? STATUS_FAILED : unknown(reader, option);
        }
        if (reader->rules[i].has_value) {
            return take_value(reader, i, letter[1] != '\0' ? letter + 1 : NULL);
        }
        reader->values[i] = "";
    }
    return status;
}

enum status options_take(struct ipxe *ipxe, size_t count, char **words,
                         const struct option_rule *rules, const char **values, size_t least,
                         size_t most, size_t *first)
{
    struct reader reader = {ipxe, count, 1, words, rules, values};
    for (size_t i = 0; rules[i].name != NULL; i++) {
        values[i] = NULL;
    }
    enum status status = STATUS_OK;
    while (status == STATUS_OK && reader.at < count && words[reader.at][0] == '-') {
        const char *option = words[reader.at++];
        if (strcmp(option, "--") == 0) {
            break;
        }
        status = option[1] == '-'    ? take_long(&reader, option)
                 : option[1] != '\0' ? take_letters(&reader, option)
                                     : STATUS_FAILED;
    }
    *first = reader.at;
    size_t left = count - reader.at;
    return status == STATUS_OK && (left < least || left > most) ? STATUS_FAILED : status;
}
