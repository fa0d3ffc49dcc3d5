/// The text of each record of a partial stream, read back into its type.
extension EdgeStreamDecoding {
  static func part(_ line: [UInt8]) throws(DocumentError) -> PartRecord {
    var window: Timestamp?
    var network: String?
    var a, b: IPAddress?
    var proto: TransportProtocol?
    var aPort: UInt16 = 0
    var bPort: UInt16 = 0
    var source: Int?
    var items: [PartItem] = []
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "window": window = try time(&cursor)
      case "network": network = try cursor.string()
      case "a": a = try address(&cursor)
      case "b": b = try address(&cursor)
      case "proto": proto = try transport(&cursor)
      case "a_port": aPort = try cursor.unsigned(UInt16.self)
      case "b_port": bPort = try cursor.unsigned(UInt16.self)
      case "source": source = try cursor.unsigned(Int.self)
      case "items":
        let start = try require(window, "window").nanoseconds
        try cursor.array { (cursor) throws(DocumentError) in items.append(try item(&cursor, start)) }
      default: try cursor.skip()
      }
    }
    var part = PartRecord(
      window: try require(window, "window"), network: network, a: try require(a, "a"), b: try require(b, "b"),
      proto: try require(proto, "proto"), source: try require(source, "source"))
    (part.aPort, part.bPort, part.items) = (aPort, bPort, items)
    return part
  }

  /// How many numbers an item has at most.
  private static let numberCountMax = 14

  /// The numbers of an item; more than there can be are refused.
  private static func numbers(_ cursor: inout JSONCursor) throws(DocumentError) -> (values: InlineArray<14, Int64>, count: Int) {
    var values: InlineArray<14, Int64> = .init(repeating: 0)
    var count = 0
    try cursor.array { (cursor) throws(DocumentError) in
      guard count < numberCountMax else { throw cursor.failure("at most \(numberCountMax) numbers") }
      values[count] = try cursor.integer()
      count += 1
    }
    return (values, count)
  }

  private static func item(_ cursor: inout JSONCursor, _ windowStart: Int64) throws(DocumentError) -> PartItem {
    let (values, count) = try numbers(&cursor)
    func failure() -> DocumentError { cursor.failure("an item of a part") }
    guard count >= 4, let code = UInt8(exactly: values[0]), let kind = PartItem.Kind(rawValue: code >> 1), isTime(values[1]),
      let arrival = arrival(values[2], values[3])
    else { throw failure() }
    var item = PartItem(kind, isFromB: code & 1 != 0, at: windowStart &+ values[1], arrival)
    switch (kind, count) {
    case (.run, 9), (.echoRequest, 9), (.echoReply, 9), (.run, 14), (.echoRequest, 14), (.echoReply, 14):
      guard isSpan(values[4]), isSpan(values[5]), values[6] > 0, values[7] >= 0, values[8] > 0, values[8] < 1 << 60 else { throw failure() }
      item.lastNanoseconds += values[4]
      item.tailNanoseconds = values[5]
      (item.packets, item.bytes, item.slots) = (UInt64(values[6]), UInt64(values[7]), UInt64(values[8]))
      guard count == 14 else { break }
      guard isSpan(values[9]), let arrival = self.arrival(values[10], values[11]), values[12] > 0, values[13] >= 0 else { throw failure() }
      item.answerNanoseconds = item.timeNanoseconds &+ values[9]
      item.answerArrival = arrival
      (item.answerPackets, item.answerBytes) = (UInt64(values[12]), UInt64(values[13]))
    case (.control, 6), (.control, 7):
      guard let flags = UInt8(exactly: values[4]), let sequence = UInt32(exactly: values[6]), values[5] >= 0,
        (flags & 2 != 0) == (count == 7)
      else { throw failure() }
      (item.flags, item.bytes, item.sequence, item.packets) = (flags, UInt64(values[5]), sequence, 1)
    case (.refused, 4), (.unreachable, 4): break
    default: throw failure()
    }
    return item
  }

  /// Times lie within 2^62 ns of the epoch; what is told of one from another's is held to a quarter of that, so that sums fit 64 bits.
  private static func isTime(_ value: Int64) -> Bool { value.magnitude < 1 << 60 }
  private static func arrival(_ lag: Int64, _ rank: Int64) -> Arrival? {
    isSpan(lag) ? UInt32(exactly: rank).map { Arrival(lagNanoseconds: lag, rank: $0) } : nil
  }
  private static func isSpan(_ value: Int64) -> Bool { value >= 0 && value < 1 << 60 }

  static func fragments(_ line: [UInt8]) throws(DocumentError) -> FragmentsRecord {
    var window: Timestamp?
    var network: String?
    var from, to: IPAddress?
    var proto: TransportProtocol?
    var source: Int?
    var items: [FragmentsRecord.Item] = []
    var inside: FragmentsRecord.Carried?
    try members(line) { (key, cursor) throws(DocumentError) in
      switch key {
      case "window": window = try time(&cursor)
      case "network": network = try cursor.string()
      case "from": from = try address(&cursor)
      case "to": to = try address(&cursor)
      case "proto": proto = try transport(&cursor)
      case "source": source = try cursor.unsigned(Int.self)
      case "carried": inside = try carried(&cursor)
      case "items":
        let start = try require(window, "window").nanoseconds
        try cursor.array { (cursor) throws(DocumentError) in items.append(try fragment(&cursor, start)) }
      default: try cursor.skip()
      }
    }
    var record = FragmentsRecord(
      window: try require(window, "window"), network: network, from: try require(from, "from"), to: try require(to, "to"),
      proto: try require(proto, "proto"), source: try require(source, "source"))
    (record.items, record.carried) = (items, inside)
    return record
  }

  private static func carried(_ cursor: inout JSONCursor) throws(DocumentError) -> FragmentsRecord.Carried {
    var network: String?
    var from, to: IPAddress?
    var proto: TransportProtocol?
    var ports: (UInt16, UInt16) = (0, 0)
    try cursor.object { (key, cursor) throws(DocumentError) in
      switch key {
      case "network": network = try cursor.string()
      case "from": from = try address(&cursor)
      case "to": to = try address(&cursor)
      case "proto": proto = try transport(&cursor)
      case "from_port": ports.0 = try cursor.unsigned(UInt16.self)
      case "to_port": ports.1 = try cursor.unsigned(UInt16.self)
      default: try cursor.skip()
      }
    }
    return FragmentsRecord.Carried(
      network: network, from: try require(from, "carried.from"), to: try require(to, "carried.to"),
      proto: try require(proto, "carried.proto"), ports: ports)
  }

  private static func fragment(_ cursor: inout JSONCursor, _ windowStart: Int64) throws(DocumentError) -> FragmentsRecord.Item {
    let (values, count) = try numbers(&cursor)
    guard count == 7, values[0] == 0 || values[0] == 1, isTime(values[1]), let arrival = arrival(values[2], values[3]),
      let identification = UInt32(exactly: values[4])
    else { throw cursor.failure("a fragment") }
    let time = windowStart &+ values[1]
    if values[0] == 1 {
      guard let bytes = UInt32(exactly: values[5]), let header = UInt32(exactly: values[6]) else {
        throw cursor.failure("a fragment's bytes")
      }
      return .init(later: identification, at: time, arrival, bytes: bytes, headerBytes: header)
    }
    guard let source = UInt16(exactly: values[5]), let destination = UInt16(exactly: values[6]) else { throw cursor.failure("two ports") }
    return .init(first: identification, at: time, arrival, ports: (source, destination))
  }

  static func partialSource(_ cursor: inout JSONCursor) throws(DocumentError) -> PartialSource {
    var name: String?
    var first: Timestamp?
    try cursor.object { (key, cursor) throws(DocumentError) in
      switch key {
      case "name": name = try cursor.string()
      case "first": first = try time(&cursor)
      default: try cursor.skip()
      }
    }
    return PartialSource(name: try require(name, "name"), first: first)
  }
}
