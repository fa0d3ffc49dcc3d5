import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggSelectionTests {
  private let scratch: Scratch
  private let bytes = pcap(FlowaggCaptures.small)
  private let start = FlowaggCaptures.start

  init() throws { scratch = try Scratch() }

  private func run(_ arguments: [String], input: [UInt8]? = nil) throws -> EdgeStreams {
    let finished = try Tools.run("flowagg", arguments, input: input ?? bytes)
    try #require(finished.status == 0, "\(finished.messages)")
    #expect(try Schemas.problems(finished.output, kind: "edges") == "")
    let stream = try #require(try EdgeStreams.read(finished.output))
    for source in stream.sources {
      #expect(source.packets == source.edgePackets + source.notInEdges.reduce(0) { $0 + $1.packets })
      #expect(source.ipBytes == source.edgeBytes + source.tunnelOverheadBytes + source.notInEdges.reduce(0) { $0 + $1.bytes })
    }
    return stream
  }

  @Test func aFilterChoosesWhatTcpdumpWould() throws {
    let stream = try run(["--filter", "tcp port 5432 or udp", "-"])
    #expect(Set(stream.edges.map { $0.port ?? 0 }) == [5432, 53])
    #expect(stream.header.selection.filter == "tcp port 5432 or udp")
    let all = try run(["-"])
    let kept = all.edges.filter { $0.port == 5432 || $0.port == 53 }.reduce(0) { $0 + $1.volume.bytesToServer + $1.volume.bytesToClient }
    #expect(stream.sources.first?.edgeBytes == kept)
    let wrong = try Tools.run("flowagg", ["--filter", "tcp prt 5", "-"], input: bytes)
    #expect(wrong.status == 64 && wrong.messages.contains("syntax error") && wrong.output.isEmpty)
  }

  @Test func aSpanOfTimeIsHalfOpenAndItsPartsMakeTheWhole() throws {
    let middle = "2026-01-01T00:03:00Z"
    let (before, after) = (try run(["--until", middle, "-"]), try run(["--since", middle, "-"]))
    let all = FlowaggCaptures.small.count
    #expect(Int(before.sources[0].edgePackets + after.sources[0].edgePackets) == all)
    #expect(before.sources[0].edgePackets > 0 && after.sources[0].edgePackets > 0)
    #expect(after.header.selection.since == Timestamp(rfc3339: middle))
    let none = try Tools.run("flowagg", ["--since", middle, "--until", middle, "-"], input: bytes)
    #expect(none.status == 64)
  }

  @Test func hostsKeepWhatHasAnEndAmongThem() throws {
    let stream = try run(["--hosts", "10.0.0.2,10.0.1.3/32", "-"])
    #expect(!stream.edges.isEmpty)
    for edge in stream.edges { #expect("\(edge.client)" == "10.0.0.2" || "\(edge.server)" == "10.0.1.3") }
    let file = try scratch.write("hosts", Array("# ours\n10.0.0.2\n10.0.1.3\n".utf8))
    #expect(try run(["--hosts", "@\(file)", "-"]).edges == stream.edges)
    #expect(try Tools.run("flowagg", ["--hosts", "10.0.0.300", "-"], input: bytes).status == 64)
  }

  @Test func whatSeveralTapsSawCountsOnce() throws {
    let once = FlowaggCaptures.small.enumerated().map { number, packet in
      // Numbered by its sender, as a host does.
      var frame = packet.frame
      (frame[18], frame[19]) = (UInt8(truncatingIfNeeded: (number + 1) >> 8), UInt8(truncatingIfNeeded: number + 1))
      return CapturedPacket(at: packet.timeNanoseconds, frame)
    }
    let second = once.map { packet in
      var frame = packet.frame
      frame[22] -= 1
      return CapturedPacket(at: packet.timeNanoseconds + 2_000_000, frame)
    }
    let paths = [try scratch.write("a.pcap", pcap(once)), try scratch.write("b.pcap", pcap(second))]
    let twice = try run(paths)
    let deduplicated = try run(["--dedup"] + paths)
    let alone = try run([paths[0]])
    #expect(twice.sources.reduce(0) { $0 + $1.edgePackets } == 2 * alone.sources[0].edgePackets)
    #expect(deduplicated.edges == alone.edges)
    #expect(
      deduplicated.sources.reduce(0) { $0 + $1.notInEdges.filter { $0.reason == "duplicate" }.reduce(0) { $0 + $1.packets } }
        == UInt64(once.count))
  }

  @Test func twoInterfacesOfOneCaptureAreTwoTaps() throws {
    // IPv6 packets have no number: only another tap can show one again.
    let frame = Frames.ethernet(Frames.ipv6("2001:db8::1", "2001:db8::2", 17, Frames.udp(40000, 53, payload: 30)))
    var capture = PcapngBuilder()
    capture.section()
    capture.interface()
    capture.interface()
    for number in 0..<10 {
      capture.packet(units: UInt64(1_767_225_600_000_000 + number * 1000), frame, interface: UInt32(number % 2))
    }
    let stream = try run(["--dedup", "-"], input: capture.bytes)
    #expect(stream.sources[0].edgePackets == 5)
  }

  @Test func aClockOffsetPutsATapBackIntoItsPlace() throws {
    let all = FlowaggCaptures.small
    let sides = [true, false].map { isForth in all.filter { ($0.frame[29] <= 6 && $0.frame[28] == 0) == isForth } }
    let late = sides[1].map { CapturedPacket(at: $0.timeNanoseconds + 1_500_000_000, $0.frame) }
    let paths = [try scratch.write("a.pcap", pcap(sides[0])), try scratch.write("b.pcap", pcap(late))]
    let right = try run(["-"])
    let wrong = try run(paths)
    #expect(wrong.edges != right.edges)
    #expect(try run(["--clock-offset", "\(paths[1])=-1.5s"] + paths).edges == right.edges)
    let unknown = try Tools.run("flowagg", ["--clock-offset", "c.pcap=+1s"] + paths)
    #expect(unknown.status == 64 && unknown.messages.contains("c.pcap"))
  }

  @Test func threadsChangeNothing() throws {
    // Payload that looks like records of a capture, and compression, which is decoded in a thread of its own.
    let imitation = FlowaggCaptures.small.map { packet -> CapturedPacket in
      CapturedPacket(at: packet.timeNanoseconds, packet.frame + [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0] + Array(bytes.prefix(200)))
    }
    for capture in [bytes, pcap(imitation)] {
      let one = try Tools.run("flowagg", ["--threads", "1", "-"], input: capture)
      for threads in ["2", "3", "8"] {
        #expect(try Tools.run("flowagg", ["--threads", threads, "-"], input: capture).output == one.output)
        for wrapped in Wrapped.allCases {
          #expect(try Tools.run("flowagg", ["--threads", threads, "-"], input: try wrapped.wrap(capture)).output == one.output)
        }
      }
    }
  }

  @Test func statsSayWhatWasReadWhatWasNotAndWhy() throws {
    let arp = CapturedPacket(at: start + 1_000_000, Frames.ethernet(0x0806, [UInt8](repeating: 0, count: 28)))
    let finished = try Tools.run(
      "flowagg", ["--stats", "-o", scratch.path("out"), "-"], input: pcap([arp] + FlowaggCaptures.small) + [1, 2, 3])
    #expect(finished.status == 3)
    for text in ["pcap of ethernet", "non_ip", "TCP", "damaged at byte", "edges in"] {
      #expect(finished.messages.contains(text), "\(text) in:\n\(finished.messages)")
    }
    // One screen.
    #expect(finished.messages.split(separator: "\n").count <= 24)
    let stream = try run(["--stats", "-"])
    var conversations: [Bool: Set<[UInt8]>] = [true: [], false: []]
    for packet in FlowaggCaptures.small {
      let ends = [Array(packet.frame[26..<30] + packet.frame[34..<36]), Array(packet.frame[30..<34] + packet.frame[36..<38])]
      conversations[packet.frame[23] == 6]?.insert(ends.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self))
    }
    #expect(stream.sources[0].tcpConversations == UInt64(conversations[true]?.count ?? 0))
    #expect(stream.sources[0].udpConversations == UInt64(conversations[false]?.count ?? 0))
  }
}
