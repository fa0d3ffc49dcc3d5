import Interchange
import TestSupport
import Testing

@Suite struct ClockTests {
  static let client = End(address: "10.0.0.1", port: 40_000), server = End(address: "10.0.0.2", port: 443)

  /// Packets of one other flow, a millisecond apart: nothing closes and no jump is believed before 64 were seen.
  static func filler(_ count: Int = 64, from seconds: Double) -> [TestPacket] {
    (0..<count).map { .udp(seconds + Double($0) / 1000, End(address: "10.9.0.1", port: 5000), End(address: "10.9.0.2", port: 53)) }
  }

  private func packet(_ seconds: Double) -> TestPacket { .udp(seconds, Self.client, Self.server) }

  /// Start and packets of each window of the test's own edge, in seconds after the start.
  private func windows(_ stream: EdgeStreams) -> [Int64: UInt64] {
    Dictionary(
      stream.edges.filter { $0.port == 443 || $0.port == 40_000 }.map {
        (($0.window.nanoseconds - TestPacket.start) / 1_000_000_000, $0.volume.packetsToServer + $0.volume.packetsToClient)
      }, uniquingKeysWith: +)
  }

  @Test func aWindowHoldsItsStartAndNotItsEnd() throws {
    let times = [0, 59.999999999, 60, 119.999999999, 120]
    let stream = try meter(times.map(packet))
    #expect(windows(stream) == [0: 2, 60: 2, 120: 1])
  }

  @Test func aWindowClosesWhenTimeHasPassedItsEndByTheLateness() throws {
    // 65 s − 5 s is the end of the first window: what comes then for it is late, and before it is not.
    for (newest, late) in [(64.999999999, 0), (65, 1)] as [(Double, UInt64)] {
      let stream = try meter(Self.filler(from: 0) + [packet(newest), packet(30)])
      #expect(stream.sources.first?.late == late)
      #expect(windows(stream) == (late == 0 ? [0: 1, 60: 1] : [60: 2]), "newest at \(newest)")
    }
  }

  @Test func aLatePacketKeepsItsTimeAndCountsInTheFirstSlot() throws {
    let stream = try meter(Self.filler(from: 0) + [packet(130), packet(30)])
    let edge = try #require(stream.edges.first { $0.port == 443 })
    #expect(stream.sources.first?.late == 1)
    #expect(windows(stream) == [120: 2])
    #expect(edge.first.nanoseconds == TestPacket.start + 30_000_000_000)
    #expect(edge.last.nanoseconds == TestPacket.start + 130_000_000_000)
    #expect(edge.activeSlots == 2)
  }

  @Test(arguments: [0, 4_102_444_800 - 1_767_225_600, -1_767_225_600] as [Double]) func anAbsurdFirstTimeMakesNothingLate(_ absurd: Double)
    throws
  {
    // 1970, 2100: the capture's own clock had not been set yet.
    let stream = try meter([packet(absurd)] + Self.filler(200, from: 1) + [packet(70), packet(30)])
    #expect(stream.sources.first?.late == 1, "the last packet alone")
    #expect(stream.edges.contains { $0.port == 53 && $0.volume.packetsToServer == 200 })
  }

  @Test func anAbsurdTimeInTheMiddleDoesNotMoveTime() throws {
    let absurd: Double = 4_102_444_800 - 1_767_225_600
    let stream = try meter(Self.filler(from: 0) + [packet(1), packet(absurd)] + Self.filler(from: 2) + [packet(3)])
    #expect(stream.sources.first?.late == 0)
    #expect(windows(stream) == [0: 2, Int64(absurd) / 60 * 60: 1])
  }

  @Test func aJumpIsBelievedWhenSixtyFourPacketsAgree() throws {
    for (agreeing, late) in [(63, 0), (64, 1)] as [(Int, UInt64)] {
      let stream = try meter(Self.filler(from: 0) + Self.filler(agreeing, from: 7300) + [packet(1)])
      #expect(stream.sources.first?.late == late, "\(agreeing) packets agree")
    }
  }

  @Test func packetsBetweenThemBreakTheAgreement() throws {
    let far = Self.filler(63, from: 7300) + [packet(1)] + Self.filler(63, from: 7300) + [packet(1)]
    #expect(try meter(Self.filler(from: 0) + far).sources.first?.late == 0)
  }

  @Test func upToAnHourNothingNeedsToAgree() throws {
    #expect(try meter(Self.filler(from: 0) + [packet(3600), packet(1)]).sources.first?.late == 1)
    #expect(try meter(Self.filler(from: 0) + [packet(3601), packet(1)]).sources.first?.late == 0)
  }

  @Test func thousandsOfAbsurdTimesDoNotDriveOutTheRealOnes() throws {
    // Each in a window of its own, an hour and more ahead, among traffic that goes on; two that follow one another never agree.
    var packets = Self.filler(from: 0)
    for number in 0..<6000 {
      packets.append(.udp(1e8 + Double(number % 2) * 5e7 + Double(number) * 120, Self.client, Self.server))
      packets.append(.udp(Double(number) / 50, End(address: "10.0.0.3", port: 5000), End(address: "10.0.0.4", port: 53)))
    }
    let stream = try meter(packets)
    let real = stream.edges.filter { $0.server == IPAddress("10.0.0.4") || $0.client == IPAddress("10.0.0.4") }
    #expect(real.map { ($0.window.nanoseconds - TestPacket.start) / 1_000_000_000 } == [0, 60])
    #expect(real.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient } == 6000)
    // What found no window of its own says so.
    #expect((stream.sources.first?.late ?? 0) > 3000)
  }

  @Test(.timeLimit(.minutes(1))) func aHundredThousandAbsurdTimesTakeNoLongerThanOthers() throws {
    var random = SeededRandom(seed: 3)
    let frame = Frames.ethernet(Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(1, 2)))
    var packets = Self.filler(from: 0).map(\.captured)
    for number in 0..<100_000 {
      var other = frame
      // A flow of its own for each, so that neither flows nor windows may be looked through for each packet.
      (other[26], other[27], other[28]) = (
        UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number >> 16)
      )
      packets.append(CapturedPacket(at: Int64.random(in: 0..<4_294_967_295_000_000_000, using: &random), other))
    }
    let stream = try meter([pcap(packets)])
    #expect(stream.sources.first?.edgePackets == 100_064)
    #expect(stream.edges.count > 50_000)
  }

  @Test func timesAndLimitsAtTheEndOfTheirRangesAreTaken() throws {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface(resolution: 9)
    builder.interface(resolution: 0, offsetSeconds: -4_611_686_018)
    let frames = [(client: Self.client, server: Self.server), (client: Self.server, server: Self.client)].map {
      Frames.ethernet(TestPacket.at(0, $0.client, $0.server, flags: $0.client == Self.client ? 2 : 0x12).ipPacket)
    }
    for number in 0..<400 {
      switch number / 100 {
      case 0: builder.packet(units: UInt64(TestPacket.start), frames[number % 2])
      case 1: builder.packet(units: 0, frames[number % 2], interface: 1)
      case 2: builder.packet(units: (1 << 62) - 1, frames[number % 2])
      default: builder.packet(units: number % 2 == 0 ? 0 : (1 << 62) - 1, frames[number % 2], interface: number % 2 == 0 ? 1 : 0)
      }
    }
    for window in [1, 300, 31_622_400] as [UInt64] {
      for limit in [0, UInt64(Int64.max)] {
        let header = EdgeStreamHeader(
          windowSeconds: window, latenessNanoseconds: limit, idleTCPNanoseconds: limit, idleOtherNanoseconds: limit)
        #expect(try meter([builder.bytes], header).sources.first?.edgePackets == 400, "windows of \(window) s, limits of \(limit) ns")
      }
    }
  }
}
