#include <lzma.h>

/// Flag of a decoder for several streams: a macro over a cast, which Swift cannot import.
static const uint32_t lzma_concatenated = LZMA_CONCATENATED;
