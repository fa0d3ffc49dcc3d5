import Packets

extension FlowKey: Comparable {
  /// By network (none first, then by name), IPv4 before IPv6, the ends' addresses, the protocol and the ports.
  public static func < (a: FlowKey, b: FlowKey) -> Bool {
    if a.network != b.network { return Overlay.isBefore(a.network, b.network) }
    if a.isIPv6 != b.isIPv6 { return b.isIPv6 }
    if a.aHigh != b.aHigh { return a.aHigh < b.aHigh }
    if a.aLow != b.aLow { return a.aLow < b.aLow }
    if a.bHigh != b.bHigh { return a.bHigh < b.bHigh }
    if a.bLow != b.bLow { return a.bLow < b.bLow }
    if a.proto != b.proto { return a.proto < b.proto }
    return a.aPort != b.aPort ? a.aPort < b.aPort : a.bPort < b.bPort
  }
}
