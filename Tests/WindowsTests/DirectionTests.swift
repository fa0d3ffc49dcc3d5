import Interchange
import TestSupport
import Testing

@Suite struct DirectionTests {
  private let a = "10.0.0.1", b = "10.0.0.2"

  private func end(_ address: String, _ port: UInt16) -> End { End(address: address, port: port) }

  /// The one edge between two hosts.
  private func edge(_ packets: [TestPacket], _ header: EdgeStreamHeader = options(), _ sourceLocation: SourceLocation = #_sourceLocation)
    throws -> EdgeRecord
  {
    let hosts = [IPAddress(a), IPAddress(b)]
    let edges = try meter(packets, header).edges.filter { hosts.contains($0.client) && hosts.contains($0.server) }
    #expect(edges.count == 1, sourceLocation: sourceLocation)
    return try #require(edges.first, sourceLocation: sourceLocation)
  }

  @Test func theSenderOfTheSYNIsTheClientWhateverThePorts() throws {
    let found = try edge([.at(0, end(a, 80), end(b, 50_000), flags: TestPacket.syn)])
    #expect(found.direction == .handshake && found.client == IPAddress(a) && found.port == 50_000 && found.clientPort == nil)
  }

  @Test func theReceiverOfTheSYNACKIsTheClient() throws {
    let found = try edge([.at(0, end(a, 443), end(b, 80), flags: TestPacket.synAck)])
    #expect(found.direction == .handshake && found.client == IPAddress(b) && found.port == 443)
    #expect(found.outcome.midstream == 0)
  }

  @Test func aHandshakeBehindDataDecidesForAllOfIt() throws {
    let found = try edge([
      .at(0.2, end(b, 50_000), end(a, 80)), .at(0.1, end(b, 50_000), end(a, 80), flags: TestPacket.synAck),
      .at(0.3, end(a, 80), end(b, 50_000)),
    ])
    #expect(found.direction == .handshake && found.client == IPAddress(a) && found.volume.packetsToClient == 2)
  }

  @Test func anEchoSaysWhoAsked() throws {
    for type in [8, 0] as [UInt8] {
      let found = try edge([.icmp(0, a, b, type: type)])
      #expect(found.direction == .message && found.client == IPAddress(type == 8 ? a : b) && found.port == nil && found.clientPort == nil)
    }
    let later = try edge([.icmp(0, b, a, type: 11), .icmp(1, a, b, type: 8)])
    #expect(later.direction == .message && later.client == IPAddress(a))
    let v6 = try meter([.icmp(0, "fd00::1", "fd00::2", type: 129)]).edges
    #expect(v6.first?.client == IPAddress("fd00::2") && v6.first?.direction == .message)
  }

  @Test func openedNeedsAMinuteOfObservation() throws {
    let start = TestPacket.udp(0, end("10.0.0.8", 1), end("10.0.0.9", 2))
    for (seconds, basis) in [(59.999999999, DirectionBasis.registered), (60, .opened)] {
      let found = try edge(
        [start, .udp(seconds, end(b, 53), end(a, 50_000)), .udp(seconds + 0.1, end(a, 50_000), end(b, 53))], options(window: 3600))
      #expect(found.direction == basis && found.client == IPAddress(basis == .opened ? b : a), "after \(seconds) s")
    }
  }

  @Test func openedAlsoHoldsAfterTheFlowsOwnSilence() throws {
    let edges = try meter(
      [.udp(0, end(a, 50_000), end(b, 53)), .udp(60.000000001, end(b, 53), end(a, 50_000)), .udp(61, end(a, 50_000), end(b, 53))],
      options(window: 10)
    ).edges
    #expect(edges.map(\.direction) == [.registered, .opened])
    #expect(edges.map(\.client) == [IPAddress(a), IPAddress(b)])
    #expect(edges.map(\.flows) == [1, 1])
  }

  @Test func aTimeThatNobodyBelievesOpensNothing() throws {
    let found = try edge(
      [.udp(-1_767_225_600, end("10.0.0.8", 1), end("10.0.0.9", 2)), .udp(1, end(b, 53), end(a, 50_000))] + ClockTests.filler(200, from: 2))
    #expect(found.direction == .registered && found.client == IPAddress(a))
    let future = try meter(ClockTests.filler(from: 0) + [.udp(70, end(a, 50_000), end(b, 53)), .udp(1e8, end(b, 53), end(a, 50_000))]).edges
    #expect(future.last?.direction == .registered)
  }

  @Test func anEndThatFourTimesAsManySpeakToIsTheServer() throws {
    for peers in 1...6 {
      // Both ports are ephemeral and the many have the lower: only their number tells.
      let packets = (0..<peers).map { TestPacket.at(Double($0) / 10, end("10.0.1.\($0 + 1)", 61_000), end(b, 62_000), payload: 1) }
      let edges = try meter(packets).edges
      #expect(edges.allSatisfy { $0.direction == (peers >= 4 ? .degree : .port) }, "\(peers) peers")
      #expect(Set(edges.map(\.server)).contains(IPAddress(b) ?? IPAddress(v4: 0)) == (peers >= 4))
      #expect(edges.allSatisfy { $0.direction.isCertain == ($0.clientPort == nil) })
    }
  }

  @Test func degreeCountsAddressesAndNotFlows() throws {
    let packets = (0..<10).map { TestPacket.at(Double($0) / 10, end(a, 61_000 + UInt16($0)), end(b, 62_000), payload: 1) }
    #expect(try meter(packets).edges.allSatisfy { $0.direction == .port })
  }

  @Test func whatWasCertainOnceStaysSoInLaterWindows() throws {
    // Four clients in the first window, one of them alone in the second.
    var packets = (0..<4).map { TestPacket.at(Double($0) / 10, end("10.0.1.\($0 + 1)", 61_000), end(b, 62_000), payload: 1) }
    packets += ClockTests.filler(from: 61)
    packets.append(.at(70, end("10.0.1.1", 61_000), end(b, 62_000)))
    let edges = try meter(packets).edges.filter { $0.proto == .tcp }
    #expect(edges.count == 5)
    #expect(edges.allSatisfy { $0.direction == .degree && $0.server == IPAddress(b) })
  }

  @Test func theRegisteredPortIsTheServers() throws {
    let found = try edge([.at(0, end(a, 5432), end(b, 1023))])
    #expect(found.direction == .registered && found.server == IPAddress(a) && found.clientPort == 1023)
  }

  @Test func portsDecideByTheirRangesAndThenByTheirNumbers() throws {
    for (low, high) in [(700, 1024), (1023, 40_000), (30_301, 49_152), (50_001, 50_002), (701, 702)] as [(UInt16, UInt16)] {
      for swapped in [false, true] {
        let found = try edge([.at(0, end(a, swapped ? high : low), end(b, swapped ? low : high), proto: 136)])
        #expect(found.direction == .port && found.port == low && found.clientPort == high, "\(low), \(high)")
      }
    }
  }

  @Test func equalPortsAndProtocolsWithoutPortsGoByWhoWasFirst() throws {
    let equal = try edge([.at(0, end(b, 60_001), end(a, 60_001)), .at(1, end(a, 60_001), end(b, 60_001))])
    #expect(equal.direction == .first && equal.client == IPAddress(b) && equal.clientPort == 60_001)
    let gre = try edge([.at(0, end(b, 0), end(a, 0), proto: 47)])
    #expect(gre.direction == .first && gre.client == IPAddress(b) && gre.port == nil && gre.clientPort == nil)
  }

  @Test func whatIsSentToAGroupIsAskedOfTheGroup() throws {
    for (group, isIPv6) in [("224.0.0.251", false), ("255.255.255.255", false), ("ff02::fb", true)] {
      let found = try meter([.udp(0, end(isIPv6 ? "fd00::1" : a, 5353), end(group, 5353))]).edges
      #expect(found.map(\.server) == [IPAddress(group)].compactMap { $0 } && found.map(\.direction) == [.opened], "\(group)")
    }
    let heard = try meter([.udp(0, end(a, 5353), end("224.0.0.251", 5353)), .udp(1, end("224.0.0.251", 5353), end(a, 5353))]).edges
    #expect(heard.map(\.direction) == [.first])
    let routing = try meter([.at(0, end(a, 0), end("224.0.0.5", 0), proto: 89)]).edges
    #expect(routing.map(\.direction) == [.opened])
  }

  @Test func aReplyThatIsBroadcastToAClientsPortComesFromTheServer() throws {
    let found = try meter([.udp(0, end(b, 67), end("255.255.255.255", 68))]).edges
    #expect(found.map(\.server) == [IPAddress(b)].compactMap { $0 } && found.map(\.port) == [67] && found.map(\.direction) == [.registered])
  }

  @Test func whereOnlyRepliesAreSeenNobodyOpened() throws {
    let start = TestPacket.udp(0, end("10.0.0.8", 1), end("10.0.0.9", 2))
    let found = try edge([start, .udp(100, end(b, 53), end(a, 50_000)), .udp(101, end(b, 53), end(a, 50_000))], options(window: 3600))
    #expect(found.direction == .registered && found.client == IPAddress(a))
  }

  @Test func manyRefusalsOfOneScanMakeNoServer() throws {
    let packets = (0..<10).map { TestPacket.at(Double($0) / 10, end("10.0.1.\($0 + 1)", 22), end(b, 61_000), flags: TestPacket.rst) }
    let edges = try meter(packets).edges
    #expect(edges.count == 10 && edges.allSatisfy { $0.client == IPAddress(b) && $0.direction == .registered })
  }

  @Test func aServiceKnownFromPracticeOutweighsOneThatIsOnlyRegistered() throws {
    let found = try edge([.at(0, end(a, 1503), end(b, 3389))])
    #expect(found.direction == .registered && found.server == IPAddress(b))
  }

  @Test func severalClientPortsAreNone() throws {
    for ports in [[50_000, 50_001], [0, 50_001], [50_001, 0]] as [[UInt16]] {
      let found = try edge(ports.enumerated().map { .at(Double($0.offset), end(a, $0.element), end(b, 443)) }.filter { _ in true })
      #expect(found.clientPort == nil && found.flows == 2, "\(ports)")
    }
  }

  @Test func theStrongestRuleOfAnEdgesFlowsIsItsBasis() throws {
    let found = try edge([.at(0, end(a, 50_000), end(b, 443)), .at(1, end(a, 50_001), end(b, 443), flags: TestPacket.syn)])
    #expect(found.direction == .handshake && found.flows == 2 && found.clientPort == nil)
  }
}
