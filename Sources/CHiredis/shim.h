// Debian's libhiredis-dev, 0.14. No pkgConfig in Package.swift: SwiftPM refuses the -D flag in its .pc file.
#include <hiredis/hiredis.h>
