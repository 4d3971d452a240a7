/* A pool for each test, and the error that its functions fill in. */
#ifndef TESTS_POOL_FIXTURE_H
#define TESTS_POOL_FIXTURE_H

#include "error.h"
#include "memory.h"

static struct pool *pool;
static struct error error;

static inline void start(void)
{
    pool = pool_create();
}

static inline void finish(void)
{
    pool_destroy(pool);
}

#endif
