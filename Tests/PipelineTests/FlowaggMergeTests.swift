import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggMergeTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A classic pcap cut at random records into so many pieces; nil for other captures and those that are damaged.
  private func cut(_ capture: [UInt8], _ count: Int, _ random: inout SeededRandom) -> [[UInt8]]? {
    guard capture.count >= 24 else { return nil }
    let isLittle = capture[0] == 0xD4 || capture[0] == 0x4D, isBig = capture[3] == 0xD4 || capture[3] == 0x4D
    let isModified = capture[isLittle ? 0 : 3] == 0x34
    guard isLittle || isBig, !isModified else { return nil }
    var starts = [24]
    while let start = starts.last, start < capture.count {
      guard start + 16 <= capture.count else { return nil }
      let bytes = capture[(start + 8)..<(start + 12)]
      let length = (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
      guard start + 16 + length <= capture.count else { return nil }
      starts.append(start + 16 + length)
    }
    let ends = (1..<max(2, count)).map { _ in starts.randomElement(using: &random) ?? 24 }.sorted() + [capture.count]
    return zip([24] + ends, ends).map { Array(capture[..<24]) + Array(capture[$0..<$1]) }
  }

  /// The lines of edges that come of pieces which were read apart.
  private func merged(_ pieces: [[UInt8]], _ options: [String] = []) throws -> Finished {
    var streams: [String] = []
    for (place, piece) in pieces.enumerated() {
      let capture = try scratch.write("piece\(place)", piece)
      streams.append(scratch.path("part\(place).zst"))
      let finished = try Tools.run("flowagg", ["--partial", capture, "-o", streams[place]] + options)
      #expect(finished.status == 0, "\(finished.messages)")
    }
    let inner = scratch.path("inner")
    let half = streams.count / 2
    guard half > 0 else { return try Tools.run("flowagg", ["merge"] + streams) }
    #expect(try Tools.run("flowagg", ["merge", "--partial", "-o", inner] + streams[half...].reversed()).status == 0)
    return try Tools.run("flowagg", ["merge", inner] + streams[..<half])
  }

  @Test func theFixtureCutByRecordsMergesToItsEdges() throws {
    let fixture = Repository.root.appending(path: "fixtures/three-tier.pcap.zst").path
    let capture = try Tools.shell("zstd -dqc \(fixture)").output
    for (seed, options) in zip(0..<3 as Range<UInt64>, [[], ["--window", "60s"], ["--window", "1s", "--lateness", "0s"]]) {
      var random = SeededRandom(seed: seed)
      let pieces = try #require(cut(capture, Int.random(in: 2...12, using: &random), &random))
      let whole = try Tools.run("flowagg", [fixture] + options)
      let stream = try merged(pieces, options)
      #expect(stream.status == 0 && !whole.edgeLines.isEmpty, "seed \(seed): \(stream.messages)")
      let agrees = stream.edgeLines == whole.edgeLines
      #expect(agrees, "seed \(seed)")
      #expect(try Schemas.problems(stream.output, kind: "edges").isEmpty)
    }
  }

  @Test func tunnelsAndFragmentsOfCarriersAreJoinedAcrossTheCuts() throws {
    let start = FlowaggCaptures.start
    var packets: [CapturedPacket] = []
    for number in 0..<6 as Range<UInt32> {
      // Tenants of the same addresses, whose carriers come in three fragments, the first in the middle.
      let inner = Frames.ipv4("10.1.0.1", "10.1.0.2", 17, Frames.udp(40000, 53, payload: 900))
      let datagram = Frames.udp(49999, 4789, Frames.vxlan(7 + number % 2, Frames.ethernet(inner)))
      for (turn, place) in [400, 0, 800].enumerated() {
        let piece = Array(datagram[place..<min(place + 400, datagram.count)])
        let fragment = Frames.Fragment(of: number, offset: UInt16(place / 8), more: place + 400 < datagram.count)
        let carrier = Frames.ipv4("192.0.2.1", "192.0.2.2", 17, piece, fragment: fragment)
        packets.append(CapturedPacket(at: start + Int64(number) * 2_000_000_000 + Int64(turn) * 1_000_000, Frames.ethernet(carrier)))
      }
      let whole = Frames.ipv4(
        "192.0.2.1", "192.0.2.2", 47,
        Frames.gre(0x0800, key: number % 3, Frames.ipv4("10.1.0.2", "10.1.0.1", 6, Frames.tcp(5432, 40001, flags: 0x12))))
      packets.append(CapturedPacket(at: start + Int64(number) * 2_000_000_000 + 5_000_000, Frames.ethernet(whole)))
    }
    let capture = pcap(packets)
    let one = try Tools.run("flowagg", ["-"], input: capture)
    #expect(one.edgeLines.count == 5)
    for seed in 0..<3 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let pieces = try #require(cut(capture, 24, &random))
      let stream = try merged(pieces)
      let agrees = stream.edgeLines == one.edgeLines
      #expect(agrees, "seed \(seed): \(stream.text)\n\(one.text)")
      let sources = try #require(try EdgeStreams.read(stream.output)).sources
      let whole = try #require(try EdgeStreams.read(one.output)).sources[0]
      #expect(sources.reduce(0) { $0 + $1.edgePackets } == whole.edgePackets)
      #expect(sources.reduce(0) { $0 + $1.tunnelOverheadBytes } == whole.tunnelOverheadBytes)
      #expect(sources.allSatisfy { $0.ipBytes == $0.edgeBytes + $0.tunnelOverheadBytes + $0.notInEdges.reduce(0) { $0 + $1.bytes } })
    }
  }

  @Test func namesOfAllPiecesAreMerged() throws {
    var streams: [String] = []
    var captures: [String] = []
    for piece in 0..<3 {
      var capture = PcapngBuilder()
      capture.section()
      capture.interface()
      capture.block(4) { block in
        for name in 0..<10 {
          let text = Array("name\(piece)\(name)".utf8) + [0]
          block.number(UInt16(1))
          block.number(UInt16(4 + text.count))
          block.raw([10, 0, 0, 1] + text + [UInt8](repeating: 0, count: (4 - (4 + text.count) % 4) % 4))
        }
        block.number(UInt32(0))
      }
      capture.packet(
        units: UInt64(1_767_225_600_000_000 + piece), Frames.ethernet(Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(1, 53))))
      captures.append(try scratch.write("c\(piece)", capture.bytes))
      streams.append(scratch.path("p\(piece)"))
      #expect(try Tools.run("flowagg", ["--partial", captures[piece], "-o", streams[piece]]).status == 0)
    }
    let one = try Tools.run("flowagg", captures)
    #expect(one.text.contains("\"record\":\"name\"") && one.text.contains("\"names_more\":14"))
    #expect(try Tools.run("flowagg", ["merge"] + streams.reversed()).output == one.output)
    let inner = scratch.path("inner")
    #expect(try Tools.run("flowagg", ["merge", "--partial", "-o", inner, streams[2], streams[0]]).status == 0)
    #expect(try Tools.run("flowagg", ["merge", inner, streams[1]]).output == one.output)
  }

  @Test func streamsOfOtherOptionsAreNotMergedAndWhatNeedsOneRunIsRefused() throws {
    let capture = try scratch.write("capture", pcap(FlowaggCaptures.small))
    let paths = [scratch.path("a"), scratch.path("b")]
    for (path, options) in zip(paths, [[], ["--filter", "tcp"]] as [[String]]) {
      #expect(try Tools.run("flowagg", ["--partial", capture, "-o", path] + options).status == 0)
    }
    let refused = try Tools.run("flowagg", ["merge"] + paths)
    #expect(refused.status == 65 && refused.messages.contains("--filter tcp"), "\(refused.messages)")
    for option in [["--dedup"], ["--tunnels", "both"], ["--hosts", "10.0.0.1"]] {
      #expect(try Tools.run("flowagg", ["--partial", capture] + option).status == 64)
    }
  }

  @Test func aPartialStreamIsAsItsSchemaSaysAndNoStreamOfEdges() throws {
    let capture = try scratch.write("capture", pcap(FlowaggCaptures.small))
    let partial = try Tools.run("flowagg", ["--partial", capture])
    #expect(partial.status == 0)
    #expect(try Schemas.problems(partial.output, kind: "edges").isEmpty)
    let refused = try Tools.run("depgraph", [], input: partial.output)
    #expect(refused.status == 65 && refused.output.isEmpty)
    #expect(refused.messages.contains("a partial stream") && refused.messages.contains("flowagg merge"), "\(refused.messages)")
    #expect(try Tools.run("flowagg", ["merge"], input: partial.output).output == Tools.run("flowagg", [capture]).output)
  }

  @Test func streamsThatCannotBeMergedAre65() throws {
    let capture = try scratch.write("capture", pcap(FlowaggCaptures.small))
    let one = try Tools.run("flowagg", ["--partial", capture]).output
    let other = try Tools.run("flowagg", ["--partial", "--window", "60s", capture]).output
    let (first, second) = (try scratch.write("first", one), try scratch.write("second", other))
    let disagreeing = try Tools.run("flowagg", ["merge", first, second])
    #expect(disagreeing.status == 65)
    #expect(disagreeing.messages.contains("window_s 60") && disagreeing.messages.contains("window_s 300 as in \(first)"))
    #expect(try Tools.run("flowagg", ["merge", scratch.write("cut", Array(one.dropLast(100)))]).status == 65)
    #expect(try Tools.run("flowagg", ["merge", first, scratch.write("again", one)]).status == 65)
    let edges = try Tools.run("flowagg", ["merge", scratch.write("edges", Tools.run("flowagg", [capture]).output)])
    #expect(edges.status == 65 && edges.messages.contains("--partial"))
    #expect(try Tools.run("flowagg", ["merge", scratch.path("missing")]).status == 66)
    #expect(try Tools.run("flowagg", ["merge", "-", "-"]).status == 64)
    #expect(try Tools.run("flowagg", ["merge", first, "-o", first]).status == 64)
  }

  @Test func aCaptureCalledMergeIsReadByItsPath() throws {
    let capture = try scratch.write("merge", pcap(FlowaggCaptures.small))
    let finished = try Tools.shell("cd \(scratch.url.path) && flowagg ./merge")
    #expect(finished.status == 0)
    #expect(finished.edgeLines == (try Tools.run("flowagg", [capture])).edgeLines)
  }

  @Test(.enabled(if: Repository.data != nil, "HOLDFAST_DATA names no folder of captures"))
  func smallCapturesOfOthersMergeToTheirEdges() throws {
    let folder = try #require(Repository.data).appending(path: "pcap").path
    var (agreeing, others, tried) = (0, [String](), 0)
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    for (place, name) in names.enumerated() {
      let path = folder + "/" + name
      var random = SeededRandom(seed: UInt64(place))
      guard let data = FileManager.default.contents(atPath: path), data.count < 1_000_000,
        let pieces = cut(Array(data), Int.random(in: 2...5, using: &random), &random), pieces.count > 1
      else { continue }
      let whole = try Tools.run("flowagg", [path])
      guard whole.status == 0 else { continue }
      tried += 1
      let stream = try merged(pieces)
      if stream.edgeLines == whole.edgeLines {
        agreeing += 1
        continue
      }
      let streams = (merged: try EdgeStreams.read(stream.output), whole: try EdgeStreams.read(whole.output))
      // In the order of the pieces, whose names end with their places.
      let sources = (streams.merged?.sources ?? []).filter { $0.packets > 0 }.sorted { $0.name < $1.name }
      let late = (streams.whole?.sources ?? []).reduce(0) { $0 + $1.late }
      let goesBack = zip(sources, sources.dropFirst()).contains { ($0.last ?? .init(nanoseconds: 0)) > ($1.first ?? .init(nanoseconds: 0)) }
      others.append("\(name): \(late > 0 ? "late" : goesBack ? "time goes back across a cut" : "unexplained") (seed \(place))")
    }
    print("\(agreeing) of \(tried) captures agree; not: \(others.joined(separator: ", "))")
    #expect(tried > 20)
    #expect(!others.contains { $0.contains("unexplained") })
  }
}
