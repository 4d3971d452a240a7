/* SPDX-License-Identifier: BSD-2-Clause */
/* A text that a function of the text module reads. See text_source.h. */
#include "lua/text_source.h"

#include "lua/bindings.h"
#include "lua/text_buffer.h"

/* The name of the text in argument 1, for messages. */
static const char *text_name(lua_State *state)
{
    return luaL_testudata(state, 1, "file") != NULL ? bindings_check_file(state, 1)->name
                                                    : "the text";
}

struct text_source text_source_open(lua_State *state, const char *function)
{
    size_t length;
    const char *text = text_buffer_push(state, 1, function, &length);

    return (struct text_source){
        .state = state,
        .function = function,
        .name = text_name(state),
        .at = text,
        .end = text + length,
        .line = 1,
    };
}

int text_source_raise(const struct text_source *source, const char *problem)
{
    return luaL_error(source->state, "%s: %s:%d: %s", source->function, source->name,
                      (int)source->line, problem);
}
