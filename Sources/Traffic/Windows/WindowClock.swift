/// Which window a packet counts in, and when windows close: event time, moved by the packets alone.
///
/// A window closes when the newest time minus the lateness has passed its end. A packet whose window has closed counts in the oldest one that
/// has not. A jump of more than an hour moves time only once 64 packets in a row agree on it; during the first 64 packets of all, nothing
/// closes and time may go back, so that an absurd first time stamp does not make everything after it late.
@usableFromInline
struct WindowClock {
  @usableFromInline let windowNanoseconds: Int64
  private let latenessNanoseconds: Int64
  private static let jumpNanoseconds = ObservedTime.gapNanoseconds
  private static let agreeCount = 64

  // Packets between these times are in this window and slot, and neither close a window nor move time by a jump.
  @usableFromInline var sameFrom = Int64.max
  @usableFromInline var sameUntil = Int64.min
  @usableFromInline var sameWindow = Int64.min
  @usableFromInline var sameSlot: UInt64 = 0

  /// Newest time that is believed.
  @usableFromInline var newestNanoseconds = Int64.min
  /// First time of the traffic, without a gap of more than an hour, that the packet belongs to which was admitted last.
  private(set) var observedSinceNanoseconds: Int64 = 1 << 62
  private var observed = ObservedTime()
  private var newestSinceNanoseconds: Int64 = 1 << 62
  /// Number of the first window that has not closed.
  private(set) var openFrom = Int64.min
  private var packetCount = 0
  private var jumpTimeNanoseconds = Int64.min
  private var jumpCount = 0
  private var jumpPacket = -1

  init(windowNanoseconds: Int64, latenessNanoseconds: Int64) {
    self.windowNanoseconds = windowNanoseconds
    self.latenessNanoseconds = latenessNanoseconds
  }

  /// The window, the slot as a bit, and whether the packet is late. `packet` is how many packets stand before it.
  ///
  /// Called for packets outside `sameFrom..<sameUntil` only; sets them anew.
  @usableFromInline
  mutating func admit(_ time: Int64, packet: Int) -> (window: Int64, slot: UInt64, isLate: Bool) {
    // What needed no second thought since then lies near the newest time.
    if newestNanoseconds != .min { _ = observed.note(newestNanoseconds) }
    observedSinceNanoseconds = observed.note(time)
    move(to: time, packet: packet)
    newestSinceNanoseconds = observed.note(newestNanoseconds)
    forgetSlot()
    let (own, inside) = Self.flooredQuotient(time, windowNanoseconds)
    guard own >= openFrom else { return (openFrom, 1, true) }
    let slot = min(59, Self.scaled(inside, windowNanoseconds))
    remember(own, slot)
    return (own, 1 << UInt64(slot), false)
  }

  /// Times beyond this do not move time on their own word.
  var believedUntilNanoseconds: Int64 { newestNanoseconds + Self.jumpNanoseconds }

  /// The window in which something counts that happened at a time without moving the clock.
  func window(of time: Int64) -> Int64 { max(openFrom, Self.flooredQuotient(time, windowNanoseconds).quotient) }

  /// The windows that may close now, as the number of the first that stays open; nil if none does.
  @usableFromInline
  mutating func closing() -> Int64? {
    guard packetCount >= Self.agreeCount else { return nil }
    let (limit, overflow) = newestNanoseconds.subtractingReportingOverflow(latenessNanoseconds)
    guard !overflow else { return nil }
    let stays = Self.flooredQuotient(limit, windowNanoseconds).quotient
    return stays > openFrom ? stays : nil
  }

  /// All windows before this one have closed.
  @usableFromInline
  mutating func close(before window: Int64) {
    openFrom = max(openFrom, window)
    forgetSlot()
  }

  /// Gives every packet a second thought until one is admitted again.
  mutating func forgetSlot() {
    sameUntil = Int64.min
    sameFrom = Int64.max
  }

  private mutating func move(to time: Int64, packet: Int) {
    packetCount = packet + 1
    if newestNanoseconds == .min { return newestNanoseconds = time }
    let (ahead, overflow) = time.subtractingReportingOverflow(newestNanoseconds)
    if overflow ? time > newestNanoseconds : ahead > Self.jumpNanoseconds {
      let (distance, overflow) = time.subtractingReportingOverflow(jumpTimeNanoseconds)
      let agrees = jumpPacket == packet - 1 && jumpCount > 0 && !overflow && distance.magnitude <= UInt64(Self.jumpNanoseconds)
      jumpCount = agrees ? jumpCount + 1 : 1
      jumpTimeNanoseconds = agrees ? max(jumpTimeNanoseconds, time) : time
      jumpPacket = packet
      if jumpCount >= Self.agreeCount {
        newestNanoseconds = jumpTimeNanoseconds
        jumpCount = 0
      }
    } else if ahead > 0 {
      newestNanoseconds = time
    } else if packetCount <= Self.agreeCount, overflow || ahead < -Self.jumpNanoseconds {
      newestNanoseconds = time
    }
  }

  /// Sets the span of times that need no second thought: the slot, cut at the time that closes a window, and at the next jump.
  private mutating func remember(_ window: Int64, _ slot: Int64) {
    let start = window.multipliedReportingOverflow(by: windowNanoseconds)
    guard !start.overflow, packetCount > Self.agreeCount, openFrom != .min else { return }
    let oldestEnd = (openFrom + 1).multipliedReportingOverflow(by: windowNanoseconds)
    guard !oldestEnd.overflow else { return }
    sameWindow = window
    sameSlot = 1 << UInt64(slot)
    // Within the newest stretch of traffic alone: whether a flow's beginning was seen depends on it.
    guard observedSinceNanoseconds == newestSinceNanoseconds else { return }
    sameFrom = max(
      start.partialValue + Self.slotStart(slot, windowNanoseconds), newestSinceNanoseconds, newestNanoseconds - Self.jumpNanoseconds)
    sameUntil = min(
      slot == 59 ? start.partialValue + windowNanoseconds : start.partialValue + Self.slotStart(slot + 1, windowNanoseconds),
      oldestEnd.partialValue + latenessNanoseconds, newestNanoseconds + Self.jumpNanoseconds)
  }

  /// ⌊inside · 60 / length⌋ without overflow: `inside` is below `length`, which is at most a year.
  static func scaled(_ inside: Int64, _ length: Int64) -> Int64 { inside * 60 / length }

  /// The first nanosecond of a slot.
  private static func slotStart(_ slot: Int64, _ length: Int64) -> Int64 { (slot * length + 59) / 60 }

  private static func flooredQuotient(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
