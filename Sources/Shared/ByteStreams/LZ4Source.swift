import CLZ4
import Glibc

/// Decompresses lz4 frames, one after another, with their check sums; skippable frames are skipped. A block has at most 4 MiB.
///
/// Unsafe: liblz4 reads and writes through pointers; bound: both buffers are handed over with their own lengths.
@safe final class LZ4Source: ByteSource {
  private var input: CompressedInput
  private let context: OpaquePointer
  private var insideFrame = false
  /// How many bytes liblz4 asks for: fed one block at a time, it has handed out all before a damaged one.
  private var wanted = 7
  /// Whether the decoder filled all the room it was given, so that it may hold more without further input.
  private var mayHoldOutput = false

  init(_ input: PrefixedSource) throws(StreamError) {
    self.input = CompressedInput(input)
    var context: OpaquePointer?
    let answer = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
    guard LZ4F_isError(answer) == 0, let context = unsafe context else {
      throw StreamError(name: input.name, kind: .system(ENOMEM), offset: 0, detail: "no memory for an lz4 decoder")
    }
    unsafe self.context = context
  }

  deinit { _ = unsafe LZ4F_freeDecompressionContext(context) }

  var name: String { input.source.name }
  var fileOffset: Int64 { input.fileOffset }
  var fileSize: Int64? { input.source.fileSize }

  func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    guard buffer.count > start else { return 0 }
    while true {
      if input.available == 0, !mayHoldOutput, try !input.refill() {
        guard !insideFrame else {
          throw StreamError(name: name, kind: .cutShort, offset: fileOffset, detail: "the file ends inside an lz4 frame")
        }
        return 0
      }
      let from = input.start
      var used = min(input.available, wanted)
      var made = buffer.count - start
      let answer = unsafe buffer.withUnsafeMutableBytes { out in
        unsafe input.block.withUnsafeBytes { source in
          unsafe LZ4F_decompress(
            context, out.baseAddress.map { unsafe $0 + start }, &made, source.baseAddress.map { unsafe $0 + from }, &used, nil)
        }
      }
      guard LZ4F_isError(answer) == 0 else {
        let why = unsafe String(cString: LZ4F_getErrorName(answer))
        throw StreamError(name: name, kind: .damaged, offset: fileOffset, detail: "damaged lz4 data: \(why)")
      }
      input.use(used)
      insideFrame = answer != 0
      mayHoldOutput = made == buffer.count - start && insideFrame
      wanted = insideFrame ? answer : 7
      if made > 0 { return made }
    }
  }
}
