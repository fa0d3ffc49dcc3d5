import Packets

extension Flow {
  /// Begins the flow anew under the same key with the packet that opens it; its part in a window must have been put away.
  ///
  /// `isBeginningSeen` says that traffic was observed for long enough before it, so that the sender of this packet opened it, if the other
  /// end is heard too: where only replies are seen, they are all there is.
  @inlinable
  mutating func begin(_ packet: FlowPacket, isBeginningSeen: Bool, window number: Int64) {
    startNanoseconds = packet.timeNanoseconds
    lastNanoseconds = packet.timeNanoseconds
    handshakeNanoseconds = Self.noTime
    source = packet.source
    state = packet.isFromA ? [] : .firstFromB
    generation &+= 1
    basis = 0
    events = .began
    window = Self.noWindow
    if packet.key.proto == 6 {
      switch packet.tcpFlags & (TCPFlags.syn | TCPFlags.ack) {
      case TCPFlags.syn: break
      case TCPFlags.syn | TCPFlags.ack: direct(clientIsA: !packet.isFromA, basis: FlowBasis.handshake, window: number)
      default: events.insert(.midstream)
      }
    } else {
      if isBeginningSeen { state.insert(.beginningSeen) }
      if packet.key.proto == 1 || packet.key.proto == 58, isEcho(packet) { directByEcho(packet, window: number) }
    }
  }

  @usableFromInline
  func isEcho(_ packet: FlowPacket) -> Bool {
    packet.key.proto == 1 ? packet.icmpType == 8 || packet.icmpType == 0 : packet.icmpType == 128 || packet.icmpType == 129
  }

  /// An echo request says who asked, and a reply who was asked (RFC 792, RFC 4443 §4).
  @usableFromInline
  mutating func directByEcho(_ packet: FlowPacket, window number: Int64) {
    let isRequest = packet.icmpType == 8 || packet.icmpType == 128
    direct(clientIsA: packet.isFromA == isRequest, basis: FlowBasis.message, window: number)
  }

  /// Decides direction for good from a window on, unless that window or an earlier one has.
  @inlinable
  public mutating func direct(clientIsA: Bool, basis: UInt8, window number: Int64) {
    guard !state.contains(.directed) || number < directedWindow else { return }
    state.remove(.clientIsB)
    state.insert(clientIsA ? .directed : [.directed, .clientIsB])
    self.basis = basis
    directedWindow = number
  }

  /// Whether direction was decided for good by what this window or an earlier one showed.
  @inlinable
  public func isDirected(in number: Int64) -> Bool { state.contains(.directed) && directedWindow <= number }

  /// Whether this packet is the first of a new flow under the same key: after silence, or a SYN that does not belong to this one.
  @inlinable @inline(__always)
  func isSucceeded(by packet: FlowPacket, idleNanoseconds: Int64) -> Bool {
    if packet.timeNanoseconds - lastNanoseconds > idleNanoseconds { return true }
    guard packet.tcpFlags & (TCPFlags.syn | TCPFlags.ack) == TCPFlags.syn else { return false }
    return isSucceeded(bySYN: packet)
  }

  @usableFromInline
  func isSucceeded(bySYN packet: FlowPacket) -> Bool {
    if state.contains(.ended) { return true }
    if state.contains(.seenSYN) { return packet.sequence != initialSequence }
    // A SYN-ACK seen before its SYN: taps reorder.
    return !(state.contains(.seenSYNACK) && state.contains(.synAckFromB) == packet.isFromA)
  }

  /// Begins the flow's part in a window; the part before must have been put away.
  @inlinable @inline(__always)
  mutating func enter(window number: Int64, at timeNanoseconds: Int64) {
    if window != Self.noWindow {
      if number < window { state.insert(.alternating) }
      events = []
    }
    window = number
    bytesFromA = 0
    bytesFromB = 0
    packetsFromA = 0
    packetsFromB = 0
    firstInWindowNanoseconds = timeNanoseconds
    lastInWindowNanoseconds = timeNanoseconds
    slots = 0
  }

  /// Takes a packet into the flow and its part of the window.
  @inlinable @inline(__always)
  mutating func absorb(_ packet: FlowPacket, slot: UInt64) {
    let time = packet.timeNanoseconds
    lastNanoseconds = max(lastNanoseconds, time)
    firstInWindowNanoseconds = min(firstInWindowNanoseconds, time)
    lastInWindowNanoseconds = max(lastInWindowNanoseconds, time)
    slots |= slot
    if packet.isFromA {
      bytesFromA &+= UInt64(packet.ipByteCount)
      packetsFromA &+= 1
    } else {
      bytesFromB &+= UInt64(packet.ipByteCount)
      packetsFromB &+= 1
    }
    // Everything below happens a few times in a flow's life.
    let sides: State = packet.isFromA ? .seenA : .seenB
    let isSettled = state.contains([.seenA, .seenB, .answered]) && packet.icmpType == 255
    if !isSettled || packet.tcpFlags & (TCPFlags.syn | TCPFlags.fin | TCPFlags.rst) != 0 { turn(packet, sides) }
  }

  /// What a packet changes in the flow's life: who was heard, handshake, end.
  @inlinable
  mutating func turn(_ packet: FlowPacket, _ side: State) {
    let isReset = packet.tcpFlags & TCPFlags.rst != 0
    let other: State = packet.isFromA ? .seenB : .seenA
    if packet.key.proto == 1 || packet.key.proto == 58, isEcho(packet) { directByEcho(packet, window: window) }
    if isReset {
      if state.contains(other), !state.contains(.answered), state.contains(.seenSYN), state.contains(.synFromB) == packet.isFromA {
        if !state.contains(.refused) { (state, events) = (state.union(.refused), events.union(.refused)) }
      } else if state.contains(.answered), !state.contains(.reset) {
        (state, events) = (state.union(.reset), events.union(.reset))
      }
      state.insert(.ended)
    } else {
      if state.contains(other), !state.contains(.answered) {
        state.insert(.answered)
        events.insert(.answered)
        if state.contains(.beginningSeen) { direct(clientIsA: !state.contains(.firstFromB), basis: FlowBasis.opened, window: window) }
      }
      // A RST alone is no answer, so its sender has not been heard.
      state.insert(side)
    }
    guard packet.key.proto == 6 else { return }
    switch packet.tcpFlags & (TCPFlags.syn | TCPFlags.ack) {
    case TCPFlags.syn:
      direct(clientIsA: packet.isFromA, basis: FlowBasis.handshake, window: window)
      if state.contains(.seenSYN) {
        // Sent again: which of the two is answered cannot be known (Karn and Partridge, SIGCOMM 1987).
        if !state.contains(.seenSYNACK) { handshakeNanoseconds = Self.noTime }
      } else {
        state.insert(packet.isFromA ? .seenSYN : [.seenSYN, .synFromB])
        initialSequence = packet.sequence
        // Behind its answer, which a tap reordered, it is no start of a round trip.
        if !state.contains(.seenSYNACK) { handshakeNanoseconds = packet.timeNanoseconds }
      }
    case TCPFlags.syn | TCPFlags.ack:
      direct(clientIsA: !packet.isFromA, basis: FlowBasis.handshake, window: window)
      if !state.contains(.seenSYNACK) {
        state.insert(packet.isFromA ? .seenSYNACK : [.seenSYNACK, .synAckFromB])
        // Who the client is may have been decided otherwise by an earlier window: what counts here is who sent the SYN.
        if handshakeNanoseconds != Self.noTime, state.contains(.synFromB) == packet.isFromA, packet.timeNanoseconds >= handshakeNanoseconds
        {
          handshakeNanoseconds = packet.timeNanoseconds - handshakeNanoseconds
          events.insert(.handshake)
        }
      }
    default: break
    }
    if packet.tcpFlags & TCPFlags.fin != 0 {
      state.insert(packet.isFromA ? .finA : .finB)
      if state.contains([.finA, .finB]) { state.insert(.ended) }
    }
  }

  /// Adds another part of the same flow in the same window.
  mutating func merge(_ other: Flow) {
    // The time of an ICMP error counts only where there is no packet.
    if isWithoutPackets == other.isWithoutPackets {
      firstInWindowNanoseconds = min(firstInWindowNanoseconds, other.firstInWindowNanoseconds)
      lastInWindowNanoseconds = max(lastInWindowNanoseconds, other.lastInWindowNanoseconds)
    } else if isWithoutPackets {
      (firstInWindowNanoseconds, lastInWindowNanoseconds) = (other.firstInWindowNanoseconds, other.lastInWindowNanoseconds)
    }
    bytesFromA &+= other.bytesFromA
    bytesFromB &+= other.bytesFromB
    packetsFromA &+= other.packetsFromA
    packetsFromB &+= other.packetsFromB
    slots |= other.slots
    if other.events.contains(.handshake) { handshakeNanoseconds = other.handshakeNanoseconds }
    events.formUnion(other.events)
    takeDirection(of: other)
    state.insert(.alternating)
  }
}
