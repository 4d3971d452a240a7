-- expect: undefined global 'package'
package.loadlib("x", "y")
