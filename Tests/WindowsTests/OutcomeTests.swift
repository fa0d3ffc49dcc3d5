import Interchange
import TestSupport
import Testing

@Suite struct OutcomeTests {
  private let a = End(address: "10.0.0.1", port: 50_000), b = End(address: "10.0.0.2", port: 443)

  /// All edges of packets between the two, added up.
  private func sum(_ packets: [TestPacket], _ header: EdgeStreamHeader = options()) throws -> (
    outcome: EdgeRecord.Outcome, flows: UInt64, samples: Distribution
  ) {
    var sum = EdgeRecord.Outcome()
    var flows: UInt64 = 0
    var samples = Distribution()
    for edge in try meter(packets, header).edges where edge.proto != .icmp {
      flows += edge.flows
      samples.add(edge.networkResponse)
      sum.answered += edge.outcome.answered
      sum.refused += edge.outcome.refused
      sum.reset += edge.outcome.reset
      sum.unreachable += edge.outcome.unreachable
      sum.midstream += edge.outcome.midstream
    }
    return (sum, flows, samples)
  }

  private func outcome(answered: UInt64 = 0, refused: UInt64 = 0, reset: UInt64 = 0, unreachable: UInt64 = 0, midstream: UInt64 = 0)
    -> EdgeRecord.Outcome
  {
    var outcome = EdgeRecord.Outcome()
    (outcome.answered, outcome.refused, outcome.reset) = (answered, refused, reset)
    (outcome.unreachable, outcome.midstream) = (unreachable, midstream)
    return outcome
  }

  @Test func aHandshakeIsAnsweredOnceAndTimed() throws {
    let found = try sum([
      .at(0, a, b, flags: TestPacket.syn), .at(0.025, b, a, flags: TestPacket.synAck), .at(0.026, a, b), .at(0.03, b, a),
      .at(0.031, b, a, flags: TestPacket.synAck),
    ])
    #expect(found.outcome == outcome(answered: 1))
    #expect(found.samples.count == 1 && found.samples.sumNanoseconds == 25_000_000)
  }

  @Test func aSYNSentAgainGivesNoSample() throws {
    let found = try sum([
      .at(0, a, b, flags: TestPacket.syn), .at(1, a, b, flags: TestPacket.syn), .at(1.02, b, a, flags: TestPacket.synAck),
    ])
    #expect(found.flows == 1 && found.samples.count == 0 && found.outcome == outcome(answered: 1))
  }

  @Test func aSYNACKBeforeItsSYNGivesNoSample() throws {
    let found = try sum([
      .at(0.1, b, a, flags: TestPacket.synAck), .at(0, a, b, flags: TestPacket.syn), .at(0.2, a, b), .at(1, b, a, flags: TestPacket.synAck),
    ])
    #expect(found.flows == 1 && found.samples.count == 0 && found.outcome == outcome(answered: 1))
  }

  @Test func aSampleCountsInTheWindowOfItsSecondPacket() throws {
    let edges = try meter([.at(59.9, a, b, flags: TestPacket.syn), .at(60.1, b, a, flags: TestPacket.synAck)]).edges
    #expect(edges.map(\.networkResponse.count) == [0, 1])
    #expect(edges.map(\.outcome.answered) == [0, 1])
    #expect(edges.map(\.flows) == [1, 0])
    #expect(edges.map(\.durationNanoseconds) == [0, 100_000_000])
  }

  @Test func aRSTToASYNRefusesAndIsNoAnswer() throws {
    let found = try sum([.at(0, a, b, flags: TestPacket.syn), .at(0.1, b, a, flags: TestPacket.rst | TestPacket.ack)])
    #expect(found.outcome == outcome(refused: 1))
    let byClient = try sum([.at(0, a, b, flags: TestPacket.syn), .at(0.1, a, b, flags: TestPacket.rst)])
    #expect(byClient.outcome == outcome())
  }

  @Test func aRSTAfterTheAnswerResetsOnce() throws {
    let found = try sum([
      .at(0, a, b, flags: TestPacket.syn), .at(0.1, b, a, flags: TestPacket.synAck), .at(0.2, a, b, flags: TestPacket.rst),
      .at(0.3, b, a, flags: TestPacket.rst),
    ])
    #expect(found.outcome == outcome(answered: 1, reset: 1))
  }

  @Test func aRSTThatIsFollowedByTheFirstEndIsNoAnswer() throws {
    #expect(try sum([.at(0, a, b), .at(0.1, b, a, flags: TestPacket.rst), .at(0.2, a, b)]).outcome == outcome(midstream: 1))
  }

  @Test func aFlowWithoutItsBeginningIsMidstream() throws {
    #expect(try sum([.at(0, a, b), .at(0.1, b, a)]).outcome == outcome(answered: 1, midstream: 1))
    #expect(try sum([.udp(0, a, b), .udp(0.1, b, a)]).outcome == outcome(answered: 1))
  }

  @Test func icmpErrorsCountOnceForTheFlowThatTheyQuote() throws {
    let asked = TestPacket.udp(0, a, b, payload: 30)
    let found = try sum([
      asked, .icmp(0.1, b.address, a.address, type: 3, code: 3, quoting: [asked]),
      .icmp(0.2, b.address, a.address, type: 3, code: 3, quoting: [asked]),
      .icmp(0.3, "10.0.0.9", a.address, type: 3, code: 1, quoting: [asked]),
      .icmp(0.4, "10.0.0.9", a.address, type: 3, code: 1, quoting: [asked]),
    ])
    #expect(found.outcome == outcome(refused: 1, unreachable: 1) && found.flows == 1)
  }

  @Test func anICMPErrorInAWindowWithoutPacketsMakesAnEdgeWithoutVolume() throws {
    let asked = TestPacket.udp(59.5, a, b)
    let edges = try meter([asked, .icmp(61, b.address, a.address, type: 3, code: 3, quoting: [asked])]).edges.filter { $0.proto == .udp }
    #expect(edges.count == 2)
    let silent = try #require(edges.last)
    #expect(silent.outcome == outcome(refused: 1) && silent.flows == 0 && silent.activeSlots == 0 && silent.durationNanoseconds == 0)
    #expect(silent.volume == EdgeRecord.Volume())
    #expect(silent.first == silent.last && silent.first.nanoseconds == TestPacket.start + 61_000_000_000)
  }

  @Test func icmpErrorsAboutUnknownOrEndedFlowsSayNothing() throws {
    let never = TestPacket.udp(0, a, b)
    #expect(try meter([.icmp(0.1, b.address, a.address, type: 3, code: 3, quoting: [never])]).edges.count == 1)
    for (seconds, refused) in [(60.0, 1), (60.000000001, 0)] as [(Double, UInt64)] {
      let found = try sum([never, .icmp(seconds, b.address, a.address, type: 3, code: 3, quoting: [never])], options(window: 3600))
      #expect(found.outcome.refused == refused, "after \(seconds) s")
    }
  }

  @Test func whatBeginsAnotherFlow() throws {
    let syn = TestPacket.syn
    let cases: [(name: String, packets: [TestPacket], flows: UInt64)] = [
      ("the same SYN again", [.at(0, a, b, flags: syn, sequence: 1), .at(1, a, b, flags: syn, sequence: 1)], 1),
      ("a SYN with another number", [.at(0, a, b, flags: syn, sequence: 1), .at(1, a, b, flags: syn, sequence: 2)], 2),
      ("the same SYN after a RST", [.at(0, a, b, flags: syn), .at(1, b, a, flags: TestPacket.rst), .at(2, a, b, flags: syn)], 2),
      (
        "the same SYN after FIN both ways",
        [
          .at(0, a, b, flags: syn), .at(1, b, a, flags: TestPacket.fin), .at(2, a, b, flags: TestPacket.fin), .at(3, b, a),
          .at(4, a, b, flags: syn),
        ], 2
      ),
      ("a SYN after FIN one way", [.at(0, a, b, flags: syn), .at(1, b, a, flags: TestPacket.fin), .at(4, a, b, flags: syn)], 1),
      ("data after the end", [.at(0, a, b, flags: syn), .at(1, b, a, flags: TestPacket.rst), .at(2, a, b)], 1),
      ("a SYN in a flow whose beginning was not seen", [.at(0, a, b), .at(1, a, b, flags: syn)], 2),
      ("silence as long as the limit", [.at(0, a, b, flags: syn), .at(300, a, b)], 1),
      ("silence longer than the limit", [.at(0, a, b, flags: syn), .at(300.000000001, a, b)], 2),
      ("UDP: silence as long as the limit", [.udp(0, a, b), .udp(60, b, a)], 1),
      ("UDP: silence longer than the limit", [.udp(0, a, b), .udp(60.000000001, b, a)], 2),
    ]
    for (name, packets, flows) in cases { #expect(try sum(packets, options(window: 3600)).flows == flows, "\(name)") }
  }
}
