/* SPDX-License-Identifier: BSD-2-Clause */
/* What each version of Windows needs of a processor. */
#ifndef LOADER_PROCESSOR_NEEDS_H
#define LOADER_PROCESSOR_NEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/processor.h"
#include "verdict/windows_version.h"

/**
 * Find the features that a Windows needs and a processor does not report.
 *
 * @param arch    which processor Windows is for: "x86_64" …; "": unknown, so the most is asked
 * @param version NULL: unknown, so the most is asked
 * @return of enum processor_feature; 0 for a processor of which nothing is known
 */
uint32_t processor_missing(const struct processor *processor, const char *arch,
                           const struct windows_version *version);

/** Whether Windows certainly does not start without a feature. Others may be there unreported. */
bool processor_feature_is_essential(enum processor_feature feature);

/** "CMPXCHG16B": as Intel and AMD call it. */
const char *processor_feature_title(enum processor_feature feature);

#endif
