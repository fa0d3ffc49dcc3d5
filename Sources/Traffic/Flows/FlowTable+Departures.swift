/// Which flow something is of, among all that an entry holds one after the other.
public struct FlowLifetime: Hashable, Sendable {
  private var entry: UInt32
  private var generation: UInt16
  // A generation comes back after 65,536 flows of one entry.
  private var startNanoseconds: Int64

  /// The flow of a part.
  public init(_ part: Flow) { (entry, generation, startNanoseconds) = (part.entry, part.generation, part.startNanoseconds) }
}

/// A flow that the table holds no more, and why.
public struct FlowDeparture: Sendable {
  /// Why a flow left.
  public enum Reason: Sendable {
    /// It was silent for its idle time.
    case silent
    /// A SYN began another flow between the same ends.
    case succeeded
    /// It was forgotten to keep within a limit of memory; what it held is in windows that have closed.
    case forgotten
    /// Its one packet was given up with it.
    case givenUp
    /// The input ended.
    case inputEnded
  }

  /// Which flow.
  public var flow: FlowLifetime
  /// Why.
  public var reason: Reason
  /// What was known of its life in the end.
  public var state: Flow.State
  /// No part of it is in a later window than this.
  public var lastWindow: Int64
}

/// Which flows have left, for whoever adds up whole flows.
///
/// Unsafe as `FlowTable` is, within the same bounds.
extension FlowTable {
  /// The flow that a packet counts in; nil where there was no room for it.
  public func lifetime(of packet: FlowPacket) -> FlowLifetime? { find(packet).map { unsafe FlowLifetime(entries[$0]) } }

  /// How many departures are noted and not taken.
  public var departureCount: Int { departures.count }

  /// What was noted since the last call.
  public mutating func takeDepartures() -> [FlowDeparture] {
    defer { departures = [] }
    return departures
  }

  /// Notes that all flows leave that are still there, the last packet of all having come at `newest`.
  public mutating func noteEnd(newest: Int64) {
    for entry in 0..<entryCount where unsafe !entries[entry].state.contains(.free) {
      let idle = unsafe entries[entry].key.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds
      noteDeparture(of: entry, unsafe newest - entries[entry].lastNanoseconds > idle ? .silent : .inputEnded)
    }
  }

  @usableFromInline
  mutating func noteDeparture(of entry: Int, _ reason: FlowDeparture.Reason) {
    let flow = unsafe entries[entry]
    // Parts of an alternating flow may lie in any window that is open.
    let last = flow.state.contains(.alternating) ? max(flow.window, windows.list.last?.number ?? Flow.noWindow) : flow.window
    departures.append(FlowDeparture(flow: FlowLifetime(flow), reason: reason, state: flow.state, lastWindow: last))
  }
}
