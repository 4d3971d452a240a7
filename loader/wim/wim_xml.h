/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XML of a WIM.
 */
#ifndef LOADER_WIM_XML_H
#define LOADER_WIM_XML_H

#include "wim/wim.h"

/**
 * Fill in what the XML says about the images. XML that makes no sense is only worth a warning,
 * nothing else depends on it. -1 if it cannot be read, and for a WIM that it says is encrypted.
 */
int wim_xml_load(struct wim *wim, struct error *error);

/**
 * Parse the XML's bytes.
 *
 * @param encrypted written: it says that the WIM is encrypted
 */
int wim_xml_parse(struct wim *wim, const void *bytes, size_t size, bool *encrypted,
                  struct error *error);

/**
 * What the XML says about an image, as it stands in its element; nothing if that makes no sense.
 *
 * @param text   written: UTF-8, without NUL, in scratch memory; to be freed
 * @param length written: bytes
 */
int wim_xml_image_text(struct wim *wim, uint32_t index, char **text, size_t *length,
                       struct error *error);

#endif
