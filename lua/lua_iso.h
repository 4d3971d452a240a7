/* SPDX-License-Identifier: BSD-2-Clause */
/* The class of what iso.open() returns, and of the items of `volumes`. */
#ifndef LUA_ISO_H
#define LUA_ISO_H

#define VOLUME_CLASS "volume"

#endif
