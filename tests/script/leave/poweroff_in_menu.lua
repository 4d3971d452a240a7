-- SPDX-License-Identifier: BSD-2-Clause
menu { timeout = 0, { "Switch off", boot.poweroff } }
