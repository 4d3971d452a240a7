/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts: lines, labels, and commands joined by || && and ; (https://ipxe.org/scripting).
 *
 * A backslash at the end joins a line to the next. A label is a first word that begins with ':'. A
 * word that begins with '#' starts a comment. There are no quotes: white space always separates.
 */
#include <string.h>

#include "host/ipxe/interpreter.h"

static bool is_space(char character)
{
    return character != '\0' && strchr(" \t\r\n\v\f", character) != NULL;
}

/* Read the next line, with those that it is joined to, into script->buffer; false at the end of the
 * script, or if the run is stopped. */
static bool next_line(struct ipxe *ipxe, struct script *script)
{
    if (script->at >= script->size) {
        return false;
    }
    size_t length = 0, from_start = script->at;
    script->line = script->next_line;
    for (bool continues = true; continues && script->at < script->size; script->next_line++) {
        const char *from = script->text + script->at;
        size_t left = script->size - script->at;
        const char *end = memchr(from, '\n', left);
        size_t piece = end != NULL ? (size_t)(end - from) : left;
        script->at += end != NULL ? piece + 1 : piece;
        memcpy(script->buffer + length, from, piece);
        length += piece;
        if (length > 0 && script->buffer[length - 1] == '\r') {
            length--;
        }
        continues = length > 0 && script->buffer[length - 1] == '\\';
        length -= continues ? 1 : 0;
    }
    script->buffer[length] = '\0';
    size_t work = script->at - from_start;
    if (work > ipxe->work_left) {
        ipxe_stop(ipxe, IPXE_UNCERTAIN, "the script does not come to an end");
        return false;
    }
    ipxe->work_left -= work;
    if (strlen(script->buffer) != length) {
        ipxe_stop(ipxe, IPXE_UNCERTAIN, "the line has a zero byte: this is not text");
        return false;
    }
    return true;
}

/* The command of a line; `label` is set to the label before it, or NULL. */
static char *split_label(char *line, const char **label)
{
    while (is_space(*line)) {
        line++;
    }
    *label = NULL;
    if (*line == ':') {
        *label = ++line;
        while (*line != '\0' && !is_space(*line)) {
            line++;
        }
        if (*line != '\0') {
            *line++ = '\0';
        }
    }
    return line;
}

enum status ipxe_goto(struct ipxe *ipxe, const char *wanted)
{
    struct script search = *ipxe->script;
    search.buffer = search.search_buffer;
    search.at = 0;
    search.next_line = 1;
    for (;;) {
        struct script found = search;
        const char *label;
        if (!next_line(ipxe, &search)) {
            return ipxe->is_stopped ? STATUS_STOP : STATUS_FAILED;
        }
        split_label(search.buffer, &label);
        if (label != NULL && strcmp(label, wanted) == 0) {
            ipxe->script->at = found.at;
            ipxe->script->next_line = found.next_line;
            ipxe->skip = SKIP_LINE;
            return STATUS_OK;
        }
    }
}

/* Cut a line into words, in place, up to a comment. @return -1 if there are too many */
static int split_words(char *line, char **words)
{
    int count = 0;
    for (;;) {
        while (is_space(*line)) {
            *line++ = '\0';
        }
        if (*line == '\0' || *line == '#') {
            return count;
        }
        if (count == IPXE_WORDS_MAX) {
            return -1;
        }
        words[count++] = line;
        while (*line != '\0' && !is_space(*line)) {
            line++;
        }
    }
}

static bool is_separator(const char *word)
{
    return strcmp(word, "||") == 0 || strcmp(word, "&&") == 0 || strcmp(word, ";") == 0;
}

/* Whether a command only shows its words: an unknown setting in them makes no difference. */
static bool only_shows(const char *command)
{
    static const char *const commands[] = {"colour", "config",  "console", "cpair",
                                           "echo",   "imgstat", "item",    "login",
                                           "menu",   "prompt",  "show"};
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i], command) == 0) {
            return true;
        }
    }
    return false;
}

/* Replace the settings of a command's words, and run it. */
static enum status run_words(struct ipxe *ipxe, char *const *words, size_t count)
{
    if (count == 0) {
        return STATUS_OK;
    }
    if (++ipxe->steps > IPXE_STEPS_MAX) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "the script does not come to an end: %d commands",
                         IPXE_STEPS_MAX);
    }
    char **expanded = ipxe_allocate(ipxe, (count + 1) * sizeof(*expanded));
    for (size_t i = 0; expanded != NULL && i < count; i++) {
        ipxe->is_mute = i > 0 && only_shows(expanded[0]);
        expanded[i] = ipxe_expand(ipxe, words[i]);
        if (expanded[i] == NULL) {
            return STATUS_STOP;
        }
    }
    return expanded == NULL ? STATUS_STOP : ipxe->run_command(ipxe, count, expanded);
}

/* Run the commands of a line, which is cut in place. */
static enum status run_line(struct ipxe *ipxe, char *line)
{
    char *words[IPXE_WORDS_MAX];
    int count = split_words(line, words);
    enum status status = STATUS_OK;
    if (count < 0) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "more than %d words", IPXE_WORDS_MAX);
    }
    bool wanted = true;
    for (int at = 0; at <= count;) {
        int end = at;
        while (end < count && !is_separator(words[end])) {
            end++;
        }
        if (wanted) {
            status = run_words(ipxe, words + at, (size_t)(end - at));
        }
        if (status == STATUS_STOP || ipxe->skip != SKIP_NOTHING || end == count) {
            break;
        }
        wanted = words[end][0] == ';' || (words[end][0] == '|') == (status == STATUS_FAILED);
        at = end + 1;
    }
    ipxe->skip = ipxe->skip == SKIP_LINE ? SKIP_NOTHING : ipxe->skip;
    return status;
}

/* Run the lines of a script until one fails, or exits. */
static enum status run_lines(struct ipxe *ipxe, struct script *script)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && ipxe->skip == SKIP_NOTHING && next_line(ipxe, script)) {
        const char *label;
        status = run_line(ipxe, split_label(script->buffer, &label));
    }
    ipxe->skip = SKIP_NOTHING;
    ipxe->last_line = script->line;
    return ipxe->is_stopped ? STATUS_STOP : status;
}

enum status ipxe_run_script(struct ipxe *ipxe, const struct image *image,
                            struct image **replacement)
{
    const char *path = image->public.path, *slash = strrchr(path, '/');
    struct script *parent = ipxe->script;
    struct script script = {.name = path, .next_line = 1};
    script.folder = slash == NULL ? "" : ipxe_copy(ipxe, path, (size_t)(slash + 1 - path));
    if (script.folder == NULL ||
        ipxe_read(ipxe, path, IPXE_SCRIPT_SIZE_MAX + 1, &script.text, &script.size) != 0) {
        return script.folder == NULL ? STATUS_STOP
                                     : ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: cannot be read", path);
    }
    if (script.size > IPXE_SCRIPT_SIZE_MAX) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: a script of more than %d bytes", path,
                         IPXE_SCRIPT_SIZE_MAX);
    }
    script.buffer = ipxe_allocate(ipxe, script.size + 1);
    script.search_buffer = ipxe_allocate(ipxe, script.size + 1);
    if (script.buffer == NULL || script.search_buffer == NULL) {
        return STATUS_STOP;
    }
    ipxe->script = &script;
    enum status status = run_lines(ipxe, &script);
    ipxe->script = parent;
    *replacement = script.replacement;
    return status;
}
