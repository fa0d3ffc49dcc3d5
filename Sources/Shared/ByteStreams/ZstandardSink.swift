import CZstd
import Glibc

/// Compresses what is written into one Zstandard frame (level 3) with a check sum.
///
/// Unsafe: libzstd reads and writes through pointers; bound: both buffers are handed over with their own lengths.
@safe final class ZstandardSink: ByteSink {
  private let output: any ByteSink
  private let name: String
  private let context: OpaquePointer
  private var block = [UInt8](repeating: 0, count: 128 * 1024)

  init(_ output: any ByteSink, name: String) throws(StreamError) {
    self.output = output
    self.name = name
    guard let context = unsafe ZSTD_createCCtx() else {
      throw StreamError(name: name, kind: .system(ENOMEM), offset: 0, detail: "no memory for a Zstandard encoder")
    }
    unsafe self.context = context
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { _ = unsafe ZSTD_freeCCtx(context) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) { try unsafe compress(bytes, ZSTD_e_continue) }

  func finish() throws(StreamError) {
    try unsafe compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end)
    try output.finish()
  }

  private func compress(_ bytes: UnsafeRawBufferPointer, _ mode: ZSTD_EndDirective) throws(StreamError) {
    var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while true {
      var made = 0
      let left = unsafe block.withUnsafeMutableBytes { out in
        var buffer = unsafe ZSTD_outBuffer(dst: out.baseAddress, size: out.count, pos: 0)
        let left = unsafe ZSTD_compressStream2(context, &buffer, &input, mode)
        made = unsafe buffer.pos
        return left
      }
      if ZSTD_isError(left) != 0 {
        throw StreamError(name: name, kind: .damaged, offset: 0, detail: unsafe String(cString: ZSTD_getErrorName(left)))
      }
      if made > 0 { try output.write(Array(block[..<made])) }
      if mode == ZSTD_e_end ? left == 0 : unsafe input.pos == input.size { return }
    }
  }
}
