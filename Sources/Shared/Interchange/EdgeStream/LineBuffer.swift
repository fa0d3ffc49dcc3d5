import ByteStreams

/// Cuts a source into lines; a line may have at most 16 MiB.
struct LineBuffer: ~Copyable {
  private let source: any ByteSource
  private var buffer = [UInt8](repeating: 0, count: blockByteCount)
  private var start = 0
  private var end = 0
  /// Whether the line handed out last ended with a newline: false only for the rest of a stream that was cut.
  private(set) var lastWasTerminated = true
  private static let lineByteCountMax = 16 * 1024 * 1024

  init(_ source: any ByteSource) { self.source = source }

  /// The next line without its newline; nil at the end.
  mutating func next() throws -> [UInt8]? {
    var searched = start
    while true {
      if let newline = buffer[searched..<end].firstIndex(of: 0x0A) {
        let line = Array(buffer[start..<newline])
        start = newline + 1
        lastWasTerminated = true
        return line
      }
      searched = end - start
      if start > 0 {
        buffer.replaceSubrange(0..<(end - start), with: Array(buffer[start..<end]))
        end -= start
        start = 0
      }
      if end == buffer.count {
        guard end < Self.lineByteCountMax else {
          throw DocumentError(
            document: source.name, at: .byte(0), found: "a line of more than \(Self.lineByteCountMax) bytes", expected: "shorter lines")
        }
        buffer.append(contentsOf: repeatElement(0, count: buffer.count))
      }
      let got = try source.read(into: &buffer, from: end)
      if got == 0 {
        guard end > start else { return nil }
        let line = Array(buffer[start..<end])
        start = end
        lastWasTerminated = false
        return line
      }
      end += got
    }
  }
}
