import ByteStreams
import Capture
import TestSupport

/// Bytes as a capture, in whatever they are wrapped, to its end.
enum ContainerTarget {
  @Sendable static func run(_ bytes: [UInt8]) {
    if let source = try? openSource(path: InputFile.path(of: bytes)) { _ = read(source) }
    // In what pieces the bytes come never matters.
    let whole = read(MemorySource(bytes))
    claim(whole.contentByteCount <= bytes.count, "\(whole.contentByteCount) bytes of packets from \(bytes.count)")
    claim(read(MemorySource(bytes, pieceByteCount: 1 + Int(bytes.first ?? 0) % 37)) == whole, "pieces differ from the whole")
  }

  struct Outcome: Equatable {
    var packetCount = 0
    var contentByteCount = 0
    var lastTimeNanoseconds: Int64 = 0
    var digest: UInt64 = 0
    var damage: CaptureDamage?
    var links: Set<UInt16> = []
  }

  private static func read(_ source: any ByteSource) -> Outcome {
    var outcome = Outcome()
    let reader = CaptureReader(source)
    while reader.fill() {
      claim(reader.count > 0 && reader.count <= CaptureReader.batchCount, "a batch of \(reader.count)")
      for record in reader.records[..<reader.count] {
        let start = Int(record.offset), end = start + Int(record.capturedByteCount)
        claim(start >= 0 && end <= reader.block.end, "a packet from \(start) to \(end) of \(reader.block.end)")
        claim(record.timeNanoseconds.magnitude < 1 << 62, "a time of \(record.timeNanoseconds)")
        outcome.packetCount += 1
        outcome.contentByteCount += end - start
        outcome.lastTimeNanoseconds = record.timeNanoseconds
        for byte in reader.block.bytes[start..<end] { outcome.digest = outcome.digest &* 31 &+ UInt64(byte) }
      }
    }
    claim(!reader.fill(), "packets after the end")
    outcome.damage = reader.damage
    outcome.links = reader.links
    return outcome
  }
}
