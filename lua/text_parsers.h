/* SPDX-License-Identifier: BSD-2-Clause */
/* The formats that the text module reads. */
#ifndef LUA_TEXT_PARSERS_H
#define LUA_TEXT_PARSERS_H

#include "lua/text_source.h"

/** Push the value of a text: what each function returns. */
void text_push_json(struct text_source *source);
void text_push_ini(struct text_source *source);

/**
 * @param key       the column that rows are found by, or NULL: the result is a list
 * @param separator between fields, or '\0': what the first line has most of
 */
void text_push_csv(struct text_source *source, const char *key, char separator);

#endif
