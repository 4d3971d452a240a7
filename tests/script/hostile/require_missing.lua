-- expect: require: there is no file nothing.lua
require "nothing"
