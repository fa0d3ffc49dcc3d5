import ByteStreams

/// One record of an edge stream as it is read; `end` is not among them, because the reader itself checks it.
public enum EdgeStreamRecord: Sendable, Equatable {
  case edge(EdgeRecord)
  case nesting(NestingRecord)
  case name(NameRecord)
  case source(SourceRecord)
}

/// Reads an edge stream record by record in constant memory and refuses it unless its `end` is there and right.
///
/// Unknown records and unknown members are skipped: streams of later versions of the same schema stay readable.
public struct EdgeStreamReader: ~Copyable {
  /// The stream's header, read when the reader is made.
  public let header: EdgeStreamHeader
  /// Whether the stream ended without a correct `end` record and that was allowed.
  public private(set) var isIncomplete = false
  /// The digest of the `end` record once it has been read and found right: two streams of the same digest are the same stream.
  public private(set) var endDigest: String?

  private let source: any ByteSource
  private var lines: LineBuffer
  private var digest = StreamDigest()
  private var records: UInt64 = 0
  private let allowIncomplete: Bool
  private var finished = false

  /// Opens a stream by reading its header; `allowIncomplete` takes what is there of a stream that was cut short.
  public init(_ source: any ByteSource, allowIncomplete: Bool = false) throws {
    self.source = source
    self.allowIncomplete = allowIncomplete
    lines = LineBuffer(source)
    guard let line = try lines.next() else {
      throw DocumentError(document: source.name, at: .line(1), found: "nothing", expected: "the header of \(EdgeStreamHeader.schema)")
    }
    do {
      header = try EdgeStreamDecoding.header(line)
    } catch {
      throw Self.placed(error, source.name, 1)
    }
    digest.update(line: line)
    records = 1
  }

  private static func placed(_ error: DocumentError, _ name: String, _ line: UInt64) -> DocumentError {
    var error = error
    if case .byte(let offset) = error.position {
      error.found += " at byte \(offset) of the line"
      error.position = .line(Int(line))
    }
    return error.naming(name)
  }

  /// The next record; nil once the `end` record has been read and found right.
  ///
  /// Throws `DocumentError` with the line for anything else, and `StreamError` where the bytes themselves cannot be read.
  public mutating func next() throws -> EdgeStreamRecord? {
    while !finished {
      var line: [UInt8]?
      do {
        line = try lines.next()
      } catch let error as StreamError where error.kind == .cutShort || error.kind == .damaged {
        return try incomplete(found: error.detail)
      } catch let error as DocumentError {
        throw Self.placed(error, source.name, records + 1)
      }
      guard let line else { return try incomplete(found: "the end of the stream") }
      guard lines.lastWasTerminated else { return try incomplete(found: "a line without its newline") }
      do {
        switch try EdgeStreamDecoding.kind(of: line) {
        case "edge": return .edge(try counted(line, EdgeStreamDecoding.edge(line)))
        case "nesting": return .nesting(try counted(line, EdgeStreamDecoding.nesting(line)))
        case "name": return .name(try counted(line, EdgeStreamDecoding.name(line)))
        case "source": return .source(try counted(line, EdgeStreamDecoding.source(line)))
        case "end": return try finish(line)
        case "header": throw DocumentError(at: .line(Int(records) + 1), found: "another header", expected: "one stream, not several")
        default: try counted(line, ())
        }
      } catch let error as DocumentError {
        throw Self.placed(error, source.name, records + 1)
      }
    }
    return nil
  }

  private mutating func counted<Record>(_ line: [UInt8], _ record: Record) throws(DocumentError) -> Record {
    digest.update(line: line)
    records += 1
    return record
  }

  private mutating func finish(_ line: [UInt8]) throws -> EdgeStreamRecord? {
    let (count, text) = try EdgeStreamDecoding.end(line)
    guard count == records else { return try incomplete(found: "\(records) records before an end that says \(count)") }
    let actual = digest.text
    guard text == actual else { return try incomplete(found: "records of digest \(actual) before an end that says \(text)") }
    finished = true
    endDigest = actual
    guard try lines.next() == nil else {
      throw DocumentError(at: .line(Int(records) + 2), found: "more after the end record", expected: "the end of the stream")
    }
    return nil
  }

  private mutating func incomplete(found: String) throws(DocumentError) -> EdgeStreamRecord? {
    guard allowIncomplete else {
      throw DocumentError(
        document: source.name, at: .line(Int(records) + 1), found: found, expected: "a whole stream that closes with its end record")
    }
    isIncomplete = true
    finished = true
    return nil
  }
}
