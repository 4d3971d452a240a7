/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The preview's report. report.lua collects it, in the interpreter
 * of the pipeline, with the same API as a site's script; this file connects it and prints the
 * result.
 */
#include "host/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "files/sniff.h"
#include "host/host.h"
#include "lua/bindings.h"
#include "lua/builtin.h"
#include "lua/limits.h"
#include "lua/port/precompiled.h"
#include "lua/script.h"
#include "lua/state.h"
#include "transport/fetch.h"

enum { REPORT_MEMORY_LIMIT = 512 << 20 }; /* bytes */

static const struct preview *attached;
static bool report_failed;
static char *report_text; /* what report.lua made, malloc()ed; NULL if it could not */

static char *damage; /* what --verify found first, malloc()ed; NULL: nothing */

static uint64_t ramdisk_size; /* bytes that Windows copies of the WIM that boots */
static uint64_t unused_size;  /* bytes of an ISO in memory that nothing is taken from */

/* What scripts fetched, in order. */
enum { FETCHES_SHOWN_MAX = 1000 };

static struct fetched {
    char *url;
    uint64_t size; /* bytes, of all parts if it is parts */
    bool is_in_parts;
} fetched[FETCHES_SHOWN_MAX];
static size_t fetched_count;

static const char registry_key[] = "preview report";

/* preview.content_of(file): what a file is, as text. */
static int content_of(lua_State *state)
{
    lua_pushstring(state, content_name(sniff(bindings_check_file(state, 1), NULL)));
    return 1;
}

/* preview.origin_of(file): where it came from, as text; nil if that is not known. */
static int origin_of(lua_State *state)
{
    lua_pushstring(state, bindings_check_file(state, 1)->note);
    return 1;
}

/* preview.places_in(file, whole): a list of {offset, length} of the runs of a file's bytes that are
 * in memory with those of another file, which is in one piece. */
static int places_in(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    const struct file *whole = bindings_check_file(state, 2);
    lua_newtable(state);
    for (size_t i = 0; i < file->extent_count; i++) {
        const struct extent *extent = &file->extents[i];
        for (size_t j = 0; j < whole->extent_count; j++) {
            const struct extent *piece = &whole->extents[j];
            if (extent->kind != EXTENT_MEMORY || piece->kind != EXTENT_MEMORY ||
                extent->bytes < piece->bytes || extent->bytes >= piece->bytes + piece->length) {
                continue;
            }
            lua_newtable(state);
            lua_pushinteger(state, (lua_Integer)piece->offset + (extent->bytes - piece->bytes));
            lua_setfield(state, -2, "offset");
            lua_pushinteger(state, (lua_Integer)extent->length);
            lua_setfield(state, -2, "length");
            lua_rawseti(state, -2, (lua_Integer)lua_rawlen(state, -2) + 1);
        }
    }
    return 1;
}

static void set_function(lua_State *state, const char *name, lua_CFunction function)
{
    lua_pushcfunction(state, function);
    lua_setfield(state, -2, name);
}

static void set_flag(lua_State *state, const char *name, bool value)
{
    lua_pushboolean(state, value);
    lua_setfield(state, -2, name);
}

/* Call a function of report.lua with the arguments on the stack; its result, or a message, replaces
 * them. */
static bool call(lua_State *state, const char *name, int argument_count)
{
    lua_getfield(state, LUA_REGISTRYINDEX, registry_key);
    lua_getfield(state, -1, name);
    lua_remove(state, -2);
    lua_insert(state, -1 - argument_count);
    if (script_call(state, argument_count, 1) != LUA_OK) {
        fprintf(stderr, "wimboot-preview: report: %s\n", lua_tostring(state, -1));
        report_failed = true;
        return false;
    }
    return true;
}

static void keep_text(lua_State *state)
{
    free(report_text);
    report_text = lua_type(state, -1) == LUA_TSTRING ? strdup(lua_tostring(state, -1)) : NULL;
}

/* Both are called in the middle of a run, and leave the stack as they found it. */
static void before(lua_State *state)
{
    int top = lua_gettop(state);
    const struct builtin_script *script = builtin_scripts;
    while (script->name != NULL && strcmp(script->name, "report.lua") != 0) {
        script++;
    }
    precompiled_load(state, script->chunk, script->size);
    lua_newtable(state);
    set_function(state, "content_of", content_of);
    set_function(state, "origin_of", origin_of);
    set_function(state, "places_in", places_in);
    set_flag(state, "json", attached->json);
    set_flag(state, "colour", attached->colour && !attached->json);
    set_flag(state, "trace", attached->trace);
    set_flag(state, "verify", attached->verify);
    if (script_call(state, 1, 1) == LUA_OK) {
        lua_setfield(state, LUA_REGISTRYINDEX, registry_key);
        if (call(state, "before", 0) && call(state, "failed", 0)) {
            keep_text(state);
        }
        lua_settop(state, top);
        return;
    }
    fprintf(stderr, "wimboot-preview: report: %s\n", lua_tostring(state, -1));
    exit(PREVIEW_FAILS);
}

static void after(lua_State *state)
{
    int top = lua_gettop(state);
    script_of(state)->heap.limit = REPORT_MEMORY_LIMIT;
    script_limits_lift(state);
    if (call(state, "after", 0)) {
        keep_text(state);
        lua_getfield(state, LUA_REGISTRYINDEX, registry_key);
        lua_getfield(state, -1, "ramdisk");
        ramdisk_size = (uint64_t)lua_tointeger(state, -1);
        lua_getfield(state, -2, "unused");
        unused_size = (uint64_t)lua_tointeger(state, -1);
        lua_getfield(state, -3, "damage");
        free(damage);
        damage = lua_isnil(state, -1) ? NULL : strdup(lua_tostring(state, -1));
    }
    lua_settop(state, top);
}

/* The hook's name, its argument and its result are on the stack, and stay there. */
static void hook(lua_State *state)
{
    int top = lua_gettop(state);
    for (int i = top - 2; i <= top; i++) {
        lua_pushvalue(state, i);
    }
    call(state, "trace", 3);
    lua_settop(state, top);
}

static void remember_fetched(const char *url, uint64_t size, bool is_part)
{
    for (size_t i = 0; is_part && i < fetched_count; i++) {
        if (fetched[i].is_in_parts && strcmp(fetched[i].url, url) == 0) {
            fetched[i].size += size;
            return;
        }
    }
    if (fetched_count < FETCHES_SHOWN_MAX) {
        fetched[fetched_count++] = (struct fetched){strdup(url), size, is_part};
    }
}

static const struct fetch_observer fetch_observer = {.fetched = remember_fetched};

static const struct script_observer observer = {.before = before, .hook = hook, .after = after};

void report_attach(const struct preview *preview)
{
    attached = preview;
    script_observe(&observer);
    fetch_observe(&fetch_observer);
}

static void print_json_string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            printf("\\%c", byte);
        } else if (byte < 0x20) {
            printf("\\u%04x", byte);
        } else {
            putchar(byte);
        }
    }
    putchar('"');
}

/* Windows copies the WIM that boots once more, into its RAM disk, which must fit in addition to the
 * files. An ISO is in memory as a whole.
 */
static uint64_t needed(const struct memory_use *use, const char *firmware)
{
    return use->files + unused_size + host_memory_of_loader(firmware) + ramdisk_size;
}

static void print_json(const struct machine_plan *plan, const struct memory_use *use, bool boots,
                       const char *reason)
{
    printf("{\"machine\":");
    print_json_string(plan->name);
    printf(",\"firmware\":\"%s\",\"boots\":%s,\"reason\":", plan->facts.firmware,
           boots ? "true" : "false");
    print_json_string(boots ? "" : reason);
    if (boots) {
        printf(",\"memory\":{\"files\":%" PRIu64 ",\"resident\":%" PRIu64 ",\"free\":%" PRIu64
               ",\"needed_bios\":%" PRIu64 ",\"needed_efi\":%" PRIu64 "}",
               use->files, use->resident, use->free, needed(use, "bios"), needed(use, "efi"));
    }
    for (size_t i = 0; i < fetched_count; i++) {
        fputs(i == 0 ? ",\"fetched\":[{\"url\":" : ",{\"url\":", stdout);
        print_json_string(fetched[i].url);
        printf(",\"size\":%" PRIu64 "}%s", fetched[i].size, i + 1 == fetched_count ? "]" : "");
    }
    if (report_text != NULL && report_text[0] != '\0') {
        printf(",%s", report_text);
    }
    puts("}");
}

bool report_is_whole(void)
{
    return !report_failed;
}

int report_check_damage(struct error *error)
{
    return damage == NULL ? 0 : error_set(error, "%s", damage);
}

static void print_fetched(void)
{
    char size[24];
    uint64_t sum = 0;
    for (size_t i = 0; i < fetched_count; i++) {
        sum += fetched[i].size;
        printf("%s  %s %s\n", i == 0 ? "Fetched by the script\n" : "", fetched[i].url,
               log_size(size, fetched[i].size));
    }
    if (fetched_count > 1) {
        printf("  %zu files, %s\n", fetched_count, log_size(size, sum));
    }
}

void report_print(const struct preview *preview, const struct machine_plan *plan,
                  const struct volume *volume, const char *reason)
{
    struct memory_use use = {0};
    if (volume != NULL) {
        host_describe_memory(volume, &use);
    }
    if (preview->json) {
        print_json(plan, &use, volume != NULL, reason);
        return;
    }
    print_fetched();
    if (report_text != NULL) {
        fputs(report_text, stdout);
    }
    if (volume != NULL) {
        char files[24], bios[24], efi[24];
        printf("Memory: files %s; until Windows has its RAM disk a machine needs %s in BIOS, %s in "
               "UEFI\n",
               log_size(files, use.files), log_size(bios, needed(&use, "bios")),
               log_size(efi, needed(&use, "efi")));
    }
}
