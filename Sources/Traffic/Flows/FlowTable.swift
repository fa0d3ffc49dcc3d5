import CPrefetch
import Glibc
import Packets

/// All flows that are open: a dense array of entries, found through an open-addressing index (linear probing, at most three quarters full).
///
/// This file is one of the few with unsafe code: it runs once or more for every packet, and exclusivity checks and reference counts on arrays
/// of entries of this size cost a fifth of the whole tool. Bounds: `entries` has `entryCapacity` entries of which the first `entryCount` are
/// initialised, and entry numbers come only from the index, from the windows' lists or from a walk below `entryCount`; `slots` has `mask + 1` numbers and is always
/// indexed through `& mask`.
@safe public struct FlowTable: ~Copyable {
  @usableFromInline var slots: UnsafeMutablePointer<UInt64>
  @usableFromInline var mask: Int
  @usableFromInline var entries: UnsafeMutablePointer<Flow>
  @usableFromInline var entryCapacity: Int
  @usableFromInline var entryCount = 0
  /// The first entry that is not in use, plus 1; each names the next in its `entry`.
  @usableFromInline var freeHead: UInt32 = 0
  @usableFromInline var freeCount = 0
  /// What the windows hold that have not closed.
  @usableFromInline var windows = OpenWindows()

  /// After how much silence a TCP flow ends.
  public let idleTCPNanoseconds: Int64
  /// After how much silence any other flow ends.
  public let idleOtherNanoseconds: Int64
  /// How many flows are open.
  public var count: Int { entryCount - freeCount }
  /// How many parts of flows are kept that have moved on to other windows.
  public var partCount: Int { windows.partCount }
  /// How many flows and parts of flows are kept at most; beyond it flows are forgotten early.
  public let countMax: Int
  /// Since when traffic was observed without a break: what began soon after it may have begun before.
  public var observedSinceNanoseconds: Int64 = 1 << 62
  /// What was given up to keep within `countMax`.
  public internal(set) var evictions = Evictions()
  /// When flows are looked through next for those that have ended.
  var nextSweepNanoseconds = Int64.min
  /// Whether it is noted which flows have left; whoever asks for it takes them with `takeDepartures`.
  public var notesDepartures = false
  /// What was noted since it was taken last.
  @usableFromInline var departures: [FlowDeparture] = []
  /// The entry at which the search for something to forget goes on.
  var evictionHand = 0

  /// An empty table for at most `countMax` flows and parts of flows.
  public init(idleTCPNanoseconds: Int64, idleOtherNanoseconds: Int64, countMax: Int) {
    self.countMax = countMax
    self.idleTCPNanoseconds = idleTCPNanoseconds
    self.idleOtherNanoseconds = idleOtherNanoseconds
    mask = (1 << 13) - 1
    unsafe slots = .allocate(capacity: mask + 1)
    unsafe slots.initialize(repeating: 0, count: mask + 1)
    entryCapacity = 1 << 12
    unsafe entries = Self.room(for: entryCapacity, after: nil)
  }

  deinit {
    unsafe slots.deallocate()
    unsafe free(entries)
  }

  /// Room for entries, those that are there taken along: `realloc` moves large blocks by their pages and copies nothing.
  @usableFromInline
  static func room(for capacity: Int, after entries: UnsafeMutablePointer<Flow>?) -> UnsafeMutablePointer<Flow> {
    guard let room = unsafe realloc(entries, capacity * MemoryLayout<Flow>.stride) else {
      preconditionFailure("no memory for \(capacity) flows")
    }
    return unsafe room.assumingMemoryBound(to: Flow.self)
  }

  // MARK: finding

  /// Brings the slots and entries of a batch near: memory is waited for once a batch, not once a packet.
  @inlinable @inline(__always)
  public func prepare(_ batch: Span<FlowPacket>, from start: Int, to end: Int) {
    for place in start..<end { unsafe prefetch_line(slots + Int(truncatingIfNeeded: batch[place].hash) & mask) }
    for place in start..<end {
      let slot = unsafe slots[Int(truncatingIfNeeded: batch[place].hash) & mask]
      if slot != 0 {
        let entry = unsafe entries + Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1
        unsafe prefetch_line(entry)
        unsafe prefetch_line(UnsafeRawPointer(entry) + 64)
        unsafe prefetch_line(UnsafeRawPointer(entry) + 128)
      }
    }
  }

  /// The entry of a packet's flow; nil if there is none.
  @inlinable @inline(__always)
  func find(_ packet: FlowPacket) -> Int? {
    let tag = packet.hash & 0xFFFF_FFFF_0000_0000
    var place = Int(truncatingIfNeeded: packet.hash) & mask
    while true {
      let slot = unsafe slots[place]
      if slot == 0 { return nil }
      if slot & 0xFFFF_FFFF_0000_0000 == tag {
        let entry = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) &- 1
        if unsafe (entries + entry).pointee.key == packet.key { return entry }
      }
      place = (place &+ 1) & mask
    }
  }

  // MARK: packets

  /// Takes a packet into its flow, opening one where there is none; false where there was no room for it.
  @inlinable @inline(__always)
  public mutating func add(_ packet: FlowPacket, window: Int64, slot: UInt64) -> Bool {
    let entry: Int
    if let known = find(packet) {
      let idle = packet.key.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      if unsafe (entries + known).pointee.isSucceeded(by: packet, idleNanoseconds: idle) {
        guard let successor = succeed(known, packet, window: window) else { return false }
        entry = successor
      } else {
        entry = known
        if unsafe (entries + entry).pointee.window != window { move(entry, to: window, at: packet.timeNanoseconds) }
      }
    } else {
      guard let fresh = insert(packet, window: window) else { return false }
      entry = fresh
      move(entry, to: window, at: packet.timeNanoseconds)
    }
    unsafe (entries + entry).pointee.absorb(packet, slot: slot)
    return true
  }

  /// Whether the beginning of a flow whose first packet came at this time was seen, and not only its first packet.
  @usableFromInline
  func isBeginningSeen(at timeNanoseconds: Int64) -> Bool { timeNanoseconds - observedSinceNanoseconds >= idleOtherNanoseconds }

  /// A new flow takes over the entry of one with the same key; nil where there is no room for the part that it leaves.
  @inlinable @inline(never)
  mutating func succeed(_ entry: Int, _ packet: FlowPacket, window: Int64) -> Int? {
    if unsafe entries[entry].window != Flow.noWindow, count + windows.partCount >= countMax {
      guard makeRoom() else { return nil }
      // What was forgotten may be this very one.
      guard find(packet) == entry else {
        guard let fresh = insert(packet, window: window) else { return nil }
        move(fresh, to: window, at: packet.timeNanoseconds)
        return fresh
      }
    }
    if notesDepartures {
      let idle = packet.key.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      noteDeparture(of: entry, unsafe packet.timeNanoseconds - entries[entry].lastNanoseconds > idle ? .silent : .succeeded)
    }
    putAwayPart(of: entry)
    unsafe entries[entry].begin(packet, isBeginningSeen: isBeginningSeen(at: packet.timeNanoseconds), window: window)
    move(entry, to: window, at: packet.timeNanoseconds)
    return entry
  }

  /// Begins the flow's part in a window, and keeps a copy of that in the window it leaves.
  @inlinable @inline(__always)
  mutating func move(_ entry: Int, to window: Int64, at timeNanoseconds: Int64) {
    putAwayPart(of: entry)
    unsafe entries[entry].enter(window: window, at: timeNanoseconds)
    windows.note(entry, in: window)
  }

  @inlinable @inline(never)
  mutating func insert(_ packet: FlowPacket, window: Int64) -> Int? {
    if count + windows.partCount >= countMax, !makeRoom() { return nil }
    if (count + 1) * 4 > (mask + 1) * 3 { rebuild(slotCount: (mask + 1) * 2) }
    let entry: Int
    if freeHead != 0 {
      entry = Int(freeHead) - 1
      freeHead = unsafe entries[entry].entry
      freeCount -= 1
    } else {
      if entryCount == entryCapacity { growEntries() }
      entry = entryCount
      unsafe (entries + entry).initialize(to: Flow())
      entryCount += 1
    }
    unsafe entries[entry].key = packet.key
    unsafe entries[entry].entry = UInt32(entry)
    unsafe entries[entry].begin(packet, isBeginningSeen: isBeginningSeen(at: packet.timeNanoseconds), window: window)
    place(entry, hash: packet.hash)
    return entry
  }

  @usableFromInline
  mutating func growEntries() {
    entryCapacity *= 2
    unsafe entries = Self.room(for: entryCapacity, after: entries)
  }

  @usableFromInline
  mutating func place(_ entry: Int, hash: UInt64) {
    var place = Int(truncatingIfNeeded: hash) & mask
    while unsafe slots[place] != 0 { place = (place + 1) & mask }
    unsafe slots[place] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(entry + 1)
  }

  /// Makes the index anew from the entries in use.
  @usableFromInline
  mutating func rebuild(slotCount: Int) {
    unsafe slots.deallocate()
    mask = slotCount - 1
    unsafe slots = .allocate(capacity: slotCount)
    unsafe slots.initialize(repeating: 0, count: slotCount)
    for entry in 0..<entryCount where unsafe !entries[entry].state.contains(.free) {
      place(entry, hash: unsafe entries[entry].key.hash(seed: FlowPacket.seed))
    }
  }

  /// Counts the flow that a quoted packet is of, unless it has ended, as refused or unreachable in the window in which that was said.
  public mutating func addQuoted(_ quoted: FlowPacket, window: Int64) {
    let isRefused = quoted.kind == .quotedAsRefused
    guard let entry = find(quoted) else { return }
    let idle = quoted.key.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
    guard unsafe quoted.timeNanoseconds - entries[entry].lastNanoseconds <= idle,
      let failure = unsafe entries[entry].failure(refused: isRefused)
    else { return }
    unsafe entries[entry].state.insert(failure)
    if unsafe entries[entry].window == window {
      unsafe entries[entry].events.insert(isRefused ? .refused : .unreachable)
    } else {
      unsafe entries[entry].state.insert(.alternating)
      windows.putAway(unsafe entries[entry].failedPart(window: window, at: quoted.timeNanoseconds, refused: isRefused))
    }
  }

  @inlinable @inline(__always)
  mutating func putAwayPart(of entry: Int) {
    if unsafe entries[entry].window != Flow.noWindow { windows.putAway(unsafe entries[entry]) }
  }
}
