import Packets

/// Tells packets that were counted already from new ones, where several taps saw the same traffic, so that totals are those of one perfect tap.
///
/// The rule. A packet that is not a duplicate is counted. A counted packet of the same content (`PacketContent`) stands for a packet if their
/// times are no further apart than the window and
/// (a) the packet comes from a tap that has not yet shown that counted packet: each tap shows a counted packet once and the oldest first, so what
///     was really sent twice counts twice however many taps saw it, and a content's total is that of the tap that saw it most often; or
/// (b) its sender numbered it (IPv4 with an identification other than 0): then even the same tap shows it only again, as a port does that
///     mirrors both ways. IPv6 and identification 0 at one tap are never duplicates: identical acknowledgments are real.
/// A packet for which a counted packet stands is a duplicate.
///
/// What it cannot see: packets that were changed between taps by address translation, or by network cards that join or cut segments; and
/// senders that give every packet the same identification look like (b). Times may go back by up to one window; how often an entry had
/// to go before its time is in `gaveUp`. Reads and writes one entry per packet and allocates nothing per packet.
public struct Deduplicator: ~Copyable {
  /// How far apart in time one packet may be seen.
  public let windowNanoseconds: UInt64
  /// How many counted packets were forgotten while a duplicate could still come, or could not be followed: that many duplicates may have been
  /// counted.
  public private(set) var gaveUp: UInt64 = 0

  /// How much memory an entry takes, in bytes: 40 itself, 16 in the index, at most 24 for taps; half as much again while the table grows.
  public static let entryByteCount = 80

  private var recent: RecentPackets
  private let seed: (UInt64, UInt64)

  /// Nothing seen yet. `entryLimit` is how many counted packets are remembered at once, rounded down to a power of two, from 1 to 2^30.
  public init(windowNanoseconds: UInt64 = 100_000_000, entryLimit: Int = 1 << 20) {
    self.windowNanoseconds = windowNanoseconds
    recent = RecentPackets(limit: 1 << (Int.bitWidth - 1 - max(1, min(entryLimit, 1 << 30)).leadingZeroBitCount))
    seed = (.random(in: .min ... .max), .random(in: .min ... .max))
  }

  /// Whether this packet has been counted already; takes note of it either way.
  ///
  /// `packet` is the summary of the outermost IP header, which begins at `ipOffset` of the frame; `tap` is the interface that saw it. Packets
  /// without a whole IP header are never duplicates.
  public mutating func isDuplicate(frame: Span<UInt8>, packet: PacketSummary, ipOffset: Int, tap: UInt32) -> Bool {
    guard let content = PacketContent(frame: frame, packet: packet, ipOffset: ipOffset, seed: seed) else { return false }
    let time = packet.timeNanoseconds
    forgetOld(at: time)
    let newest = recent.newest(content)
    if newest == RecentPackets.none { return count(content, at: time, tap: tap, newest: newest) }
    if content.isNumbered {
      return isNear(recent.time(newest), time) || count(content, at: time, tap: tap, newest: newest)
    }
    let (mark, isKnown) = recent.mark(of: tap, newest: newest)
    let shown = isKnown ? recent.position(ofMark: mark) : RecentPackets.none
    if !isKnown { gaveUp += 1 }
    var candidate = shown == RecentPackets.none ? recent.oldest(newest) : recent.next(shown)
    while candidate != RecentPackets.none, recent.time(candidate) < time, !isNear(recent.time(candidate), time) {
      candidate = recent.next(candidate)
    }
    guard candidate != RecentPackets.none, isNear(recent.time(candidate), time) else {
      return count(content, at: time, tap: tap, newest: newest)
    }
    if isKnown { recent.setMark(mark, at: candidate) }
    return true
  }

  /// Counts a packet: gives false, because it is no duplicate.
  private mutating func count(_ content: PacketContent, at time: Int64, tap: UInt32, newest: UInt32) -> Bool {
    var newest = newest
    if !recent.hasRoom {
      if recent.isFull {
        if let oldest = recent.oldestNanoseconds, isNear(oldest, time) { gaveUp += 1 }
        recent.removeOldest()
      } else {
        recent.grow()
      }
      newest = recent.newest(content)
    }
    let place = recent.add(content, timeNanoseconds: time, newest: newest)
    if !content.isNumbered {
      let (mark, isKnown) = recent.mark(of: tap, newest: place)
      if isKnown { recent.setMark(mark, at: place) } else { gaveUp += 1 }
    }
    return false
  }

  /// Forgets what no packet around a time can be a duplicate of, two at most: so memory goes back, but one absurd time costs only two entries.
  private mutating func forgetOld(at time: Int64) {
    for _ in 0..<2 {
      guard let oldest = recent.oldestNanoseconds, Self.distance(oldest, time) / 2 > windowNanoseconds else { return }
      recent.removeOldest()
    }
  }

  private func isNear(_ a: Int64, _ b: Int64) -> Bool { Self.distance(a, b) <= windowNanoseconds }

  private static func distance(_ a: Int64, _ b: Int64) -> UInt64 { UInt64(bitPattern: a > b ? a &- b : b &- a) }
}
