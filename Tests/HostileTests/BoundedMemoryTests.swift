import Flows
import Packets
import TestSupport
import Testing

/// What one sender can make the tables hold does not grow with how much it sends.
@Suite struct BoundedMemoryTests {
  @Test func oneFlowThatTakesTurnsBetweenTwoWindowsIsKeptInOnePartOfEach() throws {
    // Two windows of which the first has not closed yet: every packet leaves one and enters the other.
    var table = FlowTable(idleTCPNanoseconds: 1 << 60, idleOtherNanoseconds: 1 << 60, countMax: 1 << 20)
    var summary = PacketSummary()
    (summary.sourceLow, summary.destinationLow, summary.proto, summary.sourcePort, summary.destinationPort) = (1, 2, 17, 1000, 53)
    (summary.kind, summary.ipByteCount) = (.flow, 100)
    for number in 0..<100_000 {
      let window = Int64(number % 2)
      summary.timeNanoseconds = window * 60_000_000_000 + Int64(number)
      let isTaken = table.add(FlowPacket(summary, source: 0, seed: FlowPacket.seed), window: window, slot: 1)
      #expect(isTaken)
    }
    let partCount = table.partCount
    #expect(partCount <= 4096, "parts of one flow")
    for window in [0, 1] as [Int64] {
      let flowCount = table.gather(window: window)
      #expect(flowCount == 1)
      var packets: UInt64 = 0
      table.forEachPart(of: window) { _, part in packets += part.packetsFromA + part.packetsFromB }
      #expect(packets == 50_000)
    }
  }

  @Test func connectionsThatFollowEachOtherOnTheSamePortsKeepWithinTheLimit() throws {
    var table = FlowTable(idleTCPNanoseconds: 1 << 60, idleOtherNanoseconds: 1 << 60, countMax: 2000)
    var summary = PacketSummary()
    (summary.sourceLow, summary.destinationLow, summary.proto, summary.sourcePort, summary.destinationPort) = (1, 2, 6, 1000, 80)
    (summary.kind, summary.ipByteCount, summary.tcpFlags) = (.flow, 60, TCPFlags.syn)
    for number in 0..<50_000 as Range<UInt32> {
      (summary.sequence, summary.timeNanoseconds) = (number, Int64(number))
      let packet = FlowPacket(summary, source: 0, seed: FlowPacket.seed)
      if !table.add(packet, window: 0, slot: 1) { table.giveUp(packet) }
      let count = table.count + table.partCount
      if count > 2000 { Issue.record("\(count) flows and parts after \(number)") }
    }
    _ = table.gather(window: 0)
    var packets = table.evictions[0].packets
    table.forEachPart(of: 0) { _, part in packets += part.packetsFromA + part.packetsFromB }
    #expect(packets == 50_000)
  }

  @Test func fragmentsThatWaitTakeATimeThatGrowsWithTheirNumberAlone() throws {
    // Four thousand waiting, joined and waiting again: a copy of all for each would move gigabytes.
    var table = FragmentTable()
    var joined = 0
    let clock = ContinuousClock()
    let elapsed = clock.measure {
      for round in 0..<20 {
        for _ in 0..<4096 {
          var later = PacketSummary()
          (later.proto, later.identification, later.kind) = (17, UInt32(round), .laterFragment)
          _ = table.complete(&later, source: 0)
        }
        var first = PacketSummary()
        (first.proto, first.identification, first.kind) = (17, UInt32(round), .firstFragment)
        joined += table.learn(first).count
      }
    }
    #expect(joined == 20 * 4096)
    #expect(elapsed < .seconds(10))
  }
}
