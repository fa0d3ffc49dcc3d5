import Packets
import Selection
import TestSupport

/// A packet as a tap saw it.
struct Sighting {
  var frame: [UInt8]
  var link = LinkType.ethernet
  var tap: UInt32
  var timeNanoseconds: Int64

  var summary: PacketSummary {
    PacketSummary(frame: frame.span, link: link, originalByteCount: UInt32(frame.count), timeNanoseconds: timeNanoseconds)
  }

  /// Where the IP header begins, for the links that these tests build: Ethernet with any number of VLAN tags, and none.
  var ipOffset: Int {
    guard link == LinkType.ethernet else { return 0 }
    var offset = 12
    while frame[offset] == 0x81 { offset += 4 }
    return offset + 2
  }
}

extension Deduplicator {
  mutating func isDuplicate(_ seen: Sighting) -> Bool {
    isDuplicate(frame: seen.frame.span, packet: seen.summary, ipOffset: seen.ipOffset, tap: seen.tap)
  }
}

/// Which of the sightings are duplicates.
func duplicates(_ sightings: [Sighting], windowNanoseconds: UInt64 = 1000, entryLimit: Int = 1 << 20) -> (
  isDuplicate: [Bool], gaveUp: UInt64
) {
  var deduplicator = Deduplicator(windowNanoseconds: windowNanoseconds, entryLimit: entryLimit)
  var answers: [Bool] = []
  for seen in sightings { answers.append(deduplicator.isDuplicate(seen)) }
  return (answers, deduplicator.gaveUp)
}

/// An IP packet whose content follows from a number; `identification` 0 is none, nil is IPv6.
func packet(_ number: UInt32, identification: UInt16?, payload: [UInt8] = []) -> [UInt8] {
  let transport = Frames.udp(UInt16(truncatingIfNeeded: number), UInt16(truncatingIfNeeded: number >> 16)) + payload
  guard let identification else { return Frames.ipv6("2001:db8::1", "2001:db8::2", 17, transport) }
  return Frames.ipv4("10.0.0.1", "10.0.0.2", 17, transport, fragment: .init(of: UInt32(identification), offset: 0, more: false))
}

/// The packet after some routers: fewer hops left, another header check sum, other traffic class.
func routed(_ packet: [UInt8], hops: UInt8) -> [UInt8] {
  var packet = packet
  if packet[0] >> 4 == 4 {
    packet[1] = hops &* 4
    packet[8] -= hops
    packet[10] = hops &* 77
    packet[11] = hops &* 31
  } else {
    packet[0] = 0x60 | hops & 15
    packet[1] = packet[1] & 15 | hops << 4
    packet[7] -= hops
  }
  return packet
}
