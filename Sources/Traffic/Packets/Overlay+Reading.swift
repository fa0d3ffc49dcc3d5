extension Overlay {
  /// The number of a network's name in documents; nil for what is no name of a network.
  public static func number(_ name: String) -> UInt64? {
    guard let colon = name.firstIndex(of: ":"), let identifier = UInt32(name[name.index(after: colon)...]) else { return nil }
    return (1...15).lazy.map { $0 << 32 | UInt64(identifier) }.first { Self.name($0) == name }
  }
}
