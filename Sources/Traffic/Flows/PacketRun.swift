import Packets

/// Packets of one flow that came one after the other, added up: what a flow's table takes in at once where traffic was read in pieces.
public struct PacketRun: Sendable {
  /// The packet that begins the run, or its only one.
  public var first: FlowPacket
  /// Latest time of a packet.
  public var lastNanoseconds: Int64
  /// IP bytes that A sent.
  public var bytesFromA: UInt64 = 0
  /// IP bytes that B sent.
  public var bytesFromB: UInt64 = 0
  /// Packets that A sent.
  public var packetsFromA: UInt64 = 0
  /// Packets that B sent.
  public var packetsFromB: UInt64 = 0
  /// One bit for each slot of the window in which there was a packet.
  public var slots: UInt64

  /// A run of nothing yet, which this packet begins.
  public init(_ first: FlowPacket, slots: UInt64) {
    (self.first, self.slots) = (first, slots)
    lastNanoseconds = first.timeNanoseconds
  }

  /// Adds packets of one side.
  public mutating func add(packets: UInt64, bytes: UInt64, fromA: Bool) {
    if fromA {
      (packetsFromA, bytesFromA) = (packetsFromA &+ packets, bytesFromA &+ bytes)
    } else {
      (packetsFromB, bytesFromB) = (packetsFromB &+ packets, bytesFromB &+ bytes)
    }
  }
}

extension Flow {
  /// Takes a run into the flow and its part of the window: its first packet turns the flow, the others are sums.
  mutating func absorb(_ run: PacketRun) {
    lastNanoseconds = max(lastNanoseconds, run.lastNanoseconds)
    firstInWindowNanoseconds = min(firstInWindowNanoseconds, run.first.timeNanoseconds)
    lastInWindowNanoseconds = max(lastInWindowNanoseconds, run.lastNanoseconds)
    slots |= run.slots
    bytesFromA &+= run.bytesFromA
    bytesFromB &+= run.bytesFromB
    packetsFromA &+= run.packetsFromA
    packetsFromB &+= run.packetsFromB
    turn(run.first, run.first.isFromA ? .seenA : .seenB)
  }
}

/// Runs instead of packets: the same rules, one look-up for many packets.
///
/// Unsafe as `FlowTable` is, within the same bounds.
extension FlowTable {
  /// What became of a run.
  public enum Reception: Sendable {
    /// It is in its flow.
    case taken
    /// It is in a new flow that it begins in place of another of the same key.
    case takenByAnotherFlow
    /// There was no room for its flow.
    case refused
  }

  /// Takes a run into its flow, opening one where there is none.
  public mutating func add(_ run: PacketRun, window: Int64) -> Reception {
    let entry: Int
    var reception = Reception.taken
    if let known = find(run.first) {
      let idle = run.first.key.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      if unsafe entries[known].isSucceeded(by: run.first, idleNanoseconds: idle) {
        guard let successor = succeed(known, run.first, window: window) else { return .refused }
        reception = .takenByAnotherFlow
        entry = successor
      } else {
        entry = known
        if unsafe entries[entry].window != window { move(entry, to: window, at: run.first.timeNanoseconds) }
      }
    } else {
      guard let fresh = insert(run.first, window: window) else { return .refused }
      entry = fresh
      move(entry, to: window, at: run.first.timeNanoseconds)
    }
    unsafe entries[entry].absorb(run)
    return reception
  }

  /// Notes that a run which was taken before brings its first packet from the other side now.
  public mutating func hear(_ packet: FlowPacket, window: Int64) {
    guard let entry = find(packet) else { return }
    let side: Flow.State = packet.isFromA ? .seenA : .seenB
    guard unsafe !entries[entry].state.contains([side, .answered]) else { return }
    if unsafe entries[entry].window != window { move(entry, to: window, at: packet.timeNanoseconds) }
    unsafe entries[entry].turn(packet, side)
  }

  /// Counts a run for which there was no room.
  public mutating func giveUp(_ run: PacketRun) {
    evictions.add(
      source: run.first.source, packets: run.packetsFromA &+ run.packetsFromB, bytes: run.bytesFromA &+ run.bytesFromB)
  }
}
