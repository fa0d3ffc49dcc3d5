/// A packet of a capture that a test builds.
public struct CapturedPacket: Sendable {
  /// Nanoseconds since the epoch; containers of microseconds round it down.
  public var timeNanoseconds: Int64
  /// The captured bytes.
  public var frame: [UInt8]
  /// The length on the wire.
  public var originalByteCount: Int

  /// A frame at a time, captured whole unless a longer original is told.
  public init(at timeNanoseconds: Int64, _ frame: [UInt8], originalByteCount: Int? = nil) {
    self.timeNanoseconds = timeNanoseconds
    self.frame = frame
    self.originalByteCount = originalByteCount ?? frame.count
  }
}

/// The variants of the classic pcap format.
public enum PcapVariant: CaseIterable, Sendable {
  case microseconds, microsecondsSwapped, nanoseconds, nanosecondsSwapped, modified, modifiedSwapped
  /// netsniff-ng's own, and those of IXIA's hardware and software.
  case netsniff, netsniffSwapped, ixiaHardware, ixiaSoftwareSwapped

  var magic: UInt32 {
    switch self {
    case .microseconds, .microsecondsSwapped: 0xA1B2_C3D4
    case .nanoseconds, .nanosecondsSwapped: 0xA1B2_3C4D
    case .modified, .modifiedSwapped: 0xA1B2_CD34
    case .netsniff, .netsniffSwapped: 0xA1E2_CB12
    case .ixiaHardware: 0x1C00_01AC
    case .ixiaSoftwareSwapped: 0x1C00_01AB
    }
  }
  /// Whether its numbers have their highest byte first.
  public var isBigEndian: Bool {
    [.microsecondsSwapped, .nanosecondsSwapped, .modifiedSwapped, .netsniffSwapped, .ixiaSoftwareSwapped].contains(self)
  }
  /// How many nanoseconds the fraction counts in.
  public var unitNanoseconds: Int64 { [.nanoseconds, .nanosecondsSwapped, .netsniff, .netsniffSwapped].contains(self) ? 1 : 1000 }
  /// How long the header before each packet is.
  public var recordHeaderByteCount: Int { [.modified, .modifiedSwapped, .netsniff, .netsniffSwapped].contains(self) ? 24 : 16 }
  var isIXIA: Bool { self == .ixiaHardware || self == .ixiaSoftwareSwapped }
}

/// A capture in the classic pcap format.
public func pcap(
  _ packets: [CapturedPacket], variant: PcapVariant = .nanoseconds, link: UInt16 = 1, snapLength: UInt32 = 262_144,
  version: (major: UInt16, minor: UInt16) = (2, 4), swapsLengths: Bool = false
) -> [UInt8] {
  var bytes = NetworkBytes(bigEndian: variant.isBigEndian)
  bytes.number(variant.magic)
  bytes.number(version.major)
  bytes.number(version.minor)
  bytes.number(UInt64(0))
  bytes.number(snapLength)
  bytes.number(UInt32(link))
  if variant.isIXIA {
    bytes.number(packets.reduce(0) { $0 + UInt32(variant.recordHeaderByteCount + $1.frame.count) })
  }
  for packet in packets {
    bytes.number(UInt32(packet.timeNanoseconds / 1_000_000_000))
    bytes.number(UInt32(packet.timeNanoseconds % 1_000_000_000 / variant.unitNanoseconds))
    let lengths = (UInt32(packet.frame.count), UInt32(packet.originalByteCount))
    bytes.number(swapsLengths ? lengths.1 : lengths.0)
    bytes.number(swapsLengths ? lengths.0 : lengths.1)
    if variant.recordHeaderByteCount == 24 { bytes.number(UInt64(0)) }
    bytes.raw(packet.frame)
  }
  return bytes.bytes
}

/// A capture in the pcapng format, block by block.
public struct PcapngBuilder: Sendable {
  /// What was built so far.
  public private(set) var bytes: [UInt8] = []
  private var isBigEndian = false

  /// Nothing yet: a section comes first.
  public init() {}

  /// Begins a section, whose numbers are in the given order.
  public mutating func section(bigEndian: Bool = false, major: UInt16 = 1) {
    isBigEndian = bigEndian
    block(0x0A0D_0D0A) { body in
      body.number(UInt32(0x1A2B_3C4D))
      body.number(major)
      body.number(UInt16(0))
      body.number(UInt64.max)
    }
  }

  /// Describes an interface: `resolution` and `offsetSeconds` become options where they are given.
  public mutating func interface(link: UInt16 = 1, snapLength: UInt32 = 0, resolution: UInt8? = nil, offsetSeconds: Int64? = nil) {
    block(1) { body in
      body.number(link)
      body.number(UInt16(0))
      body.number(snapLength)
      // if_name, which readers skip.
      body.number(UInt16(2))
      body.number(UInt16(3))
      body.raw(Array("eth".utf8) + [0])
      if let resolution {
        body.number(UInt16(9))
        body.number(UInt16(1))
        body.raw([resolution, 0, 0, 0])
      }
      if let offsetSeconds {
        body.number(UInt16(14))
        body.number(UInt16(8))
        body.number(offsetSeconds)
      }
      if resolution != nil || offsetSeconds != nil { body.number(UInt32(0)) }
    }
  }

  /// A packet in an enhanced packet block, its time in the interface's own units.
  public mutating func packet(units: UInt64, _ frame: [UInt8], interface: UInt32 = 0, originalByteCount: Int? = nil, comment: String? = nil)
  {
    block(6) { body in
      body.number(interface)
      body.number(UInt32(units >> 32))
      body.number(UInt32(truncatingIfNeeded: units))
      body.number(UInt32(frame.count))
      body.number(UInt32(originalByteCount ?? frame.count))
      body.raw(frame)
      body.pad()
      if let comment {
        body.number(UInt16(1))
        body.number(UInt16(comment.utf8.count))
        body.raw(Array(comment.utf8))
        body.pad()
        body.number(UInt32(0))
      }
    }
  }

  /// A packet in the obsolete packet block.
  public mutating func obsoletePacket(units: UInt64, _ frame: [UInt8], interface: UInt16 = 0) {
    block(2) { body in
      body.number(interface)
      body.number(UInt16(0xFFFF))
      body.number(UInt32(units >> 32))
      body.number(UInt32(truncatingIfNeeded: units))
      body.number(UInt32(frame.count))
      body.number(UInt32(frame.count))
      body.raw(frame)
      body.pad()
    }
  }

  /// A packet in a simple packet block: it has no time.
  public mutating func simplePacket(_ frame: [UInt8], originalByteCount: Int? = nil) {
    block(3) { body in
      body.number(UInt32(originalByteCount ?? frame.count))
      body.raw(frame)
      body.pad()
    }
  }

  /// A block of any type; `lengthAtEnd` lies about its length behind it.
  public mutating func block(_ type: UInt32, lengthAtEnd: UInt32? = nil, _ build: (inout NetworkBytes) -> Void) {
    var body = NetworkBytes(bigEndian: isBigEndian)
    build(&body)
    body.pad()
    var whole = NetworkBytes(bigEndian: isBigEndian)
    let length = UInt32(body.bytes.count + 12)
    whole.number(type)
    whole.number(length)
    whole.raw(body.bytes)
    whole.number(lengthAtEnd ?? length)
    bytes += whole.bytes
  }

  /// Bytes as they are.
  public mutating func raw(_ more: [UInt8]) { bytes += more }
}
