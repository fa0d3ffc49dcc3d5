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
  @usableFromInline var hashes: [UInt64]
  @usableFromInline let seed: UInt64
  /// What the windows hold that have not closed.
  @usableFromInline var windows = OpenWindows()

  /// After how much silence a TCP flow ends.
  public let idleTCPNanoseconds: Int64
  /// After how much silence any other flow ends.
  public let idleOtherNanoseconds: Int64
  /// How many flows are open.
  public var count: Int { entryCount - freeCount }
  /// How many flows and parts of flows are kept at most; beyond it flows are forgotten early.
  public let countMax: Int
  /// Since when traffic was observed without a break: what began soon after it may have begun before.
  public var observedSinceNanoseconds: Int64 = 1 << 62
  /// What was given up to keep within `countMax`.
  public internal(set) var evictions = Evictions()
  /// When flows are looked through next for those that have ended.
  var nextSweepNanoseconds = Int64.min
  /// The entry at which the search for something to forget goes on.
  var evictionHand = 0

  /// An empty table. The hash is seeded at random, so that no traffic can be made to collide; nothing that is written depends on it.
  public init(idleTCPNanoseconds: Int64, idleOtherNanoseconds: Int64, batchCount: Int, countMax: Int) {
    self.countMax = countMax
    self.idleTCPNanoseconds = idleTCPNanoseconds
    self.idleOtherNanoseconds = idleOtherNanoseconds
    hashes = [UInt64](repeating: 0, count: batchCount)
    seed = UInt64.random(in: .min ... .max)
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

  /// Whether the sender is end A.
  @inlinable @inline(__always)
  static func isFromA(_ packet: PacketSummary) -> Bool {
    if packet.sourceHigh != packet.destinationHigh { return packet.sourceHigh < packet.destinationHigh }
    if packet.sourceLow != packet.destinationLow { return packet.sourceLow < packet.destinationLow }
    return packet.sourcePort <= packet.destinationPort
  }

  /// The hash of the key: multiply and fold, the same for both directions.
  @inlinable @inline(__always)
  func hash(_ packet: PacketSummary) -> UInt64 {
    let fromA = Self.isFromA(packet)
    let a =
      fromA
      ? (packet.sourceHigh, packet.sourceLow, packet.sourcePort) : (packet.destinationHigh, packet.destinationLow, packet.destinationPort)
    let b =
      fromA
      ? (packet.destinationHigh, packet.destinationLow, packet.destinationPort) : (packet.sourceHigh, packet.sourceLow, packet.sourcePort)
    return hash(a, b, packet.proto, packet.isIPv6, packet.network)
  }

  @inlinable @inline(__always)
  func hash(_ a: (UInt64, UInt64, UInt16), _ b: (UInt64, UInt64, UInt16), _ proto: UInt8, _ isIPv6: Bool, _ network: UInt64) -> UInt64 {
    let ports = (UInt64(a.2) << 32 | UInt64(b.2) << 16 | UInt64(proto) << 1 | (isIPv6 ? 1 : 0)) ^ network &* 0x9E37_79B9_7F4A_7C15
    func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
      let (high, low) = x.multipliedFullWidth(by: y)
      return high ^ low
    }
    let first = fold(a.1 ^ seed, b.1 ^ 0x9E37_79B9_7F4A_7C15)
    let second = fold(a.0 ^ 0xBF58_476D_1CE4_E5B9, b.0 ^ seed ^ 0x94D0_49BB_1331_11EB)
    return fold(first ^ ports, second ^ 0xD6E8_FEB8_6659_FD93)
  }

  /// Computes the hashes of a batch and brings its slots and entries near: memory is waited for once a batch, not once a packet.
  @inlinable @inline(__always)
  public mutating func prepare(_ batch: Span<PacketSummary>, from start: Int, count: Int) {
    if hashes.count < count { hashes = [UInt64](repeating: 0, count: count) }
    for place in 0..<count {
      let value = hash(batch[start + place])
      hashes[place] = value
      unsafe prefetch_line(slots + Int(truncatingIfNeeded: value) & mask)
    }
    for place in 0..<count {
      let slot = unsafe slots[Int(truncatingIfNeeded: hashes[place]) & mask]
      if slot != 0 {
        let entry = unsafe entries + Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1
        unsafe prefetch_line(entry)
        unsafe prefetch_line(UnsafeRawPointer(entry) + 64)
        unsafe prefetch_line(UnsafeRawPointer(entry) + 128)
      }
    }
  }

  @inlinable @inline(__always)
  func matches(_ entry: Int, _ packet: PacketSummary, fromA: Bool) -> Bool {
    let flow = unsafe entries + entry
    guard unsafe flow.pointee.proto == packet.proto, unsafe flow.pointee.isIPv6 == packet.isIPv6,
      unsafe flow.pointee.network == packet.network
    else { return false }
    if fromA {
      return unsafe flow.pointee.aLow == packet.sourceLow && flow.pointee.bLow == packet.destinationLow
        && flow.pointee.aPort == packet.sourcePort
        && flow.pointee.bPort == packet.destinationPort && flow.pointee.aHigh == packet.sourceHigh
        && flow.pointee.bHigh == packet.destinationHigh
    }
    return unsafe flow.pointee.bLow == packet.sourceLow && flow.pointee.aLow == packet.destinationLow
      && flow.pointee.bPort == packet.sourcePort
      && flow.pointee.aPort == packet.destinationPort && flow.pointee.bHigh == packet.sourceHigh
      && flow.pointee.aHigh == packet.destinationHigh
  }

  /// The entry of a packet's flow; nil if there is none.
  @inlinable @inline(__always)
  func find(_ packet: PacketSummary, fromA: Bool, hash: UInt64) -> Int? {
    let tag = hash & 0xFFFF_FFFF_0000_0000
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = unsafe slots[place]
      if slot == 0 { return nil }
      if slot & 0xFFFF_FFFF_0000_0000 == tag {
        let entry = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1
        if matches(entry, packet, fromA: fromA) { return entry }
      }
      place = (place + 1) & mask
    }
  }

  // MARK: packets

  /// Takes the packet at a place of the prepared batch into its flow, opening one where there is none; false where there was no room for it.
  @inlinable @inline(__always)
  public mutating func add(_ packet: PacketSummary, place: Int, window: Int64, slot: UInt64) -> Bool {
    let fromA = Self.isFromA(packet)
    let entry: Int
    if let known = find(packet, fromA: fromA, hash: hashes[place]) {
      entry = known
      let idle = packet.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      if unsafe entries[entry].isSucceeded(by: packet, fromA: fromA, idleNanoseconds: idle) {
        succeed(entry, packet, fromA: fromA, window: window)
      } else if unsafe entries[entry].window != window {
        move(entry, to: window, at: packet.timeNanoseconds)
      }
    } else {
      guard let fresh = insert(packet, fromA: fromA, hash: hashes[place], window: window) else { return false }
      entry = fresh
      move(entry, to: window, at: packet.timeNanoseconds)
    }
    unsafe entries[entry].absorb(packet, fromA: fromA, slot: slot)
    return true
  }

  /// Whether the beginning of a flow whose first packet came at this time was seen, and not only its first packet.
  @usableFromInline
  func isBeginningSeen(at timeNanoseconds: Int64) -> Bool { timeNanoseconds - observedSinceNanoseconds >= idleOtherNanoseconds }

  /// A new flow takes over the entry of one with the same key.
  @inlinable @inline(never)
  mutating func succeed(_ entry: Int, _ packet: PacketSummary, fromA: Bool, window: Int64) {
    putAwayPart(of: entry)
    unsafe entries[entry].begin(packet, fromA: fromA, isBeginningSeen: isBeginningSeen(at: packet.timeNanoseconds), window: window)
    move(entry, to: window, at: packet.timeNanoseconds)
  }

  /// Begins the flow's part in a window, and keeps a copy of that in the window it leaves.
  @inlinable @inline(__always)
  mutating func move(_ entry: Int, to window: Int64, at timeNanoseconds: Int64) {
    putAwayPart(of: entry)
    unsafe entries[entry].enter(window: window, at: timeNanoseconds)
    windows.note(entry, in: window)
  }

  @inlinable @inline(never)
  mutating func insert(_ packet: PacketSummary, fromA: Bool, hash: UInt64, window: Int64) -> Int? {
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
    unsafe entries[entry].setKey(packet, fromA: fromA, entry: UInt32(entry))
    unsafe entries[entry].begin(packet, fromA: fromA, isBeginningSeen: isBeginningSeen(at: packet.timeNanoseconds), window: window)
    place(entry, hash: hash)
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
      let key = unsafe entries[entry].keyForHash
      place(entry, hash: hash(key.a, key.b, key.proto, key.isIPv6, key.network))
    }
  }

  /// Counts the flow that a quoted packet is of, unless it has ended, as refused or unreachable in the window in which that was said.
  public mutating func addQuoted(_ quoted: PacketSummary, window: Int64) {
    let fromA = Self.isFromA(quoted)
    let isRefused = quoted.kind == .quotedAsRefused
    guard let entry = find(quoted, fromA: fromA, hash: hash(quoted)) else { return }
    let idle = quoted.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
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
