import CISAL

/// Decompresses gzip members (RFC 1952), one after another, with their check sums. Zeros behind the last of them are padding, as tapes and
/// block devices leave it.
///
/// Unsafe: isa-l reads and writes through pointers kept in its state; bound: they are set before each call together with the
/// buffers' own lengths, and are not used after it.
@safe final class GzipSource: ByteSource {
  private var input: CompressedInput
  private let state: UnsafeMutablePointer<inflate_state>
  private var insideMember = false
  private var memberCount = 0
  /// Whether the decoder filled all the room it was given, so that it may hold more without further input.
  private var mayHoldOutput = false
  /// What was found wrong behind bytes that were good: said once they have been handed out.
  private var pendingFailure: StreamError?

  init(_ input: PrefixedSource) {
    self.input = CompressedInput(input)
    unsafe state = .allocate(capacity: 1)
    unsafe isal_inflate_init(state)
  }

  deinit { unsafe state.deallocate() }

  var name: String { input.source.name }
  var fileOffset: Int64 { input.fileOffset }
  var fileSize: Int64? { input.source.fileSize }

  func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    guard buffer.count > start else { return 0 }
    if let pendingFailure { throw pendingFailure }
    while true {
      if input.available == 0, !mayHoldOutput, try !input.refill() {
        guard !insideMember else {
          throw StreamError(name: name, kind: .cutShort, offset: fileOffset, detail: "the file ends inside a gzip member")
        }
        return 0
      }
      if !insideMember, memberCount > 0, input.nextByte == 0 {
        try skipPadding()
        return 0
      }
      if !insideMember {
        unsafe isal_inflate_init(state)
        unsafe state.pointee.crc_flag = UInt32(ISAL_GZIP)
        insideMember = true
        memberCount += 1
      }
      let (from, available) = (input.start, UInt32(clamping: input.available))
      var made = 0
      var used = 0
      let answer = unsafe buffer.withUnsafeMutableBytes { out in
        unsafe input.block.withUnsafeMutableBytes { source -> Int32 in
          let room = UInt32(clamping: out.count - start)
          unsafe state.pointee.next_out = out.baseAddress.map { unsafe ($0 + start).assumingMemoryBound(to: UInt8.self) }
          unsafe state.pointee.avail_out = room
          unsafe state.pointee.next_in = source.baseAddress.map { unsafe ($0 + from).assumingMemoryBound(to: UInt8.self) }
          unsafe state.pointee.avail_in = available
          let answer = unsafe isal_inflate(state)
          made = unsafe Int(room - state.pointee.avail_out)
          used = unsafe Int(available) - Int(state.pointee.avail_in)
          unsafe state.pointee.next_in = nil
          unsafe state.pointee.next_out = nil
          return answer
        }
      }
      // Where damage is found isa-l gives back bytes that it held since an earlier block.
      let isGivenBack = used < 0
      input.use(max(0, used))
      mayHoldOutput = made == buffer.count - start
      guard !isGivenBack, answer == ISAL_DECOMP_OK || answer == ISAL_END_INPUT || answer == ISAL_OUT_OVERFLOW else {
        let failure = StreamError(name: name, kind: .damaged, offset: fileOffset, detail: "damaged gzip data (isa-l answers \(answer))")
        guard made > 0 else { throw failure }
        pendingFailure = failure
        return made
      }
      if unsafe state.pointee.block_state == ISAL_BLOCK_FINISH { (insideMember, mayHoldOutput) = (false, false) }
      if made > 0 { return made }
      guard used > 0 || input.available == 0 || !insideMember else {
        throw StreamError(name: name, kind: .damaged, offset: fileOffset, detail: "gzip data that leads nowhere")
      }
    }
  }

  private func skipPadding() throws(StreamError) {
    repeat {
      while input.available > 0 {
        guard input.nextByte == 0 else {
          throw StreamError(name: name, kind: .damaged, offset: fileOffset, detail: "found more than zeros behind the last gzip member")
        }
        input.use(1)
      }
    } while try input.refill()
  }
}
