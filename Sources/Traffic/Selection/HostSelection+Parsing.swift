import Interchange

extension HostSelection {
  /// Reads addresses and networks with commas between them: `10.0.0.0/8,192.168.1.5,2001:db8::/32`.
  ///
  /// Throws which entry cannot be used, what it is and what was expected; `name` is the option that the list stands behind.
  public init(list: String, name: String = "--hosts") throws(DocumentError) {
    var networks: [(first: IPAddress, last: IPAddress)] = []
    for (place, entry) in list.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      networks.append(try Self.network(Self.trimmed(entry), name: name, at: .path("entry \(place + 1)")))
    }
    self.init(networks)
  }

  /// Reads a file of addresses and networks, one a line; `#` begins a comment, empty lines mean nothing.
  ///
  /// Throws which line cannot be used, what it holds and what was expected; a file that names nothing is refused.
  public init(lines bytes: [UInt8], name: String) throws(DocumentError) {
    var networks: [(first: IPAddress, last: IPAddress)] = []
    var number = 0
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let entry = Self.trimmed(String(decoding: line.prefix { $0 != 0x23 }, as: UTF8.self))
      if !entry.isEmpty { networks.append(try Self.network(entry, name: name, at: .line(number))) }
    }
    guard !networks.isEmpty else {
      throw DocumentError(
        document: name, at: .line(number), found: "no address in the whole file", expected: "one address or network a line")
    }
    self.init(networks)
  }

  /// The first and the last address of `10.0.0.0/8` or of a single address.
  private static func network(
    _ entry: Substring, name: String, at position: DocumentError.Position
  ) throws(DocumentError) -> (first: IPAddress, last: IPAddress) {
    func refusal(_ expected: String) -> DocumentError {
      DocumentError(document: name, at: position, found: entry.isEmpty ? "nothing" : "«\(entry)»", expected: expected)
    }
    let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let text = parts.first, let address = IPAddress(text) else {
      throw refusal("an address or a network such as 192.168.1.5, 10.0.0.0/8 or 2001:db8::/32")
    }
    guard parts.count == 2 else { return (address, address) }
    let bitCount = address.isIPv6 ? 128 : 32
    let digits = parts[1].utf8
    guard (1...3).contains(digits.count), digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(parts[1]), length <= bitCount
    else { throw refusal("a prefix length from 0 to \(bitCount) behind the slash") }
    // How many bits of each half are free; a shift by the whole width gives 0.
    let freeLow = min(bitCount - length, 64)
    let low = freeLow == 0 ? 0 : UInt64.max >> UInt64(64 - freeLow)
    let freeHigh = bitCount - length - freeLow
    let high = freeHigh == 0 ? 0 : UInt64.max >> UInt64(64 - freeHigh)
    var first = address
    first.low &= ~low
    first.high &= ~high
    guard first == address else { throw refusal("\(first)/\(length) or \(address): bits behind the prefix are set") }
    var last = address
    last.low |= low
    last.high |= high
    return (first, last)
  }

  /// The text without blanks around it.
  private static func trimmed(_ text: some StringProtocol) -> Substring {
    var text = Substring(text)
    while let first = text.first, " \t\r".contains(first) { text.removeFirst() }
    while let last = text.last, " \t\r".contains(last) { text.removeLast() }
    return text
  }
}
