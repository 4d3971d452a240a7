# SPDX-License-Identifier: BSD-2-Clause
bios_RESIDENT += plugins/stub_disk/stub_answers
