import CLZMA

/// Decompresses xz streams, one after another, with their check sums and the padding between them.
///
/// What needs more than 128 MiB is refused: a hostile header must not choose our memory.
/// Unsafe: liblzma reads and writes through pointers kept in its state; bound: they are set before each call together with the buffers' own
/// lengths, and are not used after it.
@safe final class XzSource: ByteSource {
  private var input: CompressedInput
  private let state: UnsafeMutablePointer<lzma_stream>
  private var hasEnded = false
  /// What was found wrong behind bytes that were good: said once they have been handed out.
  private var pendingFailure: StreamError?
  private static let memoryByteCountMax: UInt64 = 128 * 1024 * 1024

  init(_ input: PrefixedSource) throws(StreamError) {
    self.input = CompressedInput(input)
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: lzma_stream())
    let answer = unsafe lzma_stream_decoder(state, Self.memoryByteCountMax, lzma_concatenated)
    if answer != LZMA_OK { throw failure(answer) }
  }

  deinit {
    unsafe lzma_end(state)
    unsafe state.deallocate()
  }

  var name: String { input.source.name }
  var fileOffset: Int64 { input.fileOffset }
  var fileSize: Int64? { input.source.fileSize }

  func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    guard buffer.count > start else { return 0 }
    if let pendingFailure { throw pendingFailure }
    while !hasEnded {
      // Only the end of the file tells that no further stream follows.
      var isLast = false
      if input.available == 0 { isLast = try !input.refill() }
      let (from, available) = (input.start, input.available)
      var made = 0
      var used = 0
      let answer = unsafe buffer.withUnsafeMutableBytes { out in
        unsafe input.block.withUnsafeBytes { source -> lzma_ret in
          unsafe state.pointee.next_out = out.baseAddress.map { unsafe ($0 + start).assumingMemoryBound(to: UInt8.self) }
          unsafe state.pointee.avail_out = out.count - start
          unsafe state.pointee.next_in = source.baseAddress.map { unsafe ($0 + from).assumingMemoryBound(to: UInt8.self) }
          unsafe state.pointee.avail_in = available
          let answer = unsafe lzma_code(state, isLast ? LZMA_FINISH : LZMA_RUN)
          made = unsafe out.count - start - state.pointee.avail_out
          used = unsafe available - state.pointee.avail_in
          unsafe state.pointee.next_in = nil
          unsafe state.pointee.next_out = nil
          return answer
        }
      }
      input.use(used)
      if answer == LZMA_STREAM_END { hasEnded = true }
      if answer != LZMA_OK, answer != LZMA_STREAM_END {
        guard made > 0 else { throw failure(answer) }
        pendingFailure = failure(answer)
      }
      if made > 0 { return made }
    }
    return 0
  }

  private var neededByteCount: UInt64 { unsafe lzma_memusage(state) }

  private func failure(_ answer: lzma_ret) -> StreamError {
    let (kind, detail): (StreamError.Kind, String) =
      switch answer {
      case LZMA_BUF_ERROR: (.cutShort, "the file ends inside an xz stream")
      case LZMA_MEMLIMIT_ERROR:
        (.damaged, "xz data needs \(neededByteCount) bytes of memory, expected at most \(Self.memoryByteCountMax)")
      case LZMA_FORMAT_ERROR: (.damaged, "found something else where an xz stream was expected")
      default: (.damaged, "damaged xz data (liblzma answers \(answer.rawValue))")
      }
    return StreamError(name: name, kind: kind, offset: fileOffset, detail: detail)
  }
}
