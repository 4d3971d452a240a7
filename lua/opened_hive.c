/* SPDX-License-Identifier: BSD-2-Clause */
#include "lua/opened_hive.h"

#include "base/path.h"
#include "base/unicode.h"

/* The Lua registry's key of the newest opened hive. */
static const char list_key;

static struct opened_hive *first_opened(lua_State *state)
{
    lua_rawgetp(state, LUA_REGISTRYINDEX, &list_key);
    struct opened_hive *first = lua_touserdata(state, -1);
    lua_pop(state, 1);
    return first;
}

/* All bytes of a file. */
static const void *load(lua_State *state, const struct file *file)
{
    struct error error;
    bindings_expect_reading(state, file, file->size);
    const void *bytes = file_load(bindings_pool(state), file, &error);
    if (bytes == NULL) {
        bindings_raise(state, "registry", &error);
    }
    return bytes;
}

struct opened_hive *opened_hive_new(lua_State *state, const struct file *file,
                                    const struct file *const *logs, size_t log_count)
{
    enum { LOGS_MAX = 3 };
    struct pool *pool = bindings_pool(state);
    struct registry_log log_bytes[LOGS_MAX];
    struct opened_hive *opened =
        bindings_check_memory(state, "registry", pool_allocate(pool, sizeof(*opened)));
    const void *bytes = load(state, file);
    struct error error;
    log_count = log_count < LOGS_MAX ? log_count : LOGS_MAX;
    for (size_t i = 0; i < log_count; i++) {
        log_bytes[i] = (struct registry_log){load(state, logs[i]), (size_t)logs[i]->size};
    }
    if (registry_open(pool, bytes, (size_t)file->size, log_bytes, log_count, &opened->registry,
                      &error) != 0) {
        error_prefix(&error, "%s: ", file->name);
        bindings_raise(state, "registry", &error);
    }
    opened->name = file->name;
    opened->original = opened->finished = opened->committed = file;
    opened->next = first_opened(state);
    lua_pushlightuserdata(state, opened);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &list_key);
    return opened;
}

/* The logs of a hive in an image that has some. @return how many */
static size_t find_logs(lua_State *state, struct wim *wim, uint32_t index, const char *path,
                        const struct file *logs[3])
{
    static const char *const endings[] = {".LOG1", ".LOG2", ".LOG"};
    size_t count = 0;
    struct error error;
    for (size_t i = 0; i < 3; i++) {
        struct file *log;
        const char *log_path = lua_pushfstring(state, "%s%s", path, endings[i]);
        if (wim_find(wim, index, log_path, &log, &error) != 0) {
            bindings_raise(state, "registry", &error);
        }
        lua_pop(state, 1);
        if (log != NULL && log->size > 0) {
            logs[count++] = log;
        }
    }
    return count;
}

struct opened_hive *opened_hive_of_wim(lua_State *state, struct wim *wim, const char *path,
                                       uint32_t index)
{
    struct pool *pool = bindings_pool(state);
    char *normal = bindings_check_memory(state, "wim:registry", pool_copy_string(pool, path));
    const struct file *logs[3];
    struct file *file;
    struct error error;
    path_normalize(normal);
    for (struct opened_hive *opened = first_opened(state); opened != NULL; opened = opened->next) {
        if (opened->wim == wim && opened->index == index && utf8_equal(opened->path, normal)) {
            return opened;
        }
    }
    if (wim_find(wim, index, normal, &file, &error) != 0) {
        bindings_raise(state, "wim:registry", &error);
    }
    if (file == NULL) {
        luaL_error(state, "wim:registry: there is no file %s in image %d", path, (int)index);
    }
    bool is_dirty = registry_is_dirty(load(state, file), (size_t)file->size);
    size_t log_count = is_dirty ? find_logs(state, wim, index, normal, logs) : 0;
    struct opened_hive *opened = opened_hive_new(state, file, logs, log_count);
    opened->wim = wim;
    opened->index = index;
    opened->path = normal;
    return opened;
}

const struct file *opened_hive_finish(lua_State *state, struct opened_hive *opened)
{
    struct pool *pool = bindings_pool(state);
    struct file *file;
    struct error error;
    if (!registry_is_changed(opened->registry)) {
        return opened->finished;
    }
    size_t count = registry_pieces(opened->registry, NULL);
    struct registry_piece *pieces = bindings_allocate(state, count, sizeof(*pieces));
    const struct file **parts = bindings_allocate(state, count, sizeof(*parts));
    registry_pieces(opened->registry, pieces);
    for (size_t i = 0; i < count; i++) {
        parts[i] = bindings_check_memory(
            state, "registry:file",
            file_from_memory(pool, opened->name, pieces[i].bytes, pieces[i].size));
    }
    if (file_join(pool, opened->name, parts, count, &file, &error) != 0) {
        bindings_raise(state, "registry:file", &error);
    }
    lua_pop(state, 2);
    opened->finished = file;
    return file;
}

void opened_hives_commit(lua_State *state, struct wim *wim)
{
    struct error error;
    for (struct opened_hive *opened = first_opened(state); opened != NULL; opened = opened->next) {
        if (opened->wim != wim) {
            continue;
        }
        const struct file *file = opened_hive_finish(state, opened);
        if (file == opened->committed) {
            continue;
        }
        bindings_expect_reading(state, file, file->size); /* its SHA-1 may be needed */
        if (wim_inject(wim, opened->index, opened->path, file, &error) != 0) {
            bindings_raise(state, "registry", &error);
        }
        opened->committed = file;
    }
}
