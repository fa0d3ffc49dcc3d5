import ByteStreams
import Flows
import Interchange
import Packets
import Windows

extension StreamMerge {
  /// Merges partial streams into the partial stream of all their captures; nothing is added up. Gives what was read of each capture.
  ///
  /// Throws as `run` does.
  public static func union(paths: [String], to sink: any ByteSink) throws -> [SourceRecord] {
    let inputs = try PartialInputs(paths: paths)
    var union = try PartialUnion(header: inputs.header, to: sink)
    while let window = inputs.window {
      try inputs.read(window) { record, numbers in union.take(record, numbers) }
      try union.write()
    }
    let sources = try inputs.sources()
    try union.finish(inputs.names(countMax: NameRecord.partialNameCountMax), sources)
    return sources
  }
}

/// The records of one window of several partial streams, put into the order in which one partial stream holds them.
private struct PartialUnion: ~Copyable {
  private var writer: EdgeStreamWriter
  private var parts: [PartRecord] = []
  private var fragments: [FragmentsRecord] = []

  init(header: EdgeStreamHeader, to sink: any ByteSink) throws(MeterFailure) {
    do throws(StreamError) { writer = try EdgeStreamWriter(header: header, to: sink) } catch { throw .output(error) }
  }

  mutating func take(_ record: EdgeStreamRecord, _ numbers: [Int]) {
    switch record {
    case .part(var part):
      part.source = numbers[part.source]
      parts.append(part)
    case .fragments(var record):
      record.source = numbers[record.source]
      fragments.append(record)
    case .edge, .nesting, .name, .source: break
    }
  }

  mutating func write() throws(MeterFailure) {
    do throws(StreamError) {
      let order = parts.indices.sorted { isBefore((parts[$0].order, $0), (parts[$1].order, $1)) }
      for place in order { try writer.write(parts[place]) }
      let rest = fragments.indices.sorted { isBefore((fragments[$0].order, $0), (fragments[$1].order, $1)) }
      for place in rest { try writer.write(fragments[place]) }
    } catch { throw .output(error) }
    parts.removeAll(keepingCapacity: true)
    fragments.removeAll(keepingCapacity: true)
  }

  private func isBefore(_ a: (PartOrder, Int), _ b: (PartOrder, Int)) -> Bool {
    if a.0.key != b.0.key { return a.0.key < b.0.key }
    if a.0.isFromA != b.0.isFromA { return a.0.isFromA }
    return a.0.source != b.0.source ? a.0.source < b.0.source : a.1 < b.1
  }

  consuming func finish(_ names: [NameRecord], _ sources: [SourceRecord]) throws(MeterFailure) {
    do throws(StreamError) {
      for name in names { try writer.write(name) }
      for source in sources { try writer.write(source) }
      try writer.finish()
    } catch { throw .output(error) }
  }
}

/// The place of a record within its window.
private struct PartOrder {
  var key: FlowKey
  var isFromA = true
  var source: Int
}

extension PartRecord {
  fileprivate var order: PartOrder {
    PartOrder(
      key: FlowKey(
        a: (a.high, a.low, aPort), b: (b.high, b.low, bPort), proto: proto.number, isIPv6: a.isIPv6,
        network: network.flatMap(Overlay.number) ?? 0), source: source)
  }
}

extension FragmentsRecord {
  fileprivate var order: PartOrder {
    let isFromA = from.high != to.high ? from.high < to.high : from.low <= to.low
    let (a, b) = isFromA ? (from, to) : (to, from)
    return PartOrder(
      key: FlowKey(
        a: (a.high, a.low, 0), b: (b.high, b.low, 0), proto: proto.number, isIPv6: from.isIPv6,
        network: network.flatMap(Overlay.number) ?? 0),
      isFromA: isFromA, source: source)
  }
}
