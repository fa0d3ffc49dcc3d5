import ByteStreams
import Interchange
import TestSupport

/// A whole edge stream in memory.
struct EdgeStream {
  var header: EdgeStreamHeader
  var records: [EdgeStreamRecord] = []
  var isIncomplete: Bool

  init(_ source: any ByteSource, allowIncomplete: Bool = false) throws {
    var reader = try EdgeStreamReader(source, allowIncomplete: allowIncomplete)
    header = reader.header
    while let record = try reader.next() { records.append(record) }
    isIncomplete = reader.isIncomplete
  }

  init(_ bytes: [UInt8], allowIncomplete: Bool = false) throws { try self.init(MemorySource(bytes), allowIncomplete: allowIncomplete) }

  var edges: [EdgeRecord] { records.compactMap { if case .edge(let edge) = $0 { edge } else { nil } } }
  var nestings: [NestingRecord] { records.compactMap { if case .nesting(let nesting) = $0 { nesting } else { nil } } }
  var names: [NameRecord] { records.compactMap { if case .name(let name) = $0 { name } else { nil } } }
  var sources: [SourceRecord] { records.compactMap { if case .source(let source) = $0 { source } else { nil } } }

  /// The stream as the writer writes it.
  func written() throws -> [UInt8] {
    let sink = MemorySink()
    var writer = try EdgeStreamWriter(header: header, to: sink)
    for record in records {
      switch record {
      case .edge(let edge): try writer.write(edge)
      case .nesting(let nesting): try writer.write(nesting)
      case .name(let name): try writer.write(name)
      case .source(let source): try writer.write(source)
      }
    }
    try writer.finish()
    return sink.bytes
  }

  /// Lines closed with a right `end` record, as text.
  static func closed(_ lines: [String]) throws -> [UInt8] {
    // The digest comes from the error of a reader that was given a wrong one: the reader and `fixtures/` agree on it elsewhere.
    let body = lines.map { $0 + "\n" }.joined()
    func stream(_ digest: String) -> [UInt8] {
      Array((body + "{\"record\":\"end\",\"records\":\(lines.count),\"digest\":\"\(digest)\"}\n").utf8)
    }
    do {
      _ = try EdgeStream(stream("none"))
      return stream("none")
    } catch let error as DocumentError {
      guard let match = error.found.firstMatch(of: /xxh3-64:[0-9a-f]{16}/) else { throw error }
      return stream(String(match.0))
    }
  }
}
