import ByteStreams
import Foundation

/// Bytes in memory as a source that hands them out in pieces, as a slow pipe would.
public final class MemorySource: ByteSource {
  public let name = "memory"
  public private(set) var fileOffset: Int64 = 0
  public var fileSize: Int64? { Int64(bytes.count) }
  private let bytes: [UInt8]
  private let pieceByteCount: Int

  /// These bytes, at most `pieceByteCount` at once.
  public init(_ bytes: [UInt8], pieceByteCount: Int = .max) {
    self.bytes = bytes
    self.pieceByteCount = pieceByteCount
  }

  public func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    let from = Int(fileOffset)
    let count = min(pieceByteCount, bytes.count - from, buffer.count - start)
    for place in 0..<count { buffer[start + place] = bytes[from + place] }
    fileOffset += Int64(count)
    return count
  }
}

/// A sink that keeps what was written.
public final class MemorySink: ByteSink {
  /// What was written.
  public private(set) var bytes: [UInt8] = []
  /// Whether it was finished.
  public private(set) var isFinished = false

  /// Empty.
  public init() {}

  public func write(_ more: UnsafeRawBufferPointer) throws(StreamError) { unsafe bytes.append(contentsOf: more) }
  public func finish() throws(StreamError) { isFinished = true }
}

/// Ways in which bytes are wrapped.
public enum Wrapped: String, CaseIterable, Sendable {
  case gzip = "gz"
  case zstandard = "zst"
  case lz4
  case xz

  /// The ways whose tools are installed: lz4 and xz are written by these alone.
  public static var available: [Wrapped] { allCases.filter { $0.tool != nil } }

  /// The system's tool.
  public var tool: String? {
    let name =
      switch self {
      case .gzip: "gzip"
      case .zstandard: "zstd"
      case .lz4, .xz: rawValue
      }
    return ["/usr/bin/" + name, "/usr/local/bin/" + name].first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The bytes in one member, frame or stream.
  public func wrap(_ bytes: [UInt8]) throws -> [UInt8] {
    let scratch = try Scratch()
    if self == .lz4 || self == .xz {
      guard let tool else { throw StreamError(name: rawValue, kind: .missing, offset: 0, detail: "the tool is not installed") }
      return try Tools.run(executable: tool, ["-c", "-q"] + (self == .lz4 ? ["--content-size", "-BX"] : []), input: bytes).output
    }
    let path = scratch.path("wrapped." + rawValue)
    let sink = try openSink(path: path)
    try sink.write(bytes)
    try sink.finish()
    let source = try DescriptorSource(path: path)
    var result: [UInt8] = []
    var block = [UInt8](repeating: 0, count: blockByteCount)
    while true {
      let got = try source.read(into: &block, from: 0)
      if got == 0 { return result }
      result += block[..<got]
    }
  }
}
