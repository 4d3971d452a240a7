/* SPDX-License-Identifier: BSD-2-Clause */
/* fetch: files from servers, and from the volume that the loader came from. */
#include <string.h>

#include "base/format.h"
#include "base/machine.h"
#include "base/path.h"
#include "lua/bindings.h"
#include "lua/limits.h"
#include "transport/fetch.h"
#include "transport/lazy.h"

enum {
    FETCH_STEPS = 10000, /* so that nobody asks a server for ever */
    TIMEOUT_DEFAULT_S = 30,
    TIMEOUT_MAX_S = 3600,
    LABEL_SIZE = 40, /* a line has 80 characters, and needs half of them for figures */
};

/* What a script asks for. */
struct wish {
    struct url url;
    char path[URL_PATH_SIZE];
    char label[LABEL_SIZE];
    struct transfer transfer;
    bool is_optional, is_lazy;
};

/* The hexadecimal digits of a digest, at the top of the stack. */
static void read_digest(lua_State *state, struct wish *wish, const struct digest *digest)
{
    size_t length;
    const char *text = lua_type(state, -1) == LUA_TSTRING ? lua_tolstring(state, -1, &length) : "";
    struct transfer *transfer = &wish->transfer;

    if (transfer->check_count == TRANSFER_CHECKS_MAX) {
        luaL_error(state, "fetch: at most %d digests are checked", TRANSFER_CHECKS_MAX);
    }
    struct transfer_check *check = &transfer->checks[transfer->check_count++];

    check->digest = digest;
    if (strlen(text) != 2 * digest->size) {
        luaL_error(state, "fetch: %s must be a string of %d hexadecimal digits", digest->name,
                   (int)(2 * digest->size));
    }
    for (size_t i = 0; i < 2 * digest->size; i++) {
        char lower = (char)(text[i] | 0x20);
        bool is_digit = text[i] >= '0' && text[i] <= '9';

        if (!is_digit && !(lower >= 'a' && lower <= 'f')) {
            luaL_error(state, "fetch: %s must be a string of %d hexadecimal digits", digest->name,
                       (int)(2 * digest->size));
        }
        check->expected[i / 2] =
            (uint8_t)(check->expected[i / 2] << 4 | (is_digit ? text[i] - '0' : lower - 'a' + 10));
    }
}

static void read_timeout(lua_State *state, struct wish *wish)
{
    lua_Number seconds = lua_isnumber(state, -1) ? lua_tonumber(state, -1) : 0;

    if (!(seconds >= 1 && seconds <= TIMEOUT_MAX_S)) {
        luaL_error(state, "fetch: timeout is a number of seconds, 1 to %d", TIMEOUT_MAX_S);
    }
    wish->transfer.timeout_ms = (uint32_t)(seconds * 1000);
}

/* One field of the table: its key and value are on top of the stack. */
static void read_field(lua_State *state, struct wish *wish)
{
    const char *key = lua_type(state, -2) == LUA_TSTRING ? lua_tostring(state, -2) : "";
    const struct digest *digest = digest_find(key);

    if (digest != NULL) {
        read_digest(state, wish, digest);
    } else if (strcmp(key, "timeout") == 0) {
        read_timeout(state, wish);
    } else if (strcmp(key, "optional") == 0 || strcmp(key, "lazy") == 0) {
        luaL_argcheck(state, lua_isboolean(state, -1), 1,
                      "optional and lazy must be true or false");
        *(key[0] == 'o' ? &wish->is_optional : &wish->is_lazy) = lua_toboolean(state, -1);
    } else if (!lua_isinteger(state, -2) || lua_tointeger(state, -2) != 1) {
        luaL_error(state,
                   "fetch: unknown field '%s' (known: optional, lazy, timeout, and digests such as "
                   "sha256 and xxh3)",
                   luaL_tolstring(state, -2, NULL));
    }
}

/* Read the argument, and leave the URL's text in its place. */
static void read_wish(lua_State *state, struct wish *wish)
{
    wish->transfer.timeout_ms = TIMEOUT_DEFAULT_S * 1000;
    if (lua_type(state, 1) == LUA_TSTRING) {
        return;
    }
    luaL_argexpected(state, lua_istable(state, 1), 1, "URL or table");
    lua_pushnil(state);
    while (lua_next(state, 1) != 0) {
        read_field(state, wish);
        lua_pop(state, 1);
        script_charge(state, 1);
    }
    if (wish->is_lazy && wish->transfer.check_count > 0) {
        luaL_error(state,
                   "fetch: a file that is to be checked cannot be lazy: all of it is needed");
    }
    lua_rawgeti(state, 1, 1);
    lua_replace(state, 1);
}

/* The URL, and what is called after it: the file, and the progress line. */
static int read_url(struct wish *wish, const char *text, struct error *error)
{
    const char *from = platform_machine()->url;
    struct url base;

    if (from != NULL && url_parse(from, NULL, &base, NULL) != 0) {
        from = NULL; /* nothing is relative to what cannot be understood */
    }
    if (url_parse(text, from != NULL ? &base : NULL, &wish->url, error) != 0 ||
        url_decode_path(&wish->url, wish->path, error) != 0) {
        return -1;
    }
    if (*path_last_component(wish->path) == '\0') {
        return error_set(error, "URL '%.200s': it names no file", text);
    }
    format_string(wish->label, sizeof(wish->label), "%.15s from %.15s",
                  path_last_component(wish->path),
                  wish->url.host[0] != '\0' ? wish->url.host : "the boot volume");
    return 0;
}

/* Fetch the file, or only open it. */
static int get_file(lua_State *state, struct wish *wish, struct file **file, struct error *error)
{
    struct pool *pool = bindings_pool(state);
    const char *name = pool_copy_string(pool, path_last_component(wish->path));

    bindings_check_memory(state, "fetch", (void *)name);
    wish->transfer.pool = pool;
    wish->transfer.label = pool_copy_string(pool, wish->label);
    bindings_check_memory(state, "fetch", (void *)wish->transfer.label);
    return wish->is_lazy ? lazy_open(&wish->url, &wish->transfer, name, file, error)
                         : fetch_file(&wish->url, &wish->transfer, name, file, error);
}

/* fetch(url), fetch { url, sha256 = , timeout = , optional = , lazy = } */
static int fetch(lua_State *state)
{
    struct wish wish = {.is_optional = false};
    struct error error;
    struct file *file;

    lua_settop(state, 1);
    script_charge(state, FETCH_STEPS);
    read_wish(state, &wish);
    const char *text = bindings_check_name(state, 1);

    if (read_url(&wish, text, &error) != 0) {
        return bindings_raise(state, "fetch", &error);
    }
    uint64_t room = fetch_left();
    int rc = get_file(state, &wish, &file, &error);

    script_count_fetching(state, room - fetch_left(), rc == 0 && file != NULL ? file->size : 0);
    if (rc != 0) {
        return bindings_raise(state, "fetch", &error);
    }
    if (file == NULL && !wish.is_optional) {
        char whole[URL_TEXT_SIZE];

        bool is_server = strcmp(wish.url.scheme, "file") != 0;
        return luaL_error(state, "fetch: %s: %s", url_format(&wish.url, whole),
                          is_server ? "the server has no such file"
                                    : "there is no such file, or no such volume");
    }
    bindings_push_file(state, file);
    return 1;
}

/* In BIOS it is false: network boot programs end their network before they start us. */
static int open_fetch(lua_State *state)
{
    static const lua_CFunction function = fetch;

    if (strcmp(platform_machine()->firmware, "bios") == 0) {
        lua_pushboolean(state, false);
    } else {
        bindings_push_function(state, &function);
    }
    return 1;
}

PLUGIN(lua_module, fetch) = {.name = "fetch", .open = open_fetch};
