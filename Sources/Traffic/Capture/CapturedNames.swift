import ByteReading

/// An address as a capture's name records hold it.
public struct NamedAddress: Hashable, Sendable, Comparable {
  /// Whether it is an IPv6 address.
  public var isIPv6: Bool
  /// The upper 64 bits; 0 for IPv4.
  public var high: UInt64
  /// The lower 64 bits; for IPv4 the address is in the lowest 32.
  public var low: UInt64

  /// IPv4 before IPv6, then by number.
  public static func < (a: NamedAddress, b: NamedAddress) -> Bool {
    if a.isIPv6 != b.isIPv6 { return b.isIPv6 }
    return a.high != b.high ? a.high < b.high : a.low < b.low
  }
}

/// The names that captures give to addresses (pcapng name resolution blocks), in bounded memory.
///
/// What is kept depends on what was given alone, never on its order: of an address the 64 names that come first by their UTF-8 bytes, of all
/// addresses the lowest 65,536 and no more of them than 16 MiB of names. A name of more than 255 bytes is none (RFC 1035 §2.3.4).
public final class CapturedNames {
  private var byAddress: [NamedAddress: [String]] = [:]
  private var byteCount = 0
  static let nameByteCountMax = 255
  /// So many names of an address are told apart.
  public static let nameCountMax = 64
  static let addressCountMax = 65_536
  static let byteCountMax = 16 * 1024 * 1024

  /// No names.
  public init() {}

  /// All addresses with their names, both in order.
  public var sorted: [(address: NamedAddress, names: [String])] {
    trim()
    return byAddress.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Reads the records of a name resolution block: addresses with names that end in NUL. Records of other types are passed over.
  func take(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ order: ByteOrder) throws(Contradiction) {
    var place = start
    while place + 4 <= end {
      let type = bytes.number16(at: place, order)
      let length = Int(bytes.number16(at: place + 2, order))
      if type == 0 { return }
      place += 4
      guard place + length <= end else {
        throw Contradiction(reason: "found a name record of \(length) bytes where \(end - place) are left of its block")
      }
      if type == 1, length >= 4 {
        add(
          NamedAddress(isIPv6: false, high: 0, low: UInt64(bytes.bigEndian32(at: place))), bytes.extracting((place + 4)..<(place + length)))
      }
      if type == 2, length >= 16 {
        let address = NamedAddress(isIPv6: true, high: bytes.bigEndian64(at: place), low: bytes.bigEndian64(at: place + 8))
        add(address, bytes.extracting((place + 16)..<(place + length)))
      }
      place += (length + 3) / 4 * 4
    }
  }

  private func add(_ address: NamedAddress, _ names: Span<UInt8>) {
    var name: [UInt8] = []
    for place in 0...names.count {
      let byte = place < names.count ? names[place] : 0
      if byte == 0 {
        if !name.isEmpty { add(String(decoding: name, as: UTF8.self), to: address) }
        name.removeAll(keepingCapacity: true)
      } else if name.count <= Self.nameByteCountMax {
        name.append(byte)
      }
    }
  }

  /// Adds one name to an address.
  func add(_ name: String, to address: NamedAddress) {
    guard name.utf8.count <= Self.nameByteCountMax else { return }
    var names = byAddress[address] ?? []
    let place = names.firstIndex { !$0.utf8.lexicographicallyPrecedes(name.utf8) } ?? names.count
    guard place < Self.nameCountMax, place == names.count || !names[place].utf8.elementsEqual(name.utf8) else { return }
    byAddress[address] = nil
    names.insert(name, at: place)
    byteCount += name.utf8.count
    if names.count > Self.nameCountMax, let last = names.popLast() { byteCount -= last.utf8.count }
    byAddress[address] = names
    if byAddress.count > 2 * Self.addressCountMax || byteCount > 2 * Self.byteCountMax { trim() }
  }

  /// Gives up the highest addresses where there is too much.
  private func trim() {
    guard byAddress.count > Self.addressCountMax || byteCount > Self.byteCountMax else { return }
    var kept: [NamedAddress: [String]] = [:]
    var keptByteCount = 0
    for (address, names) in byAddress.sorted(by: { $0.key < $1.key }).prefix(Self.addressCountMax) {
      let count = names.reduce(0) { $0 + $1.utf8.count }
      if keptByteCount + count > Self.byteCountMax { break }
      keptByteCount += count
      kept[address] = names
    }
    (byAddress, byteCount) = (kept, keptByteCount)
  }
}
