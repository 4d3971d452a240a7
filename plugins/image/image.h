/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the disk plugin "image" writes to. Host only. */
#ifndef PLUGINS_IMAGE_IMAGE_H
#define PLUGINS_IMAGE_IMAGE_H

/** Name the file that attach() writes; it must stay valid until then. An existing one is replaced.
 */
void image_set_path(const char *path);

#endif
