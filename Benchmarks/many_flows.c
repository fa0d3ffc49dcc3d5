// Writes a capture of N packets within 50 seconds, each of a flow of its own, to standard output: many_flows N
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
  uint64_t n = count > 1 ? strtoull(words[1], NULL, 10) : 10000000;
  uint32_t header[6] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1};
  uint8_t frame[60] = {[12] = 8, [14] = 0x45, [17] = 46, [22] = 64, [23] = 17};
  fwrite(header, sizeof header, 1, stdout);
  for (uint64_t i = 0; i < n; i++) {
    uint64_t microseconds = i * 50000000 / n;
    uint32_t record[4] = {(uint32_t)(1700000000 + microseconds / 1000000), (uint32_t)(microseconds % 1000000), 60, 60};
    uint32_t client = 0x0a000000u + (uint32_t)(i % 16000000), server = 0xc0a80000u | (uint32_t)(i * 2654435761u >> 18 & 0xffff);
    uint16_t ports[2] = {(uint16_t)(1024 + i * 7 % 60000), (uint16_t)(i % 40 + 8000)};
    for (int k = 0; k < 4; k++) {
      frame[26 + k] = (uint8_t)(client >> (24 - 8 * k));
      frame[30 + k] = (uint8_t)(server >> (24 - 8 * k));
      frame[34 + k] = (uint8_t)(ports[k / 2] >> (8 - 8 * (k % 2)));
    }
    fwrite(record, sizeof record, 1, stdout);
    fwrite(frame, sizeof frame, 1, stdout);
  }
  return 0;
}
