import ByteStreams
import Flows
import Interchange
import Packets

/// Writing what a window holds: parts by flow key and input, then fragments by sender, receiver and input.
extension PartWindow {
  /// Writes everything; `numbers` gives the place in the header's list for the number of an input.
  func write(windowStart: Int64, numbers: [Int], to writer: inout EdgeStreamWriter) throws(StreamError) {
    let order = entries.indices.sorted { a, b in
      entries[a].key == entries[b].key ? entries[a].source < entries[b].source : entries[a].key < entries[b].key
    }
    for place in order {
      let entry = entries[place]
      writer.beginPart(PartRecord(entry.key, window: windowStart, source: numbers[Int(entry.source)]))
      var node = entry.firstNode
      while node >= 0 {
        var item = nodes[Int(node)].item
        if item.slots != 0 { item.slots >>= UInt64(item.slots.trailingZeroBitCount) }
        writer.write(item, of: windowStart)
        node = nodes[Int(node)].next
      }
      try writer.endPart()
    }
    try writeFragments(windowStart: windowStart, numbers: numbers, to: &writer)
  }

  private func writeFragments(windowStart: Int64, numbers: [Int], to writer: inout EdgeStreamWriter) throws(StreamError) {
    var record: FragmentsRecord?
    for place in fragments.indices.sorted(by: { isBefore($0, $1) }) {
      let fragment = fragments[place]
      var own = FragmentsRecord(fragment.key, isFromA: fragment.isFromA, window: windowStart, source: numbers[Int(fragment.source)])
      own.carried = fragment.carried.map { FragmentsRecord.Carried($0.key, isFromA: $0.isFromA) }
      if let before = record, before.isAlike(own) {
        own.items = before.items
      } else if let before = record {
        try writer.write(before)
      }
      own.items.append(fragment.item)
      record = own
    }
    if let record { try writer.write(record) }
  }

  /// The order of fragments: ports do not count, because later fragments have none.
  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let (one, other) = (fragments[a], fragments[b])
    let (key, otherKey) = (one.key.withoutPorts, other.key.withoutPorts)
    if key != otherKey { return key < otherKey }
    if one.isFromA != other.isFromA { return one.isFromA }
    return one.source != other.source ? one.source < other.source : a < b
  }
}

extension FlowKey {
  /// The same ends without their ports.
  var withoutPorts: FlowKey {
    FlowKey(a: (aHigh, aLow, 0), b: (bHigh, bLow, 0), proto: proto, isIPv6: isIPv6, network: network)
  }

  /// A's address.
  var a: IPAddress { isIPv6 ? IPAddress(high: aHigh, low: aLow) : IPAddress(v4: UInt32(truncatingIfNeeded: aLow)) }
  /// B's address.
  var b: IPAddress { isIPv6 ? IPAddress(high: bHigh, low: bLow) : IPAddress(v4: UInt32(truncatingIfNeeded: bLow)) }
}

extension PartRecord {
  /// A part of a key without items.
  init(_ key: FlowKey, window: Int64, source: Int) {
    self.init(
      window: Timestamp(nanoseconds: window), network: key.network == 0 ? nil : Overlay.name(key.network), a: key.a, b: key.b,
      proto: TransportProtocol(number: key.proto), source: source)
    (aPort, bPort) = (key.aPort, key.bPort)
  }
}

extension FragmentsRecord.Carried {
  /// A packet of a flow.
  init(_ key: FlowKey, isFromA: Bool) {
    self.init(
      network: key.network == 0 ? nil : Overlay.name(key.network), from: isFromA ? key.a : key.b, to: isFromA ? key.b : key.a,
      proto: TransportProtocol(number: key.proto), ports: isFromA ? (key.aPort, key.bPort) : (key.bPort, key.aPort))
  }
}

extension FragmentsRecord {
  /// A record for the fragments of one direction without any.
  init(_ key: FlowKey, isFromA: Bool, window: Int64, source: Int) {
    self.init(
      window: Timestamp(nanoseconds: window), network: key.network == 0 ? nil : Overlay.name(key.network), from: isFromA ? key.a : key.b,
      to: isFromA ? key.b : key.a, proto: TransportProtocol(number: key.proto), source: source)
  }

  /// Whether fragments of another record belong into this one.
  func isAlike(_ other: FragmentsRecord) -> Bool {
    network == other.network && from == other.from && to == other.to && proto == other.proto && source == other.source
      && carried == other.carried
  }
}
