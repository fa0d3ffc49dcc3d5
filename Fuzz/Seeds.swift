import Foundation
import TestSupport

/// What fuzzing begins with: every container, wrapping, link header, tunnel and document that is read, made the same each time.
enum Seeds {
  /// Writes the seeds of a target into a folder, one a file.
  static func write(of target: String, into folder: String) throws {
    let seeds: [[UInt8]] =
      switch target {
      case "container": try captures
      case "packet": frames.map { network(UInt16($0.link), UInt32($0.frame.count)) + $0.frame }
      case "flowagg": try captures.enumerated().map { [UInt8(truncatingIfNeeded: $0.offset &* 37), UInt8($0.offset % 128)] + $0.element }
      default: try documents
      }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (number, seed) in seeds.enumerated() {
      try Data(seed).write(to: URL(fileURLWithPath: folder).appending(path: "seed-\(number)"))
    }
    print("\(seeds.count) seeds in \(folder)")
  }

  private static func network(_ link: UInt16, _ byteCount: UInt32) -> [UInt8] {
    TestSupport.network {
      $0.number(link)
      $0.number(byteCount)
    }
  }

  private static let packets = [
    Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(50_000, 5432, flags: 2, sequence: 9, payload: 3)),
    Frames.ipv6("fd00::1", "fd00::2", 17, Frames.udp(50_000, 53, payload: 4)),
  ]

  /// Every link header and every tunnel around a packet, errors that quote them, fragments, extension headers.
  private static let frames: [LinkFrames.Named] = {
    var frames = packets.flatMap { packet in
      LinkFrames.all(packet)
        + TunnelFrames.all(packet).map { ($0.name, 1, Frames.ethernet(Frames.ipv4("192.0.2.1", "192.0.2.2", $0.proto, $0.bytes))) }
    }
    let quoted = packets[0], fragment = [UInt8](repeating: 7, count: 16)
    let others = [
      Frames.ipv4("10.0.0.9", "10.0.0.1", 1, Frames.icmp(3, code: 3, quoted)),
      Frames.ipv6("fd00::9", "fd00::1", 58, Frames.icmp(1, code: 4, packets[1])), Frames.ipv4("10.0.0.1", "10.0.0.2", 1, Frames.icmp(8)),
      Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(5432, 50_000, flags: 0x12), options: [7, 3, 4]),
      Frames.ipv6("fd00::1", "fd00::2", 6, Frames.tcp(50_000, 80, flags: 0x11), extensions: [0, 60, 43]),
      Frames.ipv4("10.0.0.1", "10.0.0.2", 132, Frames.sctp(1, 2)),
    ]
    var fragments: [[UInt8]] = []
    for (offset, more) in [(0, true), (3, true), (5, false)] as [(UInt16, Bool)] {
      let body = offset == 0 ? Frames.udp(1, 53, payload: 16) : fragment
      let place = Frames.Fragment(of: 77, offset: offset, more: more)
      fragments.append(Frames.ipv4("10.0.0.1", "10.0.0.2", 17, body, fragment: place))
      fragments.append(Frames.ipv6("fd00::1", "fd00::2", 17, body, fragment: place))
    }
    frames += (others + fragments).map { ("", 1, Frames.ethernet($0)) }
    return frames
  }()

  private static let start: Int64 = 1_767_225_600_000_000_000

  /// Ethernet frames a few seconds apart, forth and back.
  private static let traffic: [CapturedPacket] = frames.filter { $0.link == 1 }.enumerated().map {
    CapturedPacket(at: start + Int64($0.offset) * 700_000_000, $0.element.frame)
  }

  /// Captures in every container and wrapping, and one of each link type.
  private static var captures: [[UInt8]] {
    get throws {
      let few = Array(traffic.prefix(6))
      var captures = PcapVariant.allCases.map { pcap(few, variant: $0) } + [pcapng(few), pcap([]), pcap(traffic)]
      for wrapped in Wrapped.available {
        captures += [try wrapped.wrap(pcap(few)), try wrapped.wrap(pcap(few)) + wrapped.wrap([]), try wrapped.wrap(pcapng(few))]
      }
      for link in Set(frames.map(\.link)).sorted() where link != 1 {
        captures.append(
          pcap(
            frames.filter { $0.link == link }.enumerated().map { CapturedPacket(at: start + Int64($0.offset), $0.element.frame) },
            link: link))
      }
      // Frames by groups, so that one change reaches what comes after it.
      for first in stride(from: 0, to: traffic.count, by: 8) {
        captures.append(pcap(Array(traffic[first..<min(first + 8, traffic.count)])))
      }
      return captures
    }
  }

  /// Every kind of block.
  private static func pcapng(_ packets: [CapturedPacket]) -> [UInt8] {
    var builder = PcapngBuilder()
    for isBigEndian in [false, true] {
      builder.section(bigEndian: isBigEndian)
      builder.interface(resolution: 9, offsetSeconds: 1)
      builder.interface(link: 101)
      for (place, packet) in packets.enumerated() {
        switch place % 3 {
        case 0: builder.packet(units: UInt64(packet.timeNanoseconds), packet.frame, comment: "hello")
        case 1: builder.simplePacket(packet.frame)
        default: builder.obsoletePacket(units: UInt64(packet.timeNanoseconds), packet.frame)
        }
      }
      for type in [4, 5, 9, 10, 0x0BAD] as [UInt32] { builder.block(type) { $0.raw([0, 1, 0, 8, 10, 0, 0, 1, 0x64, 0x62, 0x31, 0]) } }
    }
    return builder.bytes
  }

  /// Documents of `fixtures/`, with the byte before them that says as what they are read.
  private static var documents: [[UInt8]] {
    get throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: Repository.fixture("").path).sorted()
      return try names.flatMap { name -> [[UInt8]] in
        if name.hasSuffix(".edges.ndjson") {
          let bytes = try Repository.fixtureBytes(name)
          return [[0] + bytes, [2] + bytes]
        }
        guard name.hasSuffix(".yaml") || name.hasSuffix(".json") else { return [] }
        return [[1] + (try Repository.fixtureBytes(name))]
      }
    }
  }
}
