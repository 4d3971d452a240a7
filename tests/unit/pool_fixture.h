/* SPDX-License-Identifier: BSD-2-Clause */
/* A pool for each test, and the error that its functions fill in. */
#ifndef TESTS_POOL_FIXTURE_H
#define TESTS_POOL_FIXTURE_H

#include "base/error.h"
#include "base/memory.h"

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
