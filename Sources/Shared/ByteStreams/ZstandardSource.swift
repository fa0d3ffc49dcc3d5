import CZstd
import Glibc

/// Decompresses Zstandard frames (RFC 8878), one after another; skippable frames are skipped.
///
/// Windows of more than 128 MiB are refused: a hostile frame must not choose our memory.
/// Unsafe: libzstd reads and writes through pointers; bound: both buffers are handed over with their own lengths.
@safe final class ZstandardSource: ByteSource {
  private var input: CompressedInput
  private let context: OpaquePointer
  private var insideFrame = false
  /// Whether the decoder filled all the room it was given, so that it may hold more without further input.
  private var mayHoldOutput = false
  /// What was found wrong behind bytes that were good: said once they have been handed out.
  private var pendingFailure: StreamError?

  init(_ input: PrefixedSource) throws(StreamError) {
    self.input = CompressedInput(input)
    guard let context = unsafe ZSTD_createDCtx() else {
      throw StreamError(name: input.name, kind: .system(ENOMEM), offset: 0, detail: "no memory for a Zstandard decoder")
    }
    unsafe self.context = context
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
  }

  deinit { _ = unsafe ZSTD_freeDCtx(context) }

  var name: String { input.source.name }
  var fileOffset: Int64 { input.fileOffset }
  var fileSize: Int64? { input.source.fileSize }

  func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    guard buffer.count > start else { return 0 }
    if let pendingFailure { throw pendingFailure }
    while true {
      if input.available == 0, !mayHoldOutput, try !input.refill() {
        guard !insideFrame else {
          throw StreamError(name: name, kind: .cutShort, offset: fileOffset, detail: "the file ends inside a Zstandard frame")
        }
        return 0
      }
      let (from, available) = (input.start, input.available)
      var made = 0
      var used = 0
      let answer = unsafe buffer.withUnsafeMutableBytes { out in
        unsafe input.block.withUnsafeBytes { source in
          var output = unsafe ZSTD_outBuffer(dst: out.baseAddress.map { unsafe $0 + start }, size: out.count - start, pos: 0)
          var rest = unsafe ZSTD_inBuffer(src: source.baseAddress.map { unsafe $0 + from }, size: available, pos: 0)
          let answer = unsafe ZSTD_decompressStream(context, &output, &rest)
          made = unsafe output.pos
          used = unsafe rest.pos
          return answer
        }
      }
      input.use(used)
      mayHoldOutput = made == buffer.count - start && answer != 0
      if ZSTD_isError(answer) != 0 {
        let why = unsafe String(cString: ZSTD_getErrorName(answer))
        let failure = StreamError(name: name, kind: .damaged, offset: fileOffset, detail: "damaged Zstandard data: \(why)")
        guard made > 0 else { throw failure }
        pendingFailure = failure
        return made
      }
      insideFrame = answer != 0
      if made > 0 { return made }
    }
  }
}
