/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands for images: imgfetch, kernel, chain, imgargs, boot and similar ones.
 * https://ipxe.org/cmd/imgfetch */
#include <string.h>

#include "host/ipxe/interpreter.h"

enum { OPTION_NAME, OPTION_TIMEOUT, OPTION_REPLACE, OPTION_AUTOFREE, OPTION_COUNT };

static const struct option_rule rules[] = {
    [OPTION_NAME] = {"name", 'n', true},        [OPTION_TIMEOUT] = {"timeout", 't', true},
    [OPTION_REPLACE] = {"replace", 'r', false}, [OPTION_AUTOFREE] = {"autofree", 'a', false},
    [OPTION_COUNT] = {NULL, 0, false},
};

/* An image command's line, and its image. */
struct request {
    const char *values[OPTION_COUNT];
    const char *command_line; /* the words after the image; NULL if there are none */
    struct image *image;
};

/* Take options and words; get the image, downloading it if necessary. Name and arguments are set by
 * apply(), since imgargs clears in between. */
static enum status take_request(struct ipxe *ipxe, size_t count, char **words, bool is_new,
                                bool may_be_selected, struct request *request)
{
    size_t first;
    enum status status = options_take(ipxe, count, words, rules, request->values,
                                      may_be_selected ? 0 : 1, SIZE_MAX, &first);
    if (status != STATUS_OK) {
        return status;
    }
    request->command_line = NULL;
    if (first + 1 < count) {
        request->command_line = ipxe_join(ipxe, words + first + 1, count - first - 1);
        if (request->command_line == NULL) {
            return STATUS_STOP;
        }
    }
    if (first < count) {
        return is_new ? images_fetch(ipxe, words[first], &request->image)
                      : images_acquire(ipxe, words[first], &request->image);
    }
    for (size_t i = 0; i < ipxe->image_count; i++) {
        if (ipxe->images[i]->is_selected) {
            request->image = ipxe->images[i];
            return STATUS_OK;
        }
    }
    return ipxe_stop(ipxe, IPXE_UNCERTAIN,
                     "%s: no image is selected: what follows depends on iPXE's "
                     "version",
                     words[0]);
}

static void apply(const struct request *request)
{
    struct image *image = request->image;
    image->name = request->values[OPTION_NAME] != NULL ? request->values[OPTION_NAME] : image->name;
    image->command_line =
        request->command_line != NULL ? request->command_line : image->command_line;
    image->frees_itself = image->frees_itself || request->values[OPTION_AUTOFREE] != NULL;
}

static enum status run_fetch(struct ipxe *ipxe, size_t count, char **words)
{
    struct request request;
    enum status status = take_request(ipxe, count, words, true, false, &request);
    if (status == STATUS_OK) {
        apply(&request);
    }
    return status;
}

static enum status run_select(struct ipxe *ipxe, size_t count, char **words)
{
    struct request request;
    enum status status = take_request(ipxe, count, words, false, false, &request);
    if (status == STATUS_OK) {
        apply(&request);
        for (size_t i = 0; i < ipxe->image_count; i++) {
            ipxe->images[i]->is_selected = ipxe->images[i] == request.image;
        }
    }
    return status;
}

static enum status run_arguments(struct ipxe *ipxe, size_t count, char **words)
{
    struct request request;
    enum status status = take_request(ipxe, count, words, false, false, &request);
    if (status == STATUS_OK) {
        request.image->command_line = NULL;
        apply(&request);
    }
    return status;
}

static enum status run_execute(struct ipxe *ipxe, size_t count, char **words)
{
    struct request request;
    enum status status = take_request(ipxe, count, words, false, true, &request);
    if (status != STATUS_OK) {
        return status;
    }
    apply(&request);
    if (request.values[OPTION_REPLACE] != NULL && request.image->is_script) {
        ipxe->script->replacement = request.image;
        ipxe->skip = SKIP_SCRIPT;
        return STATUS_OK;
    }
    return images_execute(ipxe, request.image);
}

/* The images that are named, or all. */
static enum status run_free(struct ipxe *ipxe, size_t count, char **words)
{
    static const struct option_rule none[] = {{NULL, 0, false}};
    const char *values[1];
    size_t first;
    enum status status = options_take(ipxe, count, words, none, values, 0, SIZE_MAX, &first);
    bool frees = strcmp(words[0], "imgfree") == 0;
    if (status == STATUS_OK && first == count) {
        while (frees && ipxe->image_count > 0) {
            images_free(ipxe, ipxe->images[0]);
        }
    }
    for (size_t i = first; status == STATUS_OK && i < count; i++) {
        struct image *image = images_find(ipxe, words[i]);
        if (image == NULL) {
            return STATUS_FAILED;
        }
        if (frees) {
            images_free(ipxe, image);
        }
    }
    return status;
}

/* Signatures cannot be checked here: they are assumed to be valid. Many builds do not have these
 * commands. */
static enum status run_verify(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_note(ipxe, "%s: the signature is assumed to be good", words[0]);
}

static enum status run_trust(struct ipxe *ipxe, size_t count, char **words)
{
    return ipxe_note(ipxe, "%s: assumed to succeed", words[0]);
}

const struct command image_commands[] = {
    {"boot", run_execute},    {"chain", run_execute},    {"imgargs", run_arguments},
    {"imgexec", run_execute}, {"imgfetch", run_fetch},   {"imgfree", run_free},
    {"imgload", run_select},  {"imgselect", run_select}, {"imgstat", run_free},
    {"imgtrust", run_trust},  {"imgverify", run_verify}, {"initrd", run_fetch},
    {"kernel", run_select},   {"module", run_fetch},     {NULL, NULL},
};
