/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Images: the files that iPXE holds, and what starting one does (https://ipxe.org/cmd/imgfetch).
 * One folder is used for every server: http://server/a/b is the file a/b in it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/format.h"
#include "host/ipxe/interpreter.h"

enum { HEAD_SIZE = 4096, LOADER_SIZE_MAX = 4 * 1024 * 1024 };

static const char loader_name[] = "wimboot";

/* Replace %41 by A, in place. */
static void decode_percent(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        int high = *from == '%' ? ascii_hex_digit(from[1]) : -1;
        int low = high < 0 ? -1 : ascii_hex_digit(from[2]);
        if (low >= 0 && (high | low) != 0) {
            *to++ = (char)(high << 4 | low);
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* The length of "scheme:" at the start of a URI; 0 if there is none. */
static size_t scheme_length(const char *uri)
{
    size_t length = strcspn(uri, ":/?#");
    return uri[length] == ':' && length > 0 ? length + 1 : 0;
}

/* The path that a URI has on its server, without query; NULL if the run is stopped. */
static char *uri_path(struct ipxe *ipxe, const char *uri)
{
    size_t scheme = scheme_length(uri);
    const char *path = uri + scheme;
    if (scheme > 0 && strncmp(path, "//", 2) == 0) {
        path += 2 + strcspn(path + 2, "/?#");
        path = *path == '/' ? path : "/";
    } else if (scheme > 0) {
        ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: this preview does not know where that is", uri);
        return NULL;
    }
    char *decoded = ipxe_copy(ipxe, path, strcspn(path, "?#"));
    if (decoded != NULL) {
        decode_percent(decoded);
    }
    return decoded;
}

static char *local_path(struct ipxe *ipxe, const char *path)
{
    return path[0] == '/' ? ipxe_format(ipxe, "%s%s", ipxe->start->root, path)
                          : ipxe_format(ipxe, "%s%s", ipxe->script->folder, path);
}

char *images_locate(struct ipxe *ipxe, const char *uri, const char **path)
{
    *path = uri_path(ipxe, uri);
    return *path == NULL ? NULL : local_path(ipxe, *path);
}

const char *path_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

bool is_script(const char *head, size_t size)
{
    return size >= SCRIPT_HEAD_SIZE &&
           (strncmp(head, "#!ipxe", 6) == 0 || strncmp(head, "#!gpxe", 6) == 0) &&
           strchr(" \t\r\n\v\f", head[6]) != NULL && head[6] != '\0';
}

/* Whether the server gets more than a path: a query, or parameters (https://ipxe.org/cmd/params).
 */
static bool has_parameters(const char *uri)
{
    return strchr(uri, '?') != NULL || strstr(uri, "##params") != NULL;
}

/* The result of a program on a server cannot be found in a file. */
static enum status check_is_static(struct ipxe *ipxe, const char *uri, const char *head,
                                   size_t size)
{
    if (size >= 5 && strncmp(head, "<?php", 5) == 0) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN,
                         "%s: a program of the server: only the server knows "
                         "what it answers",
                         uri);
    }
    return !has_parameters(uri) ? STATUS_OK
                                : ipxe_note(ipxe, "%s: the file is used, whatever follows the '%c'",
                                            uri, strchr(uri, '?') != NULL ? '?' : '#');
}

enum status images_fetch(struct ipxe *ipxe, const char *uri, struct image **fetched)
{
    const char *path;
    char *local = images_locate(ipxe, uri, &path);
    struct image *image = local != NULL ? ipxe_allocate(ipxe, sizeof(*image)) : NULL;
    const char *head = "";
    size_t size = 0;
    if (image == NULL) {
        return STATUS_STOP;
    }
    image->name = path_base_name(path);
    image->public.script = ipxe->script->name;
    image->public.line = ipxe->script->line;
    image->public.uri = uri;
    image->public.path = local;
    if (ipxe_read(ipxe, local, HEAD_SIZE, &head, &size) != 0) {
        if (strncmp(image->name, loader_name, strlen(loader_name)) == 0) {
            if (ipxe_note(ipxe, "%s is not there: assumed to be the loader", local) != STATUS_OK) {
                return STATUS_STOP;
            }
        } else if (has_parameters(uri)) {
            return ipxe_stop(ipxe, IPXE_UNCERTAIN, "%s: only the server knows what it answers",
                             uri);
        } else {
            return ipxe_note(ipxe, "%s: there is no %s: the download fails", uri, local) ==
                           STATUS_OK
                       ? STATUS_FAILED
                       : STATUS_STOP;
        }
    } else if (check_is_static(ipxe, uri, head, size) != STATUS_OK) {
        return STATUS_STOP;
    }
    image->is_script = is_script(head, size);
    images_register(ipxe, image);
    *fetched = image;
    return ipxe->is_stopped ? STATUS_STOP : STATUS_OK;
}

struct image *images_find(const struct ipxe *ipxe, const char *name)
{
    for (size_t i = 0; i < ipxe->image_count; i++) {
        if (strcmp(ipxe->images[i]->name, name) == 0) {
            return ipxe->images[i];
        }
    }
    return NULL;
}

enum status images_acquire(struct ipxe *ipxe, const char *name_or_uri, struct image **image)
{
    *image = images_find(ipxe, name_or_uri);
    return *image != NULL ? STATUS_OK : images_fetch(ipxe, name_or_uri, image);
}

void images_free(struct ipxe *ipxe, struct image *image)
{
    size_t kept = 0;
    for (size_t i = 0; i < ipxe->image_count; i++) {
        if (ipxe->images[i] != image) {
            ipxe->images[kept++] = ipxe->images[i];
        }
    }
    ipxe->image_count = kept;
}

void images_register(struct ipxe *ipxe, struct image *image)
{
    if (ipxe->image_count == IPXE_IMAGES_MAX) {
        ipxe_stop(ipxe, IPXE_UNCERTAIN, "more than %d images", IPXE_IMAGES_MAX);
        return;
    }
    for (size_t i = 0; i < ipxe->image_count; i++) {
        image->is_selected = image->is_selected && !ipxe->images[i]->is_selected;
    }
    ipxe->images[ipxe->image_count++] = image;
}

/* By the name or, for a renamed one, by what it says when it starts. */
static bool is_loader(struct ipxe *ipxe, const struct image *image)
{
    const char *data;
    size_t size;
    if (strncmp(path_base_name(image->public.path), loader_name, strlen(loader_name)) == 0) {
        return true;
    }
    return ipxe_read(ipxe, image->public.path, LOADER_SIZE_MAX, &data, &size) == 0 && size > 2 &&
           strncmp(data, "MZ", 2) == 0 &&
           memmem(data, size, loader_name, strlen(loader_name)) != NULL;
}

/* Run a script, and the scripts that replace it. */
static enum status execute_script(struct ipxe *ipxe, struct image *image)
{
    if (ipxe->depth == IPXE_DEPTH_MAX) {
        return ipxe_stop(ipxe, IPXE_UNCERTAIN, "more than %d scripts that chain each other",
                         IPXE_DEPTH_MAX);
    }
    ipxe->depth++;
    enum status status = STATUS_OK;
    while (image != NULL && status != STATUS_STOP) {
        if (++ipxe->steps > IPXE_STEPS_MAX) {
            return ipxe_stop(ipxe, IPXE_UNCERTAIN, "scripts replace each other without end");
        }
        /* While it runs, iPXE does not hold it: "boot" would start it again. */
        images_free(ipxe, image);
        struct image *replacement = NULL;
        status = ipxe_run_script(ipxe, image, &replacement);
        if (!image->frees_itself && status != STATUS_STOP) {
            images_register(ipxe, image);
        }
        image = replacement;
    }
    ipxe->depth--;
    return status;
}

enum status images_execute(struct ipxe *ipxe, struct image *image)
{
    if (image->is_script) {
        return execute_script(ipxe, image);
    }
    if (!is_loader(ipxe, image)) {
        const char *head = "";
        size_t size = 0;
        bool is_read = ipxe_read(ipxe, image->public.path, 2, &head, &size) == 0;
        if (strcmp(ipxe->start->firmware, "efi") == 0 && is_read &&
            (size < 2 || strncmp(head, "MZ", 2) != 0)) { /* BIOS starts anything */
            return ipxe_note(ipxe, "%s: is no program: starting it fails", image->public.uri) ==
                           STATUS_OK
                       ? STATUS_FAILED
                       : STATUS_STOP;
        }
        return ipxe_stop(ipxe, IPXE_ENDS, "%s is started, which is not the loader", image->name);
    }
    ipxe->loader = image;
    ipxe->result->command_line = image->command_line != NULL ? image->command_line : "";
    ipxe->result->end = IPXE_BOOTS;
    ipxe->is_stopped = true;
    return STATUS_STOP;
}
