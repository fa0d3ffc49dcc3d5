#pragma once
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

/// SHA1Data of libmd (sha1(3)): writes 40 hexadecimal digits and a zero byte to `text` and gives it back.
typedef char *(*sha1_data_function)(const uint8_t *bytes, size_t count, char *text);

/// Finds the function in libmd, which is loaded now and not when a tool starts; NULL where there is none.
static inline sha1_data_function sha1_data_load(void) {
  void *library = dlopen("libmd.so.0", RTLD_NOW | RTLD_LOCAL);
  return library ? (sha1_data_function)dlsym(library, "SHA1Data") : NULL;
}
