/*
 * The distribution's xxHash (libxxhash-dev), compiled into the file that includes this. The
 * Makefile puts its one header where freestanding code finds it.
 */
#ifndef PLUGINS_XXH3_XXHASH_INLINE_H
#define PLUGINS_XXH3_XXHASH_INLINE_H

#include <stddef.h>

/* Named by functions of the header that nothing here calls, and that the compiler drops. */
void *malloc(size_t size);
void free(void *memory);

#define XXH_INLINE_ALL
#define XXH_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#include <xxhash.h>

#endif
