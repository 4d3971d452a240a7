-- expect: requires itself
require "recursion_require"
