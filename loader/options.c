/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. See options.h. */
#include "options.h"

#include <string.h>

#include "base/ascii.h"
#include "base/log.h"
#include "base/near.h"

/* make NOSCRIPT=1: a loader that never runs a script of the site. */
#ifdef WIMBOOT_NOSCRIPT
static const bool built_without_scripts = true;
#else
static const bool built_without_scripts = false;
#endif

/* Split in place: words end at white space outside double quotes, which are dropped. */
static size_t split(char *line, const char **words)
{
    size_t count = 0;
    char *from = line;
    for (;;) {
        while (ascii_is_space(*from)) {
            from++;
        }
        if (*from == '\0') {
            return count;
        }
        char *to = from;
        words[count++] = to;
        bool quoted = false;
        for (; *from != '\0' && (quoted || !ascii_is_space(*from)); from++) {
            if (*from == '"') {
                quoted = !quoted;
            } else {
                *to++ = *from;
            }
        }
        bool last = *from == '\0';
        *to = '\0';
        if (last) {
            return count;
        }
        from++;
    }
}

/* As numbers are written in C, because other loaders accept index=0x3; 0: as marked in the WIM. */
static int parse_index(const char *text, uint32_t *index, struct error *error)
{
    enum { INDEX_MAX = 100000 };
    uint32_t base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10, value = 0;
    const char *at = base == 16 ? text + 2 : text;
    const char *first = at;
    for (; *at != '\0' && value < INDEX_MAX; at++) {
        int digit = ascii_hex_digit(*at);
        if (digit < 0 || (uint32_t)digit >= base) {
            break;
        }
        value = value * base + (uint32_t)digit;
    }
    if (at == first || *at != '\0') {
        return error_set(error,
                         "command line: index=%s: must be the number of a WIM image, from 1, or 0 "
                         "for the one that the WIM marks",
                         text);
    }
    *index = value;
    return 0;
}

/* Bytes of a word's name, which ends at a '=' or with the word. */
static size_t name_length(const char *word)
{
    const char *equals = strchr(word, '=');
    return equals != NULL ? (size_t)(equals - word) : strlen(word);
}

/* The value of "name=value"; NULL if the word is something else. */
static const char *value_of(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static bool is_named(const char *word, const char *name)
{
    size_t length = name_length(word);
    return strlen(name) == length && memcmp(word, name, length) == 0;
}

/* Words that switch something on, whatever follows a '='. */
static const struct {
    const char *name;
    bool *flag;
} flags[] = {
    {"rawbcd", &options.rawbcd},     {"rawwim", &options.rawwim},
    {"slim", &options.slim},         {"nolog", &options.nolog},
    {"gui", &options.gui},           {"quiet", &options.quiet},
    {"linear", &options.linear},     {"noscript", &options.noscript},
    {"required", &options.required}, {"noscreen", &options.noscreen},
    {"noserial", &options.noserial}, {"noverdict", &options.noverdict},
};

/* Words with a value. */
static const char *const values[] = {"pause", "index", "script"};

static int parse_word(const char *word, struct error *error)
{
    const char *value;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (is_named(word, flags[i].name)) {
            *flags[i].flag = true;
        }
    }
    if (is_named(word, "pause")) {
        value = value_of(word, "pause");
        options.pause = value != NULL && strcmp(value, "quiet") == 0 ? PAUSE_QUIET : PAUSE_YES;
    } else if ((value = value_of(word, "index")) != NULL) {
        return parse_index(value, &options.index, error);
    } else if ((value = value_of(word, "script")) != NULL) {
        if (*value == '\0') {
            return error_set(error, "command line: script=: the name of a Lua file is missing");
        }
        options.script = value;
    }
    /* Everything else is for the script: also initrd=, initrdfile=, mem= and vga=, which other
     * loaders add for themselves. */
    return 0;
}

/* ---- what is probably a mistake ---- */

/* The word of ours that this one resembles, as "--index=3" and "index:3" do; NULL if it is one, or
 * resembles none. */
static const char *near_word(const char *word)
{
    enum { SHORT = 4 }; /* every other word would resemble a shorter name */
    const char *found = NULL, *bare = word;
    size_t length = 0;
    while (*bare == '-' || *bare == '/') {
        bare++;
    }
    while (bare[length] != '\0' && bare[length] != '=' && bare[length] != ':') {
        length++;
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) + sizeof(values) / sizeof(values[0]);
         i++) {
        size_t flag_count = sizeof(flags) / sizeof(flags[0]);
        const char *name = i < flag_count ? flags[i].name : values[i - flag_count];
        if (is_named(word, name)) {
            return NULL;
        }
        if (names_are_near(bare, length, name) && (length >= SHORT || length == strlen(name))) {
            found = name;
        }
    }
    return found;
}

void options_warn(void)
{
    for (size_t i = 0; i < options.word_count; i++) {
        const char *word = options.words[i], *value, *near = near_word(word);
        if (near != NULL) {
            log_warning(
                "command line: '%s' is not a word that the loader knows; did you mean '%s'?", word,
                near);
        } else if (strcmp(word, "index") == 0 || strcmp(word, "script") == 0) {
            log_warning("command line: '%s' has no value: write %s", word,
                        word[0] == 'i' ? "index=NUMBER" : "script=NAME");
        } else if ((value = value_of(word, "pause")) != NULL && strcmp(value, "quiet") != 0) {
            log_warning("command line: '%s': the only value of 'pause' is 'quiet'", word);
        }
        for (size_t j = 0; j < sizeof(flags) / sizeof(flags[0]); j++) {
            if (value_of(word, flags[j].name) != NULL) {
                log_warning("command line: '%s': '%s' takes no value, and is on", word,
                            flags[j].name);
            }
        }
    }
}

int options_parse(struct pool *pool, const char *command_line, struct error *error)
{
    memset(&options, 0, sizeof(options));
    size_t length = strlen(command_line);
    char *line = pool_copy_string(pool, command_line);
    const char **words = pool_allocate_array(pool, length / 2 + 1, sizeof(*words));
    if (line == NULL || words == NULL) {
        return error_no_memory(error, "the command line");
    }
    options.words = words;
    options.word_count = split(line, words);
    options.noscript = built_without_scripts;
    for (size_t i = 0; i < options.word_count; i++) {
        if (parse_word(options.words[i], error) != 0) {
            return -1;
        }
    }
    if (options.noscript && options.script != NULL) {
        return error_set(error, "command line: script=%s: %s", options.script,
                         built_without_scripts ? "this loader was built without support for scripts"
                                               : "'noscript' forbids scripts");
    }
    if (options.noscript && options.required) {
        return error_set(error, "command line: required: %s",
                         built_without_scripts ? "this loader was built without support for scripts"
                                               : "'noscript' forbids scripts");
    }
    return 0;
}
