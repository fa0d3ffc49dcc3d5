/// What a decoder has read of its file and not used yet: a block that is read anew once it is used up.
struct CompressedInput {
  /// Where the block comes from.
  let source: PrefixedSource
  /// The block; what is not used yet lies from `start` to `end`.
  var block = [UInt8](repeating: 0, count: 128 * 1024)
  private(set) var start = 0
  private(set) var end = 0

  init(_ source: PrefixedSource) { self.source = source }

  /// How many bytes are not used yet.
  var available: Int { end - start }

  /// The next byte, which must be there.
  var nextByte: UInt8 { block[start] }

  /// How many bytes of the file itself have been used: where damage is found. Behind another decoder: how many that one has used.
  var fileOffset: Int64 { source.isFile ? source.fileOffset - Int64(available) : source.fileOffset }

  /// Marks bytes as used.
  mutating func use(_ count: Int) { start += count }

  /// Reads the next block in place of one that is used up; false at the end of the file.
  mutating func refill() throws(StreamError) -> Bool {
    (start, end) = (0, 0)
    end = try source.read(into: &block, from: 0)
    return end > 0
  }
}
