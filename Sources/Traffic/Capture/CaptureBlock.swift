import ByteStreams

/// The part of a capture that is in memory: bytes from a source, taken from the front, filled up at the end.
public struct CaptureBlock {
  /// The bytes; those from `start` to `end` are not taken yet.
  public internal(set) var bytes: [UInt8]
  /// Index of the first byte that is not taken.
  public internal(set) var start = 0
  /// Index after the last byte that was read.
  public internal(set) var end = 0
  /// How many bytes of the uncompressed content stand before `bytes[0]`.
  private(set) var baseOffset: UInt64 = 0
  private let source: any ByteSource
  private var sourceEnded = false

  init(_ source: any ByteSource) {
    self.source = source
    bytes = [UInt8](repeating: 0, count: blockByteCount)
  }

  /// How many bytes are there to be taken.
  var available: Int { end - start }

  /// Offset in the uncompressed content of the first byte that is not taken.
  var offset: UInt64 { baseOffset + UInt64(start) }

  /// Brings at least `count` bytes into memory, if the source has them; gives whether it had.
  ///
  /// What was taken is forgotten, so indexes into `bytes` handed out before are void.
  mutating func require(_ count: Int) throws(StreamError) -> Bool {
    if available >= count { return true }
    if start > 0 {
      let rest = available
      for place in 0..<rest { bytes[place] = bytes[start + place] }
      baseOffset += UInt64(start)
      start = 0
      end = rest
    }
    while available < count, !sourceEnded {
      // Room grows with what has come, so that a length that lies cannot choose our memory.
      if end == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
      let got = try source.read(into: &bytes, from: end)
      if got == 0 { sourceEnded = true }
      end += got
    }
    return available >= count
  }

  /// Takes bytes without keeping them in memory; gives how many there were.
  mutating func skip(_ count: Int) throws(StreamError) -> Int {
    var left = count
    while left > 0 {
      if available == 0, try !require(1) { break }
      let taken = min(left, available)
      start += taken
      left -= taken
    }
    return count - left
  }
}
