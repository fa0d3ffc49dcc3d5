import ByteStreams
import Capture
import Interchange

/// A partial stream that is being merged: its records in order, the next of them known.
final class PartialInput {
  /// The name as given.
  let name: String
  /// The stream's header.
  let header: EdgeStreamHeader
  /// The inputs it was made of.
  let sources: [PartialSource]
  /// What was read of each of them; complete once there is no next record.
  private(set) var records: [SourceRecord] = []
  /// The names of addresses that its captures give; complete once there is no next record.
  private(set) var names: [NameRecord] = []
  /// The next part or fragments; nil at the end.
  private(set) var next: EdgeStreamRecord?
  /// Start of the window of the next record.
  private(set) var window: Timestamp?
  /// The digest of the whole stream, once there is no next record.
  var digest: String? { reader.endDigest }

  private var reader: EdgeStreamReader

  /// Reads the header and the first record; throws where the stream is not partial or its options differ from those of `first`.
  init(_ source: any ByteSource, like first: PartialInput?) throws {
    name = source.name
    reader = try EdgeStreamReader(source, allowPartial: true)
    header = reader.header
    guard let sources = header.partialSources else {
      throw DocumentError(
        document: name, at: .line(1), found: "a stream of edges", expected: "a partial stream, as flowagg --partial writes it")
    }
    self.sources = sources
    if let first { try agree(with: first) }
    try advance()
  }

  private func agree(with first: PartialInput) throws(DocumentError) {
    func seconds(_ nanoseconds: UInt64) -> String {
      var text = ByteWriter()
      text.seconds(nanoseconds: nanoseconds)
      return text.takeString()
    }
    let (own, other) = (header, first.header)
    for (option, found, expected) in [
      ("window_s", String(own.windowSeconds), String(other.windowSeconds)),
      ("lateness_s", seconds(own.latenessNanoseconds), seconds(other.latenessNanoseconds)),
      ("idle_tcp_s", seconds(own.idleTCPNanoseconds), seconds(other.idleTCPNanoseconds)),
      ("idle_other_s", seconds(own.idleOtherNanoseconds), seconds(other.idleOtherNanoseconds)),
      ("choice of traffic", Self.text(own.selection), Self.text(other.selection)),
    ] where found != expected {
      throw DocumentError(document: name, at: .line(1), found: "\(option) \(found)", expected: "\(option) \(expected) as in \(first.name)")
    }
  }

  /// The options that are not as by default.
  private static func text(_ selection: EdgeStreamHeader.Selection) -> String {
    let options = [
      ("--tunnels", selection.tunnels), ("--networks", selection.networks), ("--filter", selection.filter),
      ("--since", selection.since?.rfc3339), ("--until", selection.until?.rfc3339), ("--hosts", selection.hosts),
      ("--dedup-window", selection.dedupNanoseconds.map { "\($0) ns" }),
    ].compactMap { name, value in value.map { "\(name) \($0)" } }
    return options.isEmpty ? "of everything" : "«\(options.joined(separator: " "))»"
  }

  /// Goes on to the next part or fragments, past the records of sources.
  func advance() throws {
    next = nil
    while let record = try reader.next() {
      switch record {
      case .part(let part): return try take(record, part.window, part.source)
      case .fragments(let fragments): return try take(record, fragments.window, fragments.source)
      case .name(let name): names.append(name)
      case .source(let source): records.append(source)
      case .edge, .nesting:
        throw DocumentError(document: name, at: .path("records"), found: "an edge", expected: "parts alone in a partial stream")
      }
    }
    window = nil
    guard records.map(\.name) == sources.map(\.name) else {
      throw DocumentError(
        document: name, at: .path("records"), found: "\(records.count) source records",
        expected: "one for each of the header's \(sources.count) sources, in their order")
    }
  }

  private func take(_ record: EdgeStreamRecord, _ start: Timestamp, _ source: Int) throws(DocumentError) {
    let length = Int64(header.windowSeconds) * 1_000_000_000
    guard source < sources.count, start.nanoseconds % length == 0, window.map({ $0 <= start }) ?? true else {
      throw DocumentError(
        document: name, at: .path("records"), found: "a part of source \(source) and window \(start)",
        expected: "windows in order, whole multiples of \(header.windowSeconds) s, and one of \(sources.count) sources")
    }
    (next, window) = (record, start)
  }
}

/// Several partial streams and the order of all their sources.
struct PartialInputs {
  let inputs: [PartialInput]
  /// The header that all have in common, naming all sources in canonical order.
  let header: EdgeStreamHeader
  /// For each input and each of its sources the place in the canonical order.
  let numbers: [[Int]]

  /// Opens partial streams by their paths; `-` is standard input.
  init(paths: [String]) throws {
    var inputs: [PartialInput] = []
    for path in paths { inputs.append(try PartialInput(try openSource(path: path), like: inputs.first)) }
    self.init(inputs)
  }

  private init(_ inputs: [PartialInput]) {
    self.inputs = inputs
    let all = inputs.enumerated().flatMap { input, stream in stream.sources.enumerated().map { (input, $0.offset, $0.element) } }
    let order = all.indices.sorted { Self.isBefore(all[$0].2, all[$1].2, places: ($0, $1)) }
    var numbers = inputs.map { [Int](repeating: 0, count: $0.sources.count) }
    for (number, place) in order.enumerated() { numbers[all[place].0][all[place].1] = number }
    self.numbers = numbers
    var header = inputs.first?.header ?? EdgeStreamHeader()
    header.partialSources = order.map { all[$0].2 }
    self.header = header
  }

  /// The canonical order of captures: by the time of the first packet, then the natural order of names; those without packets come last.
  private static func isBefore(_ a: PartialSource, _ b: PartialSource, places: (Int, Int)) -> Bool {
    if let first = a.first, let other = b.first, first != other { return first < other }
    if (a.first == nil) != (b.first == nil) { return a.first != nil }
    if naturallyPrecedes(a.name, b.name) { return true }
    if naturallyPrecedes(b.name, a.name) { return false }
    return places.0 < places.1
  }

  /// Start of the earliest window of which something has not been read; nil at the end.
  var window: Timestamp? { inputs.compactMap(\.window).min() }

  /// Reads everything of one window: `take` gets each record and the numbers of its stream's sources.
  func read(_ window: Timestamp, _ take: (EdgeStreamRecord, [Int]) throws -> Void) throws {
    for (place, input) in inputs.enumerated() {
      while input.window == window, let record = input.next {
        try take(record, numbers[place])
        try input.advance()
      }
    }
  }

  /// The names of addresses that all captures give, once all streams were read to their ends; at most so many of each.
  func names(countMax: Int) -> [NameRecord] {
    let names = CapturedNames()
    for record in inputs.flatMap(\.names) {
      let address = NamedAddress(isIPv6: record.address.isIPv6, high: record.address.high, low: record.address.low)
      for name in record.names { names.add(name, to: address) }
    }
    return NameRecord.records(of: names, countMax: countMax)
  }

  /// What was read of all sources, in canonical order, once all streams were read to their ends; throws where a stream was given twice.
  func sources() throws(DocumentError) -> [SourceRecord] {
    var names: [String: String] = [:]
    var records: [SourceRecord?] = Array(repeating: nil, count: header.partialSources?.count ?? 0)
    for (place, input) in inputs.enumerated() {
      if let digest = input.digest, let other = names.updateValue(input.name, forKey: digest) {
        throw DocumentError(
          document: input.name, at: .line(1), found: "the same stream as \(other)", expected: "each stream once: it would count twice")
      }
      for (number, record) in zip(numbers[place], input.records) { records[number] = record }
    }
    return records.compactMap(\.self)
  }
}
