/// What a stream of bytes is wrapped in, told from its first bytes, never from its name.
enum Wrapping {
  case gzip
  case zstandard

  /// Recognises RFC 1952 §2.3.1 (1F 8B 08) and RFC 8878 §3.1 (frames FD2FB528, skippable frames 184D2A50…5F).
  init?(firstBytes bytes: ArraySlice<UInt8>) {
    let head = Array(bytes.prefix(4))
    if head.count >= 3, head[0] == 0x1F, head[1] == 0x8B, head[2] == 0x08 {
      self = .gzip
    } else if head.count == 4, head == [0x28, 0xB5, 0x2F, 0xFD] || (head[0] & 0xF0 == 0x50 && head[1...] == [0x2A, 0x4D, 0x18]) {
      self = .zstandard
    } else {
      return nil
    }
  }
}

/// Opens a file (`-`: standard input) and looks through gzip and Zstandard around its content.
public func openSource(path: String) throws(StreamError) -> any ByteSource {
  let file = try DescriptorSource(path: path)
  var head = [UInt8](repeating: 0, count: 4)
  var filled = 0
  while filled < 4 {
    let got = try file.read(into: &head, from: filled)
    if got == 0 { break }
    filled += got
  }
  let whole = PrefixedSource(prefix: Array(head[..<filled]), rest: file)
  switch Wrapping(firstBytes: head[..<filled]) {
  case .gzip: return GzipSource(whole)
  case .zstandard: return try ZstandardSource(whole)
  case nil: return whole
  }
}

/// A source whose first bytes were already read to see what it is.
final class PrefixedSource: ByteSource {
  private var prefix: [UInt8]
  private let rest: any ByteSource

  init(prefix: [UInt8], rest: any ByteSource) {
    self.prefix = prefix
    self.rest = rest
  }

  var name: String { rest.name }
  var fileOffset: Int64 { rest.fileOffset - Int64(prefix.count) }
  var fileSize: Int64? { rest.fileSize }

  func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    guard !prefix.isEmpty else { return try rest.read(into: &buffer, from: start) }
    let count = min(prefix.count, buffer.count - start)
    buffer.replaceSubrange(start..<(start + count), with: prefix[..<count])
    prefix.removeFirst(count)
    return count
  }
}
