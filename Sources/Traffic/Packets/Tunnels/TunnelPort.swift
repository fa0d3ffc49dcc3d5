/// The tunnels that run over UDP, told by their port (IANA service names and port numbers).
@usableFromInline
enum TunnelPort: UInt16, CaseIterable {
  case l2tp = 1701
  case gtpUser = 2152
  case teredo = 3544
  case lisp = 4341
  case greInUDP = 4754
  case vxlan = 4789
  case vxlanGPE = 4790
  case ayiya = 5072
  case capwapData = 5247
  case geneve = 6081
  case mplsInUDP = 6635
  /// VXLAN as Linux had it before the port was assigned.
  case vxlanLinux = 8472
  case tzsp = 37008

  /// Whether the port also stands on the sender's side: where the answers come from it to a port of the other's choice.
  var isSymmetric: Bool {
    switch self {
    case .l2tp, .gtpUser, .teredo, .ayiya, .capwapData, .tzsp: true
    case .lisp, .greInUDP, .vxlan, .vxlanGPE, .geneve, .mplsInUDP, .vxlanLinux: false
    }
  }

  /// The tunnel of a UDP packet, by the receiver's port, else the sender's.
  init?(source: UInt16, destination: UInt16) {
    if let tunnel = TunnelPort(rawValue: destination) {
      self = tunnel
    } else if let tunnel = TunnelPort(rawValue: source), tunnel.isSymmetric {
      self = tunnel
    } else {
      return nil
    }
  }

  /// A bit for each port's number divided by four, modulo 64: almost all other packets are told by two shifts. In this division the ports
  /// of DNS, HTTPS, NTP, SNMP and IKE behind NAT meet none of them.
  @usableFromInline static let bits: UInt64 = 0x2451_2210_8400_0040

  @inlinable @inline(__always)
  static func mayBeAmong(source: UInt16, destination: UInt16) -> Bool {
    (bits >> UInt64(source >> 2 & 63) | bits >> UInt64(destination >> 2 & 63)) & 1 != 0
  }
}
