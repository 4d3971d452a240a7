/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HOST_DRIVER_INDEX_H
#define HOST_DRIVER_INDEX_H

/** `wimboot-preview drivers FOLDER`: write an index of the driver packages in a folder to standard
 * output. @return an exit status */
int driver_index_run(int argc, char **argv);

#endif
