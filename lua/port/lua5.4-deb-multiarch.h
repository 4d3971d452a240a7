/* SPDX-License-Identifier: BSD-2-Clause */
/* Debian's luaconf.h includes this header for the paths of shared modules, of which we have none.
 */
#define DEB_HOST_MULTIARCH ""
