-- expect: no module 'default' in the loader
require "default"
