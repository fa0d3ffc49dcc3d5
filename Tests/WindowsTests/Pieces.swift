import Capture
import Interchange
import Metering
import TestSupport

/// Traffic in several captures, and what becomes of it in one run and in pieces.
struct Pieces {
  let scratch: Scratch
  /// Paths of the captures in the canonical order of sources.
  let captures: [String]
  let header: EdgeStreamHeader

  /// One capture for each list of packets.
  init(_ pieces: [[TestPacket]], _ header: EdgeStreamHeader) throws {
    scratch = try Scratch()
    self.header = header
    var files: [(first: Int64?, path: String)] = []
    for (place, piece) in pieces.enumerated() {
      files.append((piece.first?.time, try scratch.write("piece\(place)", piece.capture)))
    }
    captures = files.sorted { a, b in
      let (first, other) = (a.first ?? .max, b.first ?? .max)
      return first == other ? naturallyPrecedes(a.path, b.path) : first < other
    }.map(\.path)
  }

  /// The stream of one run over all captures.
  func whole() throws -> [UInt8] {
    let sink = MemorySink()
    _ = try Meter.open(captures.map { CaptureInput(path: $0) }, header: header, to: sink).run()
    return sink.bytes
  }

  /// The partial stream of some captures in one run, as a file.
  func partial(_ paths: [String], as name: String) throws -> String {
    var options = MeterOptions()
    options.isPartial = true
    let sink = MemorySink()
    _ = try Meter.open(paths.map { CaptureInput(path: $0) }, header: header, options: options, to: sink).run()
    return try scratch.write(name, sink.bytes)
  }

  /// The stream of partial streams that were made of a few captures each, and merged in random groups and order; `groups` holds how many
  /// captures one run reads at most.
  func merged(_ random: inout SeededRandom, capturesInRunMax: Int = 1) throws -> (stream: [UInt8], inexactRuns: UInt64, late: UInt64) {
    var rest = captures.shuffled(using: &random)[...]
    var streams: [String] = []
    while !rest.isEmpty {
      let group = rest.prefix(Int.random(in: 1...capturesInRunMax, using: &random))
      rest = rest.dropFirst(group.count)
      // Within one run captures stand in canonical order.
      streams.append(try partial(captures.filter { group.contains($0) }, as: "partial\(streams.count)"))
    }
    var level = 0
    while streams.count > 1, Bool.random(using: &random) {
      level += 1
      streams.shuffle(using: &random)
      var next: [String] = []
      while !streams.isEmpty {
        let group = Array(streams.prefix(Int.random(in: 1...4, using: &random)))
        streams.removeFirst(group.count)
        let sink = MemorySink()
        _ = try StreamMerge.union(paths: group, to: sink)
        next.append(try scratch.write("union\(level)-\(next.count)", sink.bytes))
      }
      streams = next
    }
    let sink = MemorySink()
    let sources = try StreamMerge.run(paths: streams.shuffled(using: &random), to: sink)
    return (sink.bytes, sources.reduce(0) { $0 + $1.inexactRuns }, sources.reduce(0) { $0 + $1.late })
  }
}

/// The lines of a stream.
func lines(_ stream: [UInt8]) -> [String] { String(decoding: stream, as: UTF8.self).split(separator: "\n").map(String.init) }

/// The lines that do not speak of the captures that were read.
func edgeLines(_ stream: [UInt8]) -> [String] {
  lines(stream).filter { !$0.hasPrefix("{\"record\":\"source\"") && !$0.hasPrefix("{\"record\":\"end\"") }
}

/// The first line on which two streams disagree, for people.
func firstDifference(_ found: [String], _ expected: [String]) -> String {
  guard let place = (0..<max(found.count, expected.count)).first(where: { found.dropFirst($0).first != expected.dropFirst($0).first })
  else {
    return "none"
  }
  return "line \(place + 1):\n  found    \(found.dropFirst(place).first ?? "none")\n  expected \(expected.dropFirst(place).first ?? "none")"
}
