/// What a stream of bytes is wrapped in, told from its first bytes, never from its name.
enum Wrapping {
  case gzip, zstandard, lz4, xz

  /// How many bytes tell the wrapping.
  static let headByteCount = 6

  /// Recognises RFC 1952 §2.3.1 (1F 8B 08), RFC 8878 §3.1 (frames FD2FB528, skippable frames 184D2A50…5F), lz4 frames (184D2204) and xz
  /// (FD 37 7A 58 5A 00). Skippable frames exist in lz4 too: where one comes first, Zstandard is meant.
  init?(firstBytes head: [UInt8]) {
    if head.starts(with: [0x1F, 0x8B, 0x08]) {
      self = .gzip
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
      || (head.count >= 4 && head[0] & 0xF0 == 0x50 && head[1...3] == [0x2A, 0x4D, 0x18])
    {
      self = .zstandard
    } else if head.starts(with: [0x04, 0x22, 0x4D, 0x18]) {
      self = .lz4
    } else if head == [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] {
      self = .xz
    } else {
      return nil
    }
  }

  func source(_ input: PrefixedSource) throws(StreamError) -> any ByteSource {
    switch self {
    case .gzip: GzipSource(input)
    case .zstandard: try ZstandardSource(input)
    case .lz4: try LZ4Source(input)
    case .xz: try XzSource(input)
    }
  }
}

/// Opens a file (`-`: standard input) and looks through gzip, Zstandard, lz4 and xz around its content, and through one more in the first.
///
/// With `readsAhead` what is wrapped is decoded in a thread of its own. Throws what the system says of the file and of its first bytes;
/// damage inside a wrapping is thrown where it is read.
public func openSource(path: String, readsAhead: Bool = false) throws(StreamError) -> any ByteSource {
  let file = PrefixedSource(try DescriptorSource(path: path), isFile: true)
  if let failure = file.failure { throw failure }
  guard let outer = file.wrapping else { return file }
  let content = PrefixedSource(try outer.source(file), isFile: false)
  let unwrapped = try content.wrapping?.source(content) ?? content
  return readsAhead ? try ReadAheadSource(unwrapped) : unwrapped
}

extension ByteSource {
  /// Whether its bytes come out of a decoder; for what `openSource` gave.
  public var isDecoded: Bool { (self as? PrefixedSource)?.isFile != true }
}

/// A source whose first bytes were already read to see what it is.
final class PrefixedSource: ByteSource {
  /// Whether the bytes are those of the file itself, and not what a decoder makes of it.
  let isFile: Bool
  /// What the first bytes say it is wrapped in.
  let wrapping: Wrapping?
  /// What kept the first bytes from being read: thrown by `read` behind those that came before it.
  private(set) var failure: StreamError?
  private var prefix: [UInt8]
  private let rest: any ByteSource

  /// Reads the first bytes of a source.
  init(_ rest: any ByteSource, isFile: Bool) {
    self.rest = rest
    self.isFile = isFile
    var head = [UInt8](repeating: 0, count: Wrapping.headByteCount)
    var filled = 0
    do throws(StreamError) {
      while filled < head.count {
        let got = try rest.read(into: &head, from: filled)
        if got == 0 { break }
        filled += got
      }
    } catch { failure = error }
    prefix = Array(head[..<filled])
    wrapping = Wrapping(firstBytes: prefix)
  }

  var name: String { rest.name }
  var fileOffset: Int64 { isFile ? rest.fileOffset - Int64(prefix.count) : rest.fileOffset }
  var fileSize: Int64? { rest.fileSize }

  func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    guard !prefix.isEmpty else {
      if let failure { throw failure }
      return try rest.read(into: &buffer, from: start)
    }
    let count = min(prefix.count, buffer.count - start)
    buffer.replaceSubrange(start..<(start + count), with: prefix[..<count])
    prefix.removeFirst(count)
    return count
  }
}
