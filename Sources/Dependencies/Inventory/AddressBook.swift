import Interchange

/// Which machine an address was, and when.
///
/// An address stated for a network is meant there only; one without stands for every network in which no other claims it.
public struct AddressBook: Sendable {
  /// A stretch of time in which one machine, or none that is known, had an address.
  public struct Stretch: Sendable, Equatable {
    /// The first moment.
    public var from: Timestamp
    /// The name of the machine; nil where nobody is known to have had it.
    public var node: String?

    /// A stretch from that moment on.
    public init(from: Timestamp, node: String?) {
      self.from = from
      self.node = node
    }
  }

  private struct Key: Hashable {
    var address: IPAddress
    var network: String?
  }

  private struct Claim {
    var from: Int64
    var until: Int64
    var node: String
    var path: String
  }

  private var claims: [Key: [Claim]] = [:]

  /// The addresses of an inventory; throws where two machines claim one at the same time, naming both.
  public init(_ inventory: Inventory) throws(DocumentError) {
    for (place, node) in inventory.nodes.enumerated() {
      for (entry, address) in node.addresses.enumerated() {
        let claim = Claim(
          from: address.from?.nanoseconds ?? .min, until: address.until?.nanoseconds ?? .max, node: node.name,
          path: "nodes[\(place)].addresses[\(entry)]")
        let key = Key(address: address.address, network: address.network)
        for other in claims[key, default: []] where other.node != claim.node && other.from < claim.until && claim.from < other.until {
          let when = Timestamp(nanoseconds: max(other.from, claim.from))
          throw DocumentError(
            at: .path(claim.path),
            found:
              "\(address.address) claimed by «\(claim.node)»\(when.nanoseconds == .min ? "" : " from \(when) on") while «\(other.node)» has it (\(other.path))",
            expected: "one machine at a time")
        }
        claims[key, default: []].append(claim)
      }
    }
    for key in claims.keys { claims[key]?.sort { $0.from < $1.from } }
  }

  /// The machine that had an address at a moment; nil where none is known.
  public func node(of address: IPAddress, network: String? = nil, at time: Timestamp) -> String? {
    func claimant(_ network: String?) -> String? {
      claims[Key(address: address, network: network)]?.first { $0.from <= time.nanoseconds && time.nanoseconds < $0.until }?.node
    }
    if let network, let node = claimant(network) { return node }
    return claimant(nil)
  }

  /// Who had an address from a moment through another, in order; at least one stretch, and neighbours differ.
  public func stretches(of address: IPAddress, network: String? = nil, from first: Timestamp, through last: Timestamp) -> [Stretch] {
    var moments: Set<Int64> = [first.nanoseconds]
    for key in [Key(address: address, network: nil), Key(address: address, network: network)] {
      for claim in claims[key] ?? [] {
        for moment in [claim.from, claim.until] where moment > first.nanoseconds && moment <= last.nanoseconds { moments.insert(moment) }
      }
    }
    var result: [Stretch] = []
    for moment in moments.sorted().map(Timestamp.init(nanoseconds:)) {
      let owner = node(of: address, network: network, at: moment)
      if result.isEmpty || result.last?.node != owner { result.append(Stretch(from: moment, node: owner)) }
    }
    return result
  }
}
