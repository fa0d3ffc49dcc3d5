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
      #expect(table.add(FlowPacket(summary, source: 0, seed: FlowPacket.seed), window: window, slot: 1))
    }
    #expect(table.partCount <= 4096, "\(table.partCount) parts of one flow")
    for window in [0, 1] as [Int64] {
      #expect(table.gather(window: window) == 1)
      var packets: UInt64 = 0
      table.forEachPart(of: window) { _, part in packets += part.packetsFromA + part.packetsFromB }
      #expect(packets == 50_000)
    }
  }
}
