import ByteStreams
import Capture
import Foundation
import Interchange
import Packets
import TestSupport
import Testing

/// Where tshark is installed.
private enum Tshark {
  static let path = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Holds the innermost packet of every frame with tunnels against what tshark finds in it.
///
/// Needs the captures of `HOLDFAST_DATA` and tshark; without either these tests are skipped and say so.
@Suite(.enabled(if: Repository.data != nil && Tshark.path != nil, "no folder of captures, or no tshark"))
struct InnermostAgreementTests {
  /// What we read on purpose otherwise than tshark, by the end of the capture's path.
  static let knownDifferences = [
    "24_ipv4_gre_v0_6400_wrong_version_key.pcap": "Ethernet over IP has version 1 of GRE; its maker calls this the wrong version"
  ]

  /// The ends of a packet as text.
  struct Ends: Equatable, CustomStringConvertible {
    var source: String
    var destination: String
    var ports: String?
    var byteCount: Int?
    var description: String { "\(source) > \(destination) \(ports ?? "") \(byteCount ?? -1)" }
  }

  @Test func theInnermostPacketIsThatOfTshark() throws {
    var compared = 0, tunnelled = 0
    for path in try captures() {
      let ours = try Self.ours(path)
      for (number, layers) in try Self.theirs(path) {
        guard layers.count > 1, let theirs = layers.last, ours.indices.contains(number - 1) else { continue }
        tunnelled += 1
        guard !Self.knownDifferences.keys.contains(where: { path.hasSuffix($0) }) else { continue }
        compared += 1
        let (found, isFirstFragment) = ours[number - 1]
        var expected = theirs
        // What a first fragment holds of the packet inside, where tshark gives the whole packet's length.
        if isFirstFragment || expected.byteCount == nil { expected.byteCount = found.byteCount }
        if expected.ports == nil { expected.ports = found.ports }
        #expect(found == expected, "\(path) frame \(number)")
      }
    }
    print("innermost packets as tshark finds them: \(compared) of \(tunnelled) frames with tunnels compared")
    #expect(compared > 1500)
  }

  private func captures() throws -> [String] {
    let folder = try #require(Repository.data)
    let table = try String(contentsOf: folder.appending(path: "MANIFEST.tsv"), encoding: .utf8)
    return table.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let names = ["\"tunnelled\":", "\"tunnelled\": "]
      let isTunnelled = names.contains { name in
        line.ranges(of: name).contains { line[$0.upperBound...].first.map { "123456789".contains($0) } == true }
      }
      return isTunnelled && cells[0].hasPrefix("pcap/") ? folder.appending(path: cells[0]).path : nil
    }
  }

  private static func ours(_ path: String) throws -> [(Ends, isFirstFragment: Bool)] {
    let reader = CaptureReader(try openSource(path: path))
    var all: [(Ends, Bool)] = []
    while reader.fill() {
      let bytes = reader.block.bytes
      for record in reader.records[..<reader.count] {
        let start = Int(record.offset)
        let frame = bytes.span.extracting(start..<(start + Int(record.capturedByteCount)))
        let outer = PacketSummary(
          frame: frame, link: record.link, originalByteCount: record.originalByteCount, timeNanoseconds: record.timeNanoseconds)
        let innermost = outer.carried(in: frame, originalByteCount: record.originalByteCount) ?? outer
        all.append((ends(innermost), outer.kind == .firstFragment))
      }
    }
    return all
  }

  private static func ends(_ packet: PacketSummary) -> Ends {
    func text(_ high: UInt64, _ low: UInt64) -> String {
      packet.isIPv6 ? "\(IPAddress(high: high, low: low))" : "\(IPAddress(v4: UInt32(truncatingIfNeeded: low)))"
    }
    let hasPorts = (packet.proto == 6 || packet.proto == 17) && packet.kind != .laterFragment
    return Ends(
      source: text(packet.sourceHigh, packet.sourceLow), destination: text(packet.destinationHigh, packet.destinationLow),
      ports: hasPorts ? "\(packet.sourcePort) \(packet.destinationPort)" : nil, byteCount: Int(packet.ipByteCount))
  }

  /// The IP headers of each frame from the outermost on; those quoted by ICMP are none.
  private static func theirs(_ path: String) throws -> [Int: [Ends]] {
    let fields = [
      "frame.number", "frame.protocols", "ip.src", "ip.dst", "ip.len", "ipv6.src", "ipv6.dst", "ipv6.plen", "tcp.srcport", "tcp.dstport",
      "udp.srcport", "udp.dstport",
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Tshark.path))
    process.arguments =
      ["-r", path, "-n", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-T", "fields", "-E", "aggregator=|"]
      + fields.flatMap { ["-e", $0] }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var frames: [Int: [Ends]] = [:]
    for line in output.split(separator: "\n") {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map { $0.split(separator: "|").map(String.init) }
      guard cells.count == fields.count, let number = cells[0].first.flatMap({ Int($0) }), let protocols = cells[1].first else { continue }
      frames[number] = layers(protocols.split(separator: ":").map(String.init), cells)
    }
    return frames
  }

  private static func layers(_ protocols: [String], _ cells: [[String]]) -> [Ends] {
    var layers: [Ends] = []
    var next = ["ip": 0, "ipv6": 0, "tcp": 0, "udp": 0]
    for name in protocols {
      if name.hasPrefix("icmp"), !layers.isEmpty { break }
      guard let place = next[name] else { continue }
      next[name] = place + 1
      func cell(_ column: Int) -> String? { cells[column].indices.contains(place) ? cells[column][place] : nil }
      switch name {
      case "tcp", "udp":
        let first = name == "tcp" ? 8 : 10
        if !layers.isEmpty, let source = cell(first), let destination = cell(first + 1) {
          layers[layers.count - 1].ports = "\(source) \(destination)"
        }
      default:
        let first = name == "ip" ? 2 : 5
        guard let source = cell(first), let destination = cell(first + 1) else { continue }
        let length = cell(first + 2).flatMap { Int($0) }.map { name == "ip" ? $0 : $0 + 40 }
        layers.append(Ends(source: source, destination: destination, ports: nil, byteCount: length))
      }
    }
    return layers
  }
}
