import ByteStreams

/// The records of a partial stream, as docs/formats/partial.md says.
extension EdgeStreamWriter {
  /// Writes one part.
  public mutating func write(_ part: PartRecord) throws(StreamError) {
    beginPart(part)
    for item in part.items { write(item, of: part.window.nanoseconds) }
    try endPart()
  }

  /// Begins a part of which nothing but the items is missing; `write(_:of:)` adds those, and `endPart` closes it.
  public mutating func beginPart(_ part: PartRecord) {
    time("{\"record\":\"part\",\"window\":\"", part.window)
    if let network = part.network { string(",\"network\":", network) }
    address(",\"a\":\"", part.a)
    address(",\"b\":\"", part.b)
    transport(",\"proto\":", part.proto)
    if part.aPort != 0 || part.bPort != 0 {
      count(",\"a_port\":", UInt64(part.aPort))
      count(",\"b_port\":", UInt64(part.bPort))
    }
    count(",\"source\":", UInt64(part.source))
    text.literal(",\"items\":[")
    isFirstItem = true
  }

  /// Adds an item to the part that was begun last, whose window starts at `windowStart`.
  public mutating func write(_ item: PartItem, of windowStart: Int64) {
    if !isFirstItem { text.byte(0x2C) }
    isFirstItem = false
    text.byte(0x5B)
    text.integer(UInt64(item.kind.rawValue) << 1 | (item.isFromB ? 1 : 0))
    value(item.timeNanoseconds &- windowStart)
    value(item.arrival)
    if item.kind.isRun {
      value(item.lastNanoseconds &- item.timeNanoseconds)
      value(item.tailNanoseconds)
      value(item.packets)
      value(item.bytes)
      value(item.slots)
      if item.answerPackets > 0 {
        value(item.answerNanoseconds &- item.timeNanoseconds)
        value(item.answerArrival)
        value(item.answerPackets)
        value(item.answerBytes)
      }
    } else if item.kind == .control {
      value(UInt64(item.flags))
      value(item.bytes)
      if item.flags & 2 != 0 { value(UInt64(item.sequence)) }
    }
    text.byte(0x5D)
  }

  /// Closes the part that was begun last.
  public mutating func endPart() throws(StreamError) {
    text.byte(0x5D)
    try endRecord()
  }

  /// Writes fragments.
  public mutating func write(_ record: FragmentsRecord) throws(StreamError) {
    time("{\"record\":\"fragments\",\"window\":\"", record.window)
    if let network = record.network { string(",\"network\":", network) }
    address(",\"from\":\"", record.from)
    address(",\"to\":\"", record.to)
    transport(",\"proto\":", record.proto)
    if let carried = record.carried {
      text.literal(",\"carried\":{")
      if let network = carried.network { string("\"network\":", network) }
      address(carried.network == nil ? "\"from\":\"" : ",\"from\":\"", carried.from)
      address(",\"to\":\"", carried.to)
      transport(",\"proto\":", carried.proto)
      count(",\"from_port\":", UInt64(carried.fromPort))
      count(",\"to_port\":", UInt64(carried.toPort))
      text.byte(0x7D)
    }
    count(",\"source\":", UInt64(record.source))
    text.literal(",\"items\":[")
    for (place, item) in record.items.enumerated() {
      text.literal(place > 0 ? ",[" : "[")
      text.integer(UInt64(item.ports == nil ? 1 : 0))
      value(item.timeNanoseconds &- record.window.nanoseconds)
      value(item.arrival)
      value(UInt64(item.identification))
      if let ports = item.ports {
        value(UInt64(ports.source))
        value(UInt64(ports.destination))
      } else {
        value(UInt64(item.bytes))
        value(UInt64(item.headerBytes))
      }
      text.byte(0x5D)
    }
    text.byte(0x5D)
    try endRecord()
  }

  /// The header's members that mark a partial stream.
  mutating func partial(_ sources: [PartialSource]) {
    text.literal(",\"partial\":true,\"sources\":[")
    for (place, source) in sources.enumerated() {
      string(place > 0 ? ",{\"name\":" : "{\"name\":", source.name)
      if let first = source.first { time(",\"first\":\"", first) }
      text.byte(0x7D)
    }
    text.byte(0x5D)
  }

  private mutating func value(_ arrival: Arrival) {
    value(arrival.lagNanoseconds)
    value(UInt64(arrival.rank))
  }

  private mutating func value(_ number: UInt64) {
    text.byte(0x2C)
    text.integer(number)
  }

  private mutating func value(_ number: Int64) {
    text.byte(0x2C)
    text.integer(number)
  }
}
