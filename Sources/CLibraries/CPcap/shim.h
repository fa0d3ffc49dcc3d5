#pragma once
#include <dlfcn.h>
#include <pcap/pcap.h>
#include <stdbool.h>

/// The functions of libpcap that are used, found at run time; their types are those of its header.
///
/// libpcap brings ten more libraries with it: linked in, they cost every start of a tool a millisecond, and no tool starts without them.
struct pcap_functions {
  __typeof__(&pcap_fopen_offline) fopen_offline;
  __typeof__(&pcap_close) close;
  __typeof__(&pcap_geterr) geterr;
  __typeof__(&pcap_compile) compile;
  __typeof__(&pcap_freecode) freecode;
  __typeof__(&pcap_offline_filter) offline_filter;
};

/// Loads libpcap under Debian's name or that of others; false where there is none or it lacks a function.
static inline bool pcap_functions_load(struct pcap_functions *found) {
  void *library = dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL);
  if (!library) library = dlopen("libpcap.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return false;
  found->fopen_offline = (__typeof__(found->fopen_offline))dlsym(library, "pcap_fopen_offline");
  found->close = (__typeof__(found->close))dlsym(library, "pcap_close");
  found->geterr = (__typeof__(found->geterr))dlsym(library, "pcap_geterr");
  found->compile = (__typeof__(found->compile))dlsym(library, "pcap_compile");
  found->freecode = (__typeof__(found->freecode))dlsym(library, "pcap_freecode");
  found->offline_filter = (__typeof__(found->offline_filter))dlsym(library, "pcap_offline_filter");
  return found->fopen_offline && found->close && found->geterr && found->compile && found->freecode && found->offline_filter;
}
