import ByteStreams

/// One record of a stream of flows as it is read.
public enum FlowStreamRecord: Sendable, Equatable {
  case flow(FlowRecord)
  case source(SourceRecord)
}

/// Reads a stream of flows record by record in constant memory, and refuses it unless its `end` is there and right.
///
/// Unknown records and unknown members are skipped, as in an edge stream.
public struct FlowStreamReader: ~Copyable {
  /// The stream's header, read when the reader is made.
  public let header: EdgeStreamHeader

  private let name: String
  private var lines: LineBuffer
  private var digest = StreamDigest()
  private var records: UInt64 = 0
  private var isFinished = false

  /// Opens a stream by reading its header.
  public init(_ source: any ByteSource) throws {
    name = source.name
    lines = LineBuffer(source)
    guard let line = try lines.next() else {
      throw DocumentError(document: source.name, at: .line(1), found: "nothing", expected: "the header of \(FlowRecord.schema)")
    }
    do { header = try EdgeStreamDecoding.header(line, schema: FlowRecord.schema) } catch { throw error.naming(source.name) }
    digest.update(line: line)
    records = 1
  }

  /// The next record; nil once the `end` record has been read and found right. Throws `DocumentError` for anything else.
  public mutating func next() throws -> FlowStreamRecord? {
    while !isFinished {
      guard let line = try lines.next(), lines.lastWasTerminated else {
        throw failure(found: "the end of the stream", expected: "a whole stream that closes with its end record")
      }
      let kind = try EdgeStreamDecoding.kind(of: line)
      if kind == "end" {
        try check(line)
        continue
      }
      digest.update(line: line)
      records += 1
      do {
        switch kind {
        case "flow": return .flow(try EdgeStreamDecoding.flow(line))
        case "source": return .source(try EdgeStreamDecoding.source(line))
        case "header": throw failure(found: "another header", expected: "one stream, not several")
        default: break
        }
      } catch let error as DocumentError {
        throw failure(found: error.found, expected: error.expected)
      }
    }
    return nil
  }

  private mutating func check(_ line: [UInt8]) throws {
    let (count, text) = try EdgeStreamDecoding.end(line)
    guard count == records, text == digest.text else {
      throw failure(found: "\(records) records of digest \(digest.text)", expected: "\(count) of \(text), as its end record says")
    }
    guard try lines.next() == nil else { throw failure(found: "more after the end record", expected: "the end of the stream") }
    isFinished = true
  }

  private func failure(found: String, expected: String) -> DocumentError {
    DocumentError(document: name, at: .line(Int(records) + 1), found: found, expected: expected)
  }
}

extension EdgeStreamDecoding {
  static func flow(_ line: [UInt8]) throws(DocumentError) -> FlowRecord {
    var start, end: Timestamp?
    var client, server: IPAddress?
    var proto: TransportProtocol?
    var direction: DirectionBasis?
    var ending: FlowEnding?
    let zero = Timestamp(nanoseconds: 0)
    var flow = FlowRecord(
      start: zero, end: zero, client: IPAddress(v4: 0), server: IPAddress(v4: 0), proto: .tcp, direction: .first, endedBy: .end)
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "start": start = try time(&cursor)
      case "end": end = try time(&cursor)
      case "network": flow.network = try cursor.string()
      case "client": client = try address(&cursor)
      case "client_port": flow.clientPort = try cursor.unsigned(UInt16.self)
      case "server": server = try address(&cursor)
      case "port": flow.port = try cursor.unsigned(UInt16.self)
      case "proto": proto = try transport(&cursor)
      case "service": flow.service = try service(&cursor)
      case "direction": direction = try basis(&cursor)
      case "volume": try volume(&cursor, &flow.volume)
      case "outcome": try outcome(&cursor, &flow.outcome)
      case "ended_by": ending = try word(&cursor, "what ended the flow") as FlowEnding
      case "response":
        try cursor.object { (key, cursor) throws(DocumentError) in
          if key == "network_s" { flow.networkResponseNanoseconds = try cursor.secondsAsNanoseconds() } else { try cursor.skip() }
        }
      case "retransmissions": flow.retransmissions = try cursor.unsigned()
      case "community_id": flow.communityID = try cursor.string()
      default: try cursor.skip()
      }
    }
    flow.start = try require(start, "start")
    flow.end = try require(end, "end")
    flow.client = try require(client, "client")
    flow.server = try require(server, "server")
    flow.proto = try require(proto, "proto")
    flow.direction = try require(direction, "direction")
    flow.endedBy = try require(ending, "ended_by")
    return flow
  }
}
