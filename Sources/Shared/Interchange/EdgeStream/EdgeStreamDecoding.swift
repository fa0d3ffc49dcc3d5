/// The text of each record of an edge stream, read back into its type.
enum EdgeStreamDecoding {
  /// The value of `record`, which stands first in every line.
  static func kind(of line: [UInt8]) throws(DocumentError) -> String {
    let start = Array("{\"record\":\"".utf8)
    guard line.starts(with: start), let close = line[start.count...].firstIndex(of: 0x22) else {
      throw DocumentError(
        at: .byte(0), found: "«\(String(decoding: line.prefix(40), as: UTF8.self))»", expected: "an object whose first member is `record`")
    }
    return String(decoding: line[start.count..<close], as: UTF8.self)
  }

  /// Walks the members of a record; `member` must read or skip each value.
  private static func members(
    _ line: [UInt8], _ member: (String, inout JSONCursor) throws(DocumentError) -> Void
  ) throws(DocumentError) {
    var cursor = JSONCursor(line)
    try cursor.object(member)
    try cursor.finish()
  }

  private static func missing(_ name: String) -> DocumentError { DocumentError(at: .byte(0), found: "no «\(name)»", expected: "«\(name)»") }

  private static func require<Value>(_ value: Value?, _ name: String) throws(DocumentError) -> Value {
    guard let value else { throw missing(name) }
    return value
  }

  private static func time(_ cursor: inout JSONCursor) throws(DocumentError) -> Timestamp {
    let text = try cursor.string()
    guard let time = Timestamp(rfc3339: text) else { throw DocumentError(at: .byte(0), found: "«\(text)»", expected: "an RFC 3339 time") }
    return time
  }

  private static func address(_ cursor: inout JSONCursor) throws(DocumentError) -> IPAddress {
    let text = try cursor.string()
    guard let address = IPAddress(text) else { throw DocumentError(at: .byte(0), found: "«\(text)»", expected: "an IP address") }
    return address
  }

  private static func transport(_ cursor: inout JSONCursor) throws(DocumentError) -> TransportProtocol {
    if try cursor.kind() == .number { return TransportProtocol(number: try cursor.unsigned(UInt8.self)) }
    let text = try cursor.string()
    guard let proto = TransportProtocol(text) else {
      throw DocumentError(at: .byte(0), found: "«\(text)»", expected: "a protocol name or number")
    }
    return proto
  }

  private static func word<Word: RawRepresentable>(_ cursor: inout JSONCursor, _ expected: String) throws(DocumentError) -> Word
  where Word.RawValue == String {
    let text = try cursor.string()
    guard let word = Word(rawValue: text) else { throw DocumentError(at: .byte(0), found: "«\(text)»", expected: expected) }
    return word
  }

  static func header(_ line: [UInt8]) throws(DocumentError) -> EdgeStreamHeader {
    var header = EdgeStreamHeader()
    let record = try kind(of: line)
    var schema = ""
    var window: UInt64?
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "schema": schema = try cursor.string()
      case "window_s": window = try cursor.unsigned()
      case "lateness_s": header.latenessNanoseconds = try cursor.secondsAsNanoseconds()
      case "idle_tcp_s": header.idleTCPNanoseconds = try cursor.secondsAsNanoseconds()
      case "idle_other_s": header.idleOtherNanoseconds = try cursor.secondsAsNanoseconds()
      case "tunnels": header.selection.tunnels = try cursor.string()
      case "networks": header.selection.networks = try cursor.string()
      case "filter": header.selection.filter = try cursor.string()
      case "since": header.selection.since = try time(&cursor)
      case "until": header.selection.until = try time(&cursor)
      case "hosts": header.selection.hosts = try cursor.string()
      case "dedup_s": header.selection.dedupNanoseconds = try cursor.secondsAsNanoseconds()
      default: try cursor.skip()
      }
    }
    guard record == "header", schema == EdgeStreamHeader.schema else {
      throw DocumentError(
        at: .byte(0), found: "record «\(record)» of schema «\(schema)»", expected: "the header of \(EdgeStreamHeader.schema)")
    }
    guard let window, (1...31_622_400).contains(window) else {
      throw DocumentError(at: .byte(0), found: "no usable window_s", expected: "window_s from 1 to 31622400")
    }
    header.windowSeconds = window
    return header
  }

  static func end(_ line: [UInt8]) throws(DocumentError) -> (records: UInt64, digest: String) {
    var records: UInt64?
    var digest: String?
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "records": records = try cursor.unsigned()
      case "digest": digest = try cursor.string()
      default: try cursor.skip()
      }
    }
    return (try require(records, "records"), try require(digest, "digest"))
  }

  static func edge(_ line: [UInt8]) throws(DocumentError) -> EdgeRecord {
    var window, first, last: Timestamp?
    var client, server: IPAddress?
    var proto: TransportProtocol?
    var direction: DirectionBasis?
    let zero = Timestamp(nanoseconds: 0)
    var edge = EdgeRecord(
      window: zero, client: IPAddress(v4: 0), server: IPAddress(v4: 0), proto: .tcp, port: nil, direction: .first, first: zero, last: zero)
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "window": window = try time(&cursor)
      case "network": edge.network = try cursor.string()
      case "client": client = try address(&cursor)
      case "server": server = try address(&cursor)
      case "proto": proto = try transport(&cursor)
      case "port": edge.port = try cursor.unsigned(UInt16.self)
      case "client_port": edge.clientPort = try cursor.unsigned(UInt16.self)
      case "service": edge.service = try service(&cursor)
      case "direction":
        try cursor.object { (key, cursor) throws(DocumentError) in
          guard key == "basis" else { return try cursor.skip() }
          let text = try cursor.string()
          direction = DirectionBasis(text)
          if direction == nil { throw DocumentError(at: .byte(0), found: "«\(text)»", expected: "a direction basis") }
        }
      case "volume": try volume(&cursor, &edge.volume)
      case "frequency":
        try cursor.object { (key, cursor) throws(DocumentError) in
          switch key {
          case "flows": edge.flows = try cursor.unsigned()
          case "active_slots": edge.activeSlots = try cursor.unsigned()
          case "slots": edge.slots = try cursor.unsigned()
          default: try cursor.skip()
          }
        }
      case "duration_s": edge.durationNanoseconds = try cursor.secondsAsNanoseconds()
      case "response":
        try cursor.object { (key, cursor) throws(DocumentError) in
          switch key {
          case "network": edge.networkResponse = try distribution(&cursor)
          case "application": edge.applicationResponse = try distribution(&cursor)
          default: try cursor.skip()
          }
        }
      case "outcome": try outcome(&cursor, &edge.outcome)
      case "names":
        edge.names = []
        try cursor.array { (cursor) throws(DocumentError) in edge.names.append(try cursor.string()) }
      case "names_more": edge.namesMore = try cursor.unsigned()
      case "first": first = try time(&cursor)
      case "last": last = try time(&cursor)
      default: try cursor.skip()
      }
    }
    edge.window = try require(window, "window")
    edge.client = try require(client, "client")
    edge.server = try require(server, "server")
    edge.proto = try require(proto, "proto")
    edge.direction = try require(direction, "direction")
    edge.first = try require(first, "first")
    edge.last = try require(last, "last")
    return edge
  }

  private static func service(_ cursor: inout JSONCursor) throws(DocumentError) -> Service {
    var app: String?
    var nature = Nature.unknown
    var basis = ServiceBasis.port
    try cursor.object { (key, cursor) throws(DocumentError) in
      switch key {
      case "app": app = try cursor.string()
      case "nature": nature = try word(&cursor, "a nature")
      case "basis": basis = try word(&cursor, "log, payload or port")
      default: try cursor.skip()
      }
    }
    return Service(app: app, nature: nature, basis: basis)
  }

  private static func volume(_ cursor: inout JSONCursor, _ volume: inout EdgeRecord.Volume) throws(DocumentError) {
    try cursor.object { (key, cursor) throws(DocumentError) in
      switch key {
      case "bytes_to_server": volume.bytesToServer = try cursor.unsigned()
      case "bytes_to_client": volume.bytesToClient = try cursor.unsigned()
      case "packets_to_server": volume.packetsToServer = try cursor.unsigned()
      case "packets_to_client": volume.packetsToClient = try cursor.unsigned()
      default: try cursor.skip()
      }
    }
  }

  private static func outcome(_ cursor: inout JSONCursor, _ outcome: inout EdgeRecord.Outcome) throws(DocumentError) {
    try cursor.object { (key, cursor) throws(DocumentError) in
      switch key {
      case "answered": outcome.answered = try cursor.unsigned()
      case "refused": outcome.refused = try cursor.unsigned()
      case "reset": outcome.reset = try cursor.unsigned()
      case "unreachable": outcome.unreachable = try cursor.unsigned()
      case "midstream": outcome.midstream = try cursor.unsigned()
      default: try cursor.skip()
      }
    }
  }

  private static func distribution(_ cursor: inout JSONCursor) throws(DocumentError) -> Distribution {
    var count: UInt64 = 0
    var sum: UInt64 = 0
    var buckets: [(index: UInt16, count: UInt64)] = []
    try cursor.object { (key, cursor) throws(DocumentError) in
      switch key {
      case "count": count = try cursor.unsigned()
      case "sum_s": sum = try cursor.secondsAsNanoseconds()
      case "buckets":
        try cursor.array { (cursor) throws(DocumentError) in
          var pair: [UInt64] = []
          try cursor.array { (cursor) throws(DocumentError) in pair.append(try cursor.unsigned()) }
          guard pair.count == 2, let index = UInt16(exactly: pair[0]) else { throw cursor.failure("[bucket, count]") }
          buckets.append((index, pair[1]))
        }
      default: try cursor.skip()
      }
    }
    guard let value = Distribution(count: count, sumNanoseconds: sum, buckets: buckets) else {
      throw cursor.failure("buckets that ascend and add up to count")
    }
    return value
  }

  static func nesting(_ line: [UInt8]) throws(DocumentError) -> NestingRecord {
    var window: Timestamp?
    var network: String?
    var host, server: IPAddress?
    var inboundProto, outboundProto: TransportProtocol?
    var inboundPort, outboundPort: UInt16?
    var inboundFlows: UInt64 = 0
    var byParents: [(parents: UInt64, flows: UInt64)] = []
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "window": window = try time(&cursor)
      case "network": network = try cursor.string()
      case "host": host = try address(&cursor)
      case "inbound":
        try cursor.object { (key, cursor) throws(DocumentError) in
          switch key {
          case "proto": inboundProto = try transport(&cursor)
          case "port": inboundPort = try cursor.unsigned(UInt16.self)
          default: try cursor.skip()
          }
        }
      case "outbound":
        try cursor.object { (key, cursor) throws(DocumentError) in
          switch key {
          case "server": server = try address(&cursor)
          case "proto": outboundProto = try transport(&cursor)
          case "port": outboundPort = try cursor.unsigned(UInt16.self)
          default: try cursor.skip()
          }
        }
      case "inbound_flows": inboundFlows = try cursor.unsigned()
      case "by_parents":
        byParents = []
        try cursor.object { (key, cursor) throws(DocumentError) in
          guard let parents = UInt64(key) else { throw cursor.failure("a number of parents") }
          byParents.append((parents, try cursor.unsigned()))
        }
      default: try cursor.skip()
      }
    }
    return NestingRecord(
      window: try require(window, "window"), network: network, host: try require(host, "host"),
      inbound: (try require(inboundProto, "inbound.proto"), try require(inboundPort, "inbound.port")),
      outbound: (
        try require(server, "outbound.server"), try require(outboundProto, "outbound.proto"), try require(outboundPort, "outbound.port")
      ),
      inboundFlows: inboundFlows, byParents: byParents)
  }

  static func name(_ line: [UInt8]) throws(DocumentError) -> NameRecord {
    var found: IPAddress?
    var names: [String]?
    var namesMore: UInt64 = 0
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "address": found = try address(&cursor)
      case "names":
        var list: [String] = []
        try cursor.array { (cursor) throws(DocumentError) in list.append(try cursor.string()) }
        names = list
      case "names_more": namesMore = try cursor.unsigned()
      default: try cursor.skip()
      }
    }
    return NameRecord(address: try require(found, "address"), names: try require(names, "names"), namesMore: namesMore)
  }

  static func source(_ line: [UInt8]) throws(DocumentError) -> SourceRecord {
    var source = SourceRecord(name: "", kind: "")
    var name, kind: String?
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "name": name = try cursor.string()
      case "kind": kind = try cursor.string()
      case "links":
        source.links = []
        try cursor.array { (cursor) throws(DocumentError) in source.links.append(try cursor.string()) }
      case "packets": source.packets = try cursor.unsigned()
      case "ip_packets": source.ipPackets = try cursor.unsigned()
      case "ip_bytes": source.ipBytes = try cursor.unsigned()
      case "edge_packets": source.edgePackets = try cursor.unsigned()
      case "edge_bytes": source.edgeBytes = try cursor.unsigned()
      case "tunnel_overhead_bytes": source.tunnelOverheadBytes = try cursor.unsigned()
      case "repeated":
        try cursor.object { (key, cursor) throws(DocumentError) in
          switch key {
          case "packets": source.repeated.packets = try cursor.unsigned()
          case "bytes": source.repeated.bytes = try cursor.unsigned()
          default: try cursor.skip()
          }
        }
      case "not_in_edges":
        source.notInEdges = []
        try cursor.object { (key, cursor) throws(DocumentError) in
          var loss = SourceRecord.Loss(reason: key, packets: 0, bytes: 0)
          try cursor.object { (key, cursor) throws(DocumentError) in
            switch key {
            case "packets": loss.packets = try cursor.unsigned()
            case "bytes": loss.bytes = try cursor.unsigned()
            default: try cursor.skip()
            }
          }
          source.notInEdges.append(loss)
        }
      case "late": source.late = try cursor.unsigned()
      case "time_went_back": source.timeWentBack = try cursor.unsigned()
      case "no_time": source.noTime = try cursor.unsigned()
      case "evicted_flows": source.evictedFlows = try cursor.unsigned()
      case "tcp_conversations": source.tcpConversations = try cursor.unsigned()
      case "udp_conversations": source.udpConversations = try cursor.unsigned()
      case "received": source.received = try cursor.unsigned()
      case "dropped": source.dropped = try cursor.unsigned()
      case "clock_offset_s": source.clockOffsetNanoseconds = try cursor.signedSecondsAsNanoseconds()
      case "first": source.first = try time(&cursor)
      case "last": source.last = try time(&cursor)
      case "complete": source.complete = try cursor.bool()
      case "damage":
        var damage = SourceRecord.Damage(offset: 0, reason: "")
        try cursor.object { (key, cursor) throws(DocumentError) in
          switch key {
          case "offset": damage.offset = try cursor.unsigned()
          case "in_compressed": damage.inCompressed = try cursor.bool()
          case "reason": damage.reason = try cursor.string()
          default: try cursor.skip()
          }
        }
        source.damage = damage
      case "skipped_blocks": source.skippedBlocks = try cursor.unsigned()
      default: try cursor.skip()
      }
    }
    source.name = try require(name, "name")
    source.kind = try require(kind, "kind")
    return source
  }
}
