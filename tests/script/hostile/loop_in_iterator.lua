-- expect: ran for 10 million instructions
for _ in function() return 1 end do end
-- SPDX-License-Identifier: BSD-2-Clause
