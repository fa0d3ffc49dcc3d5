import ByteStreams
import Capture
import TestSupport

/// What a reader handed out of one capture.
struct ReadCapture: Equatable {
  struct Packet: Equatable {
    var timeNanoseconds: Int64
    var frame: [UInt8]
    var originalByteCount: UInt32
    var link: UInt16
    var hasNoTime = false
  }

  var packets: [Packet] = []
  var damage: CaptureDamage?
  var container: CaptureReader.Container
  var links: Set<UInt16>
  var losses: CaptureCounters
  var skippedBlockCount: UInt64
  var names: [String]

  /// Reads a source to its end.
  init(_ source: any ByteSource) {
    let reader = CaptureReader(source)
    while reader.fill() {
      for record in reader.records[..<reader.count] {
        let start = Int(record.offset)
        packets.append(
          Packet(
            timeNanoseconds: record.timeNanoseconds, frame: Array(reader.block.bytes[start..<(start + Int(record.capturedByteCount))]),
            originalByteCount: record.originalByteCount, link: record.link, hasNoTime: record.hasNoTime))
      }
    }
    damage = reader.damage
    container = reader.container
    links = reader.links
    losses = reader.losses
    skippedBlockCount = reader.skippedBlockCount
    names = reader.names.sorted.map { address, names in
      "\(address.isIPv6 ? "6" : "4"):\(String(address.high, radix: 16)):\(String(address.low, radix: 16))=\(names.joined(separator: ","))"
    }
  }

  /// Reads bytes in memory, in pieces where asked.
  init(_ bytes: [UInt8], pieceByteCount: Int = .max) { self.init(MemorySource(bytes, pieceByteCount: pieceByteCount)) }

  /// Reads a file, whatever it is wrapped in.
  init(file bytes: [UInt8]) throws {
    let scratch = try Scratch()
    self.init(try openSource(path: try scratch.write("capture", bytes)))
  }
}

/// Captures of a few packets of different lengths, in every container.
enum SmallCaptures {
  /// 2026-01-01T00:00:00Z.
  static let start: Int64 = 1_767_225_600_000_000_000

  static let packets = (0..<5).map { number in
    CapturedPacket(
      at: start + Int64(number) * 1_500_000_000,
      Frames.ethernet(Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(1000 + UInt16(number), 53, payload: number * 7))),
      originalByteCount: number == 3 ? 1500 : nil)
  }

  /// What every container of `packets` must give.
  static let expected = packets.map {
    ReadCapture.Packet(timeNanoseconds: $0.timeNanoseconds, frame: $0.frame, originalByteCount: UInt32($0.originalByteCount), link: 1)
  }

  /// The same packets in pcapng, in sections of both byte orders, among blocks of other types.
  static let pcapng: [UInt8] = {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.block(4) { $0.number(UInt32(0)) }
    for packet in packets[..<2] { builder.packet(units: UInt64(packet.timeNanoseconds / 1000), packet.frame, comment: "hello") }
    builder.section(bigEndian: true)
    builder.interface(resolution: 9)
    builder.block(0x0000_0BAD) { $0.raw([1, 2, 3, 4]) }
    for packet in packets[2...] {
      builder.packet(units: UInt64(packet.timeNanoseconds), packet.frame, originalByteCount: packet.originalByteCount)
    }
    builder.block(5) { for _ in 0..<3 { $0.number(UInt32(0)) } }
    return builder.bytes
  }()
}
