/* SPDX-License-Identifier: BSD-2-Clause */
/* The preview's report: what would boot, as text or JSON. */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include "host/preview.h"
#include "volume/volume.h"

/** Attach the report to the next run of the pipeline. */
void report_attach(const struct preview *preview);

/** Whether all of the latest run's report could be made; the reason is on stderr. */
bool report_is_whole(void);

/** Check that --verify found no damage. */
int report_check_damage(struct error *error);

/**
 * Print the report on stdout.
 *
 * @param volume for the figures of memory; NULL if it would not boot
 * @param reason why it would not
 */
void report_print(const struct preview *preview, const struct machine_plan *plan,
                  const struct volume *volume, const char *reason);

#endif
