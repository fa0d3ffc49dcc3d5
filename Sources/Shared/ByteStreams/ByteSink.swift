/// Where bytes go: a file, a pipe, a compressor before either.
public protocol ByteSink: AnyObject {
  /// Writes all of the bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError)
  /// Writes what is still held back and makes the output final; nothing may be written after it.
  func finish() throws(StreamError)
}
