/// Bytes that come in blocks from a file, a pipe or a decompressor.
///
/// One call brings up to a quarter of a megabyte, so the dynamic dispatch costs nothing that can be measured.
public protocol ByteSource: AnyObject {
  /// The name as the user gave it.
  var name: String { get }
  /// How many bytes of the file itself were read so far, before decompression: what a progress bar shows.
  var fileOffset: Int64 { get }
  /// The size of the file itself where it is known.
  var fileSize: Int64? { get }
  /// Writes the next bytes into `buffer` from `start` on and gives their number; 0 at the end.
  func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int
}

/// How many bytes are read from a file at once. Measured: 256 KiB by pread beats mmap five to one for a walk over headers.
public let blockByteCount = 256 * 1024
