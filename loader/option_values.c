/* SPDX-License-Identifier: BSD-2-Clause */
/* What the options are: apart from options.c, which prints, so that the console can look at them.
 */
#include "options.h"

struct options options;
