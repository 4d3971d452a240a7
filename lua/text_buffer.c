/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that functions of scripts read. See text_buffer.h. */
#include "lua/text_buffer.h"

#include "files/text.h"
#include "lua/bindings.h"

const char *text_buffer_push(lua_State *state, int argument, const char *function, size_t *length)
{
    struct extent extent;
    struct file on_string;
    const struct file *file = &on_string;
    struct error error;

    if (lua_type(state, argument) == LUA_TSTRING) {
        size_t size;
        const char *bytes = lua_tolstring(state, argument, &size);

        file_on_memory(&on_string, &extent, "the text", bytes, size);
    } else {
        if (luaL_testudata(state, argument, "file") == NULL) {
            luaL_typeerror(state, argument, "file or string");
        }
        file = bindings_check_file(state, argument);
        bindings_expect_reading(state, file, file->size);
    }
    if (file->size > TEXT_SIZE_MAX) {
        luaL_error(state, "%s: %s: a text of %I bytes is too long: at most %d are possible",
                   function, file->name, (lua_Integer)file->size, TEXT_SIZE_MAX);
    }
    char *text = bindings_allocate(state, 1, text_decoded_size((size_t)file->size));

    if (text_read(file, text, length, &error) != 0) {
        bindings_raise(state, function, &error);
    }
    return text;
}
