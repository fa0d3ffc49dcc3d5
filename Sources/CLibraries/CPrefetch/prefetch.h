#pragma once
/// Asks the processor to bring the cache line at `address` near; never faults, whatever the address.
static inline __attribute__((always_inline)) void prefetch_line(const void *address) { __builtin_prefetch(address, 1, 3); }
