# SPDX-License-Identifier: BSD-2-Clause
# Laying out what a site boots from (README.md).
#
#   make site             a folder for a web and TFTP server: DIR=/srv/http/boot FILES='boot.wim wimboot.lua'
#   make usb              an image of a stick, which HTTP Boot takes, too: OUT=boot.img FILES='boot.wim wimboot.lua'

.PHONY: site usb site-given usb-given
site: site-given all
	tools/mksite.sh '$(DIR)' $(BUILD) $(FILES)

usb: usb-given all $(BUILD)/.need-usb
	tools/mkusb.sh '$(OUT)' $(BUILD) $(FILES)

# First, so that nothing is built in vain.
site-given:
	@[ -n '$(DIR)' ] || { echo "Which folder? make site DIR=/srv/http/boot FILES='boot.wim wimboot.lua'" >&2; exit 1; }
usb-given:
	@[ -n '$(OUT)' ] || { echo "Which image? make usb OUT=boot.img FILES='boot.wim wimboot.lua'" >&2; exit 1; }
