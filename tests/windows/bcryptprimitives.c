/* Wine 8 has no ProcessPrng, which Rust's standard library takes its chance from: this one asks Wine's other source. For trials only. */
#include <stddef.h>

__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *buffer, unsigned long length);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *buffer, size_t length) {
  while (length > 0) {
    unsigned long part = length > 1024 ? 1024 : (unsigned long)length;
    if (!SystemFunction036(buffer, part)) return 0;
    buffer += part;
    length -= part;
  }
  return 1;
}
