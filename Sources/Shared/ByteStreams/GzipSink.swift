import CISAL

/// Compresses what is written into one gzip member (isa-l, level 1).
///
/// Unsafe: isa-l reads and writes through pointers kept in its state; bound: they are set before each call together with the
/// buffers' own lengths, and are not used after it.
@safe final class GzipSink: ByteSink {
  private let output: any ByteSink
  private let name: String
  private let state: UnsafeMutablePointer<isal_zstream>
  private let work: UnsafeMutablePointer<UInt8>
  private var block = [UInt8](repeating: 0, count: 128 * 1024)
  private static let workByteCount = Int(isal_level1_byte_count)

  init(_ output: any ByteSink, name: String) {
    self.output = output
    self.name = name
    unsafe state = .allocate(capacity: 1)
    unsafe work = .allocate(capacity: Self.workByteCount)
    unsafe isal_deflate_init(state)
    unsafe state.pointee.level = 1
    unsafe state.pointee.level_buf = work
    unsafe state.pointee.level_buf_size = UInt32(Self.workByteCount)
    unsafe state.pointee.gzip_flag = UInt16(IGZIP_GZIP)
  }

  deinit {
    unsafe state.deallocate()
    unsafe work.deallocate()
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) { try unsafe compress(bytes, end: false) }

  func finish() throws(StreamError) {
    try unsafe compress(UnsafeRawBufferPointer(start: nil, count: 0), end: true)
    try output.finish()
  }

  private func compress(_ bytes: UnsafeRawBufferPointer, end: Bool) throws(StreamError) {
    unsafe state.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe state.pointee.avail_in = UInt32(bytes.count)
    unsafe state.pointee.end_of_stream = end ? 1 : 0
    while true {
      var made = 0
      let answer = unsafe block.withUnsafeMutableBytes { out -> Int32 in
        unsafe state.pointee.next_out = out.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe state.pointee.avail_out = UInt32(out.count)
        let answer = unsafe isal_deflate(state)
        made = unsafe out.count - Int(state.pointee.avail_out)
        return answer
      }
      guard answer == COMP_OK else {
        throw StreamError(name: name, kind: .damaged, offset: 0, detail: "isa-l cannot compress (\(answer))")
      }
      if made > 0 { try output.write(Array(block[..<made])) }
      if made < block.count, unsafe state.pointee.avail_in == 0 { return }
    }
  }
}
