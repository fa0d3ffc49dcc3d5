import Packets

/// What the table needs of a flow's entry.
extension Flow {
  @inlinable
  mutating func setKey(_ packet: PacketSummary, fromA: Bool, entry number: UInt32) {
    (aHigh, aLow, aPort) =
      fromA ? (packet.sourceHigh, packet.sourceLow, packet.sourcePort) : (packet.destinationHigh, packet.destinationLow, packet.destinationPort)
    (bHigh, bLow, bPort) =
      fromA ? (packet.destinationHigh, packet.destinationLow, packet.destinationPort) : (packet.sourceHigh, packet.sourceLow, packet.sourcePort)
    proto = packet.proto
    isIPv6 = packet.isIPv6
    network = 0
    entry = number
  }

  @usableFromInline
  var keyForHash: (a: (UInt64, UInt64, UInt16), b: (UInt64, UInt64, UInt16), proto: UInt8, isIPv6: Bool) {
    ((aHigh, aLow, aPort), (bHigh, bLow, bPort), proto, isIPv6)
  }

  /// Ends the flow's part in a window whose edges have been written.
  mutating func leaveWindow() {
    window = Self.noWindow
    events = []
  }

  /// Gives the entry back.
  mutating func release() { state = .free }

  /// An ICMP error spoke of this flow.
  mutating func fail(refused: Bool) {
    if refused {
      if !state.contains(.refused) { (state, events) = (state.union(.refused), events.union(.refused)) }
    } else if !state.contains(.unreachable) {
      (state, events) = (state.union(.unreachable), events.union(.unreachable))
    }
  }
}
