#include <isa-l/igzip_lib.h>

/// The work space that level 1 asks for: a macro over sizeof, which Swift cannot import.
static const unsigned int isal_level1_byte_count = ISAL_DEF_LVL1_DEFAULT;
