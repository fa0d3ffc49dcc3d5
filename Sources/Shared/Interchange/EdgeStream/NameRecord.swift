/// The names that the captures give to an address (pcapng name resolution blocks): what whoever captured believed, and so hostile.
public struct NameRecord: Sendable, Equatable {
  /// How many names a record holds at most.
  public static let nameCountMax = 16

  /// The address.
  public var address: IPAddress
  /// Its names by UTF-8 bytes: all, or the first 16.
  public var names: [String]
  /// How many more names there were than `names` holds.
  public var namesMore: UInt64

  /// The names of an address, in any order: the first 16 by UTF-8 bytes are kept, `namesMore` counts the others too.
  public init(address: IPAddress, names: [String], namesMore: UInt64 = 0) {
    self.address = address
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.names = Array(sorted.prefix(Self.nameCountMax))
    self.namesMore = namesMore + UInt64(sorted.count - self.names.count)
  }
}
