import Interchange
import TestSupport
import Testing

/// Whatever the times say, every packet is counted once.
@Suite struct AbsurdTimeTests {
  private static let frames = HostileCaptures.packets.map(\.frame)

  private func check(_ bytes: [UInt8], count: Int, _ name: String) throws {
    for window in [1, 300, 366 * 86_400] as [UInt64] {
      for lateness in [0, 5_000_000_000, .max] as [UInt64] {
        let stream = try #require(try metered(bytes, windowSeconds: window, latenessNanoseconds: lateness, name))
        #expect(stream.sources.first?.packets == UInt64(count) && stream.sources.first?.edgePackets == UInt64(count), "\(name)")
      }
    }
  }

  @Test func timesMayJumpByCenturiesBackAndForth() throws {
    let century: Int64 = 36_525 * 86_400
    var builder = PcapngBuilder()
    builder.section()
    for offset in [-1, 0, 1, -2, 2, 100, -100] { builder.interface(offsetSeconds: Int64(offset) * century) }
    builder.interface(resolution: 0, offsetSeconds: .max)
    builder.interface(resolution: 0xFF, offsetSeconds: .min)
    var random = SeededRandom(seed: 3)
    for place in 0..<600 {
      builder.packet(units: UInt64(place), Self.frames[place % 2], interface: UInt32.random(in: 0..<9, using: &random))
    }
    try check(builder.bytes, count: 600, "centuries")
  }

  @Test func aTimeOfAnyUnitsUnderAnyClockIsTaken() throws {
    var builder = PcapngBuilder()
    builder.section()
    for resolution in UInt8.min...UInt8.max { builder.interface(resolution: resolution) }
    for interface in 0..<256 as Range<UInt32> {
      for units in [0, 1, .max, 1 << 63, 1 << 62, 1_767_225_600] as [UInt64] {
        builder.packet(units: units, Self.frames[Int(interface) % 2], interface: interface)
      }
    }
    try check(builder.bytes, count: 256 * 6, "clocks")
  }

  @Test func timesMayAllBeZeroOrEqualOrTheGreatest() throws {
    for time in [0, HostileCaptures.start, 4_294_967_295_999_999_999] as [Int64] {
      try check(pcap((0..<200).map { CapturedPacket(at: time, Self.frames[$0 % 2]) }), count: 200, "\(time)")
    }
    // A fraction of more than a second.
    var bytes = pcap((0..<200).map { CapturedPacket(at: 4_294_967_295_000_000_000, Self.frames[$0 % 2]) }, variant: .microseconds)
    for place in 28..<32 { bytes[place] = 0xFF }
    try check(bytes, count: 200, "fraction")
  }

  @Test func theGreatestAndTheSmallestTimeMayTakeTurns() throws {
    let packets = (0..<300).map { CapturedPacket(at: $0 % 2 == 0 ? 0 : 4_294_967_295_000_000_000, Self.frames[$0 / 2 % 2]) }
    try check(pcap(packets), count: 300, "turns")
  }
}
