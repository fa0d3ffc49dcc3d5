/// The overlay networks that addresses belong to, each as one number: its kind in the upper half, its identifier in the lower; 0 is none.
public enum Overlay {
  /// VXLAN and GENEVE network identifiers, and the tenants of NVGRE.
  public static let vni: UInt64 = 1
  /// GRE keys.
  public static let gre: UInt64 = 2
  /// VLANs, where they are asked for.
  public static let vlan: UInt64 = 3

  /// The name in documents, such as `vni:4096`.
  public static func name(_ network: UInt64) -> String {
    switch network >> 32 {
    case vni: "vni:\(network & 0xFFFF_FFFF)"
    case gre: "gre:\(network & 0xFFFF_FFFF)"
    case vlan: "vlan:\(network & 0xFFFF_FFFF)"
    default: ""
    }
  }

  /// Whether one network stands before another: none first, then by the bytes of their names.
  public static func isBefore(_ a: UInt64, _ b: UInt64) -> Bool { name(a).utf8.lexicographicallyPrecedes(name(b).utf8) }
}
