import Flows
import Packets
import TestSupport
import Testing

@Suite struct FragmentTableTests {
  private static let second: Int64 = 1_000_000_000

  private func fragment(_ identification: UInt32, seconds: Double, port: UInt16 = 0, isIPv6: Bool = false, proto: UInt8 = 17)
    -> PacketSummary
  {
    var packet = PacketSummary()
    packet.timeNanoseconds = Int64(seconds * 1e9)
    (packet.sourceLow, packet.destinationLow, packet.isIPv6) = (1, 2, isIPv6)
    (packet.proto, packet.identification) = (proto, identification)
    (packet.sourcePort, packet.destinationPort) = (port, port == 0 ? 0 : 53)
    packet.kind = port == 0 ? .laterFragment : .firstFragment
    return packet
  }

  @Test func laterFragmentsGetThePortsOfTheirFirst() {
    var table = FragmentTable()
    #expect(table.learn(fragment(5, seconds: 0, port: 7)).isEmpty)
    var later = fragment(5, seconds: 1)
    #expect(table.complete(&later, source: 0) != nil)
    #expect(later.sourcePort == 7 && later.destinationPort == 53 && later.kind == .flow)
    var other = fragment(6, seconds: 1)
    #expect(table.complete(&other, source: 0) == nil)
  }

  @Test func laterFragmentsThatCameFirstWaitAndKeepTheirSource() {
    var table = FragmentTable()
    for source in [3, 4] {
      var later = fragment(5, seconds: Double(source))
      #expect(table.complete(&later, source: source) == nil)
    }
    let ready = table.learn(fragment(5, seconds: 5, port: 7))
    #expect(ready.map(\.source) == [3, 4])
    #expect(ready.allSatisfy { $0.packet.sourcePort == 7 && $0.packet.kind == .flow })
    #expect(ready.map(\.packet.timeNanoseconds) == [3 * Self.second, 4 * Self.second])
    #expect(table.finish().isEmpty)
  }

  @Test func inIPv6TheNextHeaderOfALaterFragmentDoesNotCount() {
    var table = FragmentTable()
    _ = table.learn(fragment(5, seconds: 0, port: 7, isIPv6: true))
    var later = fragment(5, seconds: 0, isIPv6: true, proto: 60)
    #expect(table.complete(&later, source: 0) != nil)
    #expect(later.proto == 17)
  }

  @Test func afterThirtySecondsAnIdentificationIsAnotherDatagram() {
    var table = FragmentTable()
    _ = table.learn(fragment(5, seconds: 0, port: 7))
    var late = fragment(5, seconds: 30.5)
    #expect(table.complete(&late, source: 0) == nil)
    // The one that waited for longer is lost; it does not belong to the datagram that uses its number next.
    #expect(table.learn(fragment(5, seconds: 61, port: 9)).isEmpty)
    #expect(table.takeLost().map(\.packet.timeNanoseconds) == [30_500_000_000])
    var later = fragment(5, seconds: 62)
    #expect(table.complete(&later, source: 0) != nil)
    #expect(later.sourcePort == 9)
  }

  @Test func aFloodOfFragmentsIsGivenUpAndCountedToTheLast() {
    var table = FragmentTable()
    var lost = 0
    for number in 0..<50_000 as Range<UInt32> {
      var later = fragment(number, seconds: Double(number) / 1e6)
      #expect(table.complete(&later, source: 0) == nil)
      lost += table.takeLost().count
    }
    #expect(lost >= 50_000 - 4096)
    #expect(lost + table.finish().count == 50_000)
  }

  @Test func aFloodOfOneDatagramIsBounded() {
    var table = FragmentTable()
    var lost = 0
    for number in 0..<20_000 {
      var later = fragment(1, seconds: Double(number) / 1e6)
      _ = table.complete(&later, source: 0)
      lost += table.takeLost().count
    }
    #expect(lost == 20_000 - 4096)
    #expect(table.learn(fragment(1, seconds: 0.1, port: 7)).count == 4096)
  }
}
