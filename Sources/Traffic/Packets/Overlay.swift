/// Ids of the networks that packets run in, and their names: 0 is none, else the kind in the upper and the number in the lower 32 bits.
public enum Overlay {
  /// Virtual network identifiers of VXLAN (RFC 7348), GENEVE (RFC 8926) and NVGRE (RFC 7637).
  public static let vni: UInt64 = 1
  /// Keys of GRE (RFC 2890).
  public static let gre: UInt64 = 2
  /// VLAN ids of 802.1Q.
  public static let vlan: UInt64 = 3
  /// Routing instances of exporters.
  public static let vrf: UInt64 = 4

  /// The id of a network.
  @inlinable
  public static func network(_ kind: UInt64, _ number: UInt32) -> UInt64 { kind << 32 | UInt64(number) }

  /// The name of a network, like `vni:4096`; empty for none.
  public static func name(_ network: UInt64) -> String { network == 0 ? "" : "\(prefix(network >> 32)):\(network & 0xFFFF_FFFF)" }

  /// Whether the name of one network stands before that of another, byte by byte; none stands before all.
  public static func isBefore(_ left: UInt64, _ right: UInt64) -> Bool {
    guard left != right, left != 0, right != 0 else { return left < right }
    guard left >> 32 == right >> 32 else { return prefix(left >> 32) < prefix(right >> 32) }
    // Decimal numbers by their digits from the first on: the shorter is filled up with zeros, and where nothing differs stands first.
    let (a, b) = (left & 0xFFFF_FFFF, right & 0xFFFF_FFFF)
    let (scaleA, scaleB) = (scale(a), scale(b))
    let (filledA, filledB) = (a * (10_000_000_000 / scaleA), b * (10_000_000_000 / scaleB))
    return filledA != filledB ? filledA < filledB : scaleA < scaleB
  }

  private static func prefix(_ kind: UInt64) -> String {
    switch kind {
    case vni: "vni"
    case gre: "gre"
    case vlan: "vlan"
    case vrf: "vrf"
    default: "network\(kind)"
    }
  }

  /// The power of ten with as many zeros as the number has digits.
  private static func scale(_ number: UInt64) -> UInt64 {
    var scale: UInt64 = 10
    while number >= scale { scale *= 10 }
    return scale
  }
}
