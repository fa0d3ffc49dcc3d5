import Interchange
import TestSupport
import Testing

private func moment(_ text: String) -> Timestamp {
  guard let time = Timestamp(rfc3339: "2026-11-21T03:" + text + "Z") else {
    Issue.record("«\(text)» is no time")
    return Timestamp(nanoseconds: 0)
  }
  return time
}

private func address(_ text: String) -> IPAddress? { IPAddress(text) }

@Suite struct GoldenEdgeStreamTests {
  static let names = ["golden-plain.edges.ndjson", "golden-everything.edges.ndjson", "golden-names.edges.ndjson"]

  private func everything() throws -> EdgeStream { try EdgeStream(try Repository.fixtureBytes("golden-everything.edges.ndjson")) }

  private func edge(_ client: String, _ server: String, _ proto: TransportProtocol, window: String = "45:00", network: String? = nil) throws
    -> EdgeRecord
  {
    try #require(
      try everything().edges.first {
        $0.client == address(client) && $0.server == address(server) && $0.proto == proto && $0.window == moment(window)
          && $0.network == network
      })
  }

  @Test(arguments: names) func goldenStreamsAreWrittenAgainByteForByte(name: String) throws {
    let bytes = try Repository.fixtureBytes(name)
    #expect(try EdgeStream(bytes).written() == bytes)
  }

  @Test(arguments: names) func goldenStreamsAreAsTheSchemaSays(name: String) throws {
    #expect(try Schemas.problems(try Repository.fixtureBytes(name), kind: "edges") == "")
  }

  @Test(arguments: [1, 7, 100, 4096]) func blocksOfAnySizeGiveTheSameRecords(pieceByteCount: Int) throws {
    let bytes = try Repository.fixtureBytes("golden-everything.edges.ndjson")
    let stream = try EdgeStream(MemorySource(bytes, pieceByteCount: pieceByteCount))
    #expect(stream.records == (try EdgeStream(bytes).records))
    #expect(!stream.isIncomplete)
  }

  @Test func headerIsRead() throws {
    #expect(
      try everything().header
        == EdgeStreamHeader(
          windowSeconds: 60, latenessNanoseconds: 2_500_000_000, idleTCPNanoseconds: 300_000_000_000, idleOtherNanoseconds: 60_000_000_000))
    #expect(try EdgeStream(try Repository.fixtureBytes(Self.names[0])).header == EdgeStreamHeader())
  }

  @Test func everyMemberOfAnEdgeIsRead() throws {
    let edge = try edge("10.0.0.11", "10.0.0.21", .tcp)
    #expect(edge.port == 5432)
    #expect(edge.clientPort == nil)
    #expect(edge.service == Service(app: "postgresql", nature: .database, basis: .payload))
    #expect(edge.direction == .handshake)
    #expect(edge.volume.bytesToServer == 5210)
    #expect(edge.volume.bytesToClient == 18344)
    #expect(edge.volume.packetsToServer == 40)
    #expect(edge.volume.packetsToClient == 38)
    #expect(edge.flows == 3)
    #expect(edge.activeSlots == 42)
    #expect(edge.slots == 60)
    #expect(edge.durationNanoseconds == 112_250_000_000)
    var network = Distribution()
    for nanoseconds: UInt64 in [15, 16, 180_000] { network.record(nanoseconds: nanoseconds) }
    #expect(edge.networkResponse == network)
    var application = Distribution()
    for _ in 0..<17 { application.record(nanoseconds: 1_200_000) }
    for nanoseconds: UInt64 in [31_000_000, 2_500_000_000, 70_000_000_000] { application.record(nanoseconds: nanoseconds) }
    #expect(edge.applicationResponse == application)
    #expect(edge.outcome.answered == 3)
    #expect(edge.outcome.reset == 1)
    #expect(edge.outcome.refused == 0)
    #expect(edge.names == ["db1.bank.example"])
    #expect(edge.namesMore == 0)
    #expect(edge.first == moment("45:00.000000001"))
    #expect(edge.last == moment("45:59.999999999"))
  }

  @Test func whatIsLeftOutIsNothing() throws {
    let edge = try edge("10.0.0.13", "10.0.0.40", .tcp)
    #expect(edge.network == nil)
    #expect(edge.service == nil)
    #expect(edge.networkResponse == Distribution())
    #expect(edge.applicationResponse == Distribution())
    #expect(edge.names.isEmpty)
    #expect(edge.outcome.refused == 2)
    #expect(edge.outcome.answered == 0)
  }

  @Test func overlaysWindowsAndIPv6KeepEdgesApart() throws {
    #expect(try edge("10.0.0.11", "10.0.0.21", .tcp, network: "vni:4096").volume.bytesToServer == 2605)
    #expect(try edge("10.0.0.11", "10.0.0.21", .tcp, window: "46:00").volume.bytesToServer == 5300)
    #expect(try edge("10.0.0.11", "10.0.0.21", .tcp, window: "48:00").first == moment("48:00.25"))
    let edge = try edge("2001:db8::11", "2001:db8::21", .tcp)
    #expect(edge.durationNanoseconds == 35_000_000_001)
    #expect(edge.service == Service(app: nil, nature: .web, basis: .log))
    #expect(edge.outcome.unreachable == 1)
  }

  @Test func protocolsWithoutPortsAndWithoutNamesAreRead() throws {
    #expect(try edge("10.0.0.13", "10.0.0.41", .icmp).port == nil)
    #expect(try edge("10.0.0.16", "10.0.0.45", .sctp).service == Service(app: "m3ua", nature: .control, basis: .log))
    #expect(try edge("10.0.0.16", "10.0.0.45", TransportProtocol(number: 253)).port == nil)
  }

  @Test func clientPortsAreRead() throws {
    let edge = try edge("10.0.0.14", "10.0.0.42", .tcp)
    #expect(edge.clientPort == 50123)
    #expect(edge.outcome.midstream == 1)
    #expect(!edge.direction.isCertain)
  }

  @Test func everyBasisOccurs() throws {
    let edges = try everything().edges
    #expect(Set(edges.map(\.direction)) == Set(DirectionBasis.allCases))
    #expect(Set(edges.compactMap { $0.service?.basis }) == Set(ServiceBasis.allCases))
  }

  @Test func manyNamesSayHowManyMoreThereWere() throws {
    let edge = try edge("10.0.0.11", "203.0.113.80", .tcp)
    #expect(edge.names.count == 16)
    #expect(edge.names.last == "münchen.example")
    #expect(edge.namesMore == 4)
  }

  @Test func hostileNamesComeThroughUnchanged() throws {
    let names = try edge("10.0.0.66", "10.0.0.11", .tcp, window: "46:00").names
    #expect(
      names == [
        "\"] -> {rank=same} \\", "</script><script>alert(1)</script>", "=cmd|'/C calc'!A0", "line\nbreak\r\ttab",
        "nul\0bell\u{07}escape\u{1B}[2Jdelete\u{7F}", "\u{202E}txt.exe\u{2066}", "日本.example", "\u{1F41F}.example",
      ])
  }

  @Test func nestingsAreRead() throws {
    let nestings = try everything().nestings
    let host = try #require(address("10.0.0.11")), server = try #require(address("10.0.0.21"))
    #expect(nestings.count == 3)
    #expect(
      nestings.first
        == NestingRecord(
          window: moment("45:00"), host: host, inbound: (.tcp, 8080), outbound: (server, .tcp, 5432), inboundFlows: 14,
          byParents: [(1, 9), (2, 3)]))
    #expect(nestings.last?.network == "vni:4096")
    #expect(nestings.last?.outbound.proto == .udp)
    #expect(nestings.last?.byParents.map(\.parents) == [2, 10])
  }

  @Test func sourcesAreRead() throws {
    let sources = try everything().sources
    var eth0 = SourceRecord(name: "captures/eth0.pcap.zst", kind: "pcap")
    eth0.links = ["ethernet"]
    (eth0.packets, eth0.ipPackets, eth0.ipBytes) = (2643, 2625, 1_372_025)
    (eth0.edgePackets, eth0.edgeBytes, eth0.tunnelOverheadBytes) = (2598, 1_360_739, 1950)
    eth0.notInEdges = [
      .init(reason: "cut_header", packets: 2, bytes: 96), .init(reason: "duplicate", packets: 5, bytes: 420),
      .init(reason: "evicted", packets: 3, bytes: 180), .init(reason: "filtered", packets: 11, bytes: 6600),
      .init(reason: "fragment_without_first", packets: 4, bytes: 2000), .init(reason: "malformed", packets: 2, bytes: 40),
      .init(reason: "non_ip", packets: 17, bytes: 0), .init(reason: "unsupported_link", packets: 1, bytes: 0),
    ]
    (eth0.late, eth0.timeWentBack) = (3, 2)
    (eth0.first, eth0.last) = (moment("45:00.000000001"), moment("48:00.25"))
    #expect(sources[0] == eth0)
    #expect(sources[1].links == ["ethernet", "linux_sll"])
    #expect(sources[1].noTime == 7)
    #expect(!sources[1].complete)
    #expect(sources[1].damage == .init(offset: 1_048_577, reason: "a block of 4294967295 bytes"))
    #expect(sources[2].name == "tap \"B\"\u{202E}</script>.pcap.gz")
    #expect(sources[2].kind == "unknown")
    #expect(sources[2].first == nil)
    #expect(sources[2].damage == .init(offset: 20, inCompressed: true, reason: "the file ends inside a gzip member"))
  }

  @Test func namesAndWhatCapturesSayOfThemselvesAreRead() throws {
    let stream = try EdgeStream(try Repository.fixtureBytes("golden-names.edges.ndjson"))
    #expect(stream.names.map(\.address) == ["10.0.0.1", "10.0.0.2", "2001:db8::7"].map(address))
    #expect(stream.names.map(\.namesMore) == [0, 3, 0])
    #expect(stream.names[0].names == ["db1", "db1.bank.example"])
    #expect(stream.names[1].names.count == 16)
    #expect(stream.names[2].names == ["\"] -> {rank=same} \\", "<script>", "caf\u{E9}\u{FFFD}"])
    #expect(stream.sources.map(\.received) == [1000, nil])
    #expect(stream.sources.map(\.dropped) == [7, 0])
    #expect(stream.sources.map(\.clockOffsetNanoseconds) == [-250_000_000, 1_000_000_001])
    #expect(stream.sources.map(\.skippedBlocks) == [2, 0])
  }

  @Test func ofManyNamesTheFirstAreKeptAndTheOthersCounted() throws {
    let record = NameRecord(address: IPAddress(v4: 1), names: (10..<30).reversed().map { "n\($0)" }, namesMore: 2)
    #expect(record.names == (10..<26).map { "n\($0)" })
    #expect(record.namesMore == 6)
  }

  @Test(arguments: names) func packetsAndBytesAreConserved(name: String) throws {
    let stream = try EdgeStream(try Repository.fixtureBytes(name))
    #expect(
      stream.edges.map { $0.volume.packetsToServer + $0.volume.packetsToClient }.reduce(0, +)
        == stream.sources.map(\.edgePackets).reduce(0, +))
    #expect(
      stream.edges.map { $0.volume.bytesToServer + $0.volume.bytesToClient }.reduce(0, +) == stream.sources.map(\.edgeBytes).reduce(0, +))
    for source in stream.sources {
      #expect(source.packets == source.edgePackets + source.notInEdges.map(\.packets).reduce(0, +))
      #expect(source.ipBytes == source.edgeBytes + source.tunnelOverheadBytes + source.notInEdges.map(\.bytes).reduce(0, +))
    }
  }
}
