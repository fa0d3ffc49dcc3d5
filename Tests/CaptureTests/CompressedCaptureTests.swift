import Capture
import TestSupport
import Testing

@Suite struct CompressedCaptureTests {
  private static let bytes = pcap(SmallCaptures.packets)
  /// RFC 8878 §3.1.2: eight bytes that are to be passed over.
  private static let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 8, 0, 0, 0] + [UInt8](repeating: 0xEE, count: 8)

  @Test(arguments: Wrapped.available) func severalMembersOrFramesAreOneCapture(_ wrapped: Wrapped) throws {
    for cut in [1, 4, 23, 24, 100] {
      let parts = try wrapped.wrap(Array(Self.bytes[..<cut])) + wrapped.wrap(Array(Self.bytes[cut...]))
      let capture = try ReadCapture(file: parts)
      #expect(capture.packets == SmallCaptures.expected, "cut at \(cut): \(String(describing: capture.damage))")
      #expect(capture.damage == nil)
    }
  }

  @Test func skippableFramesArePassedOver() throws {
    let first = try Wrapped.zstandard.wrap(Array(Self.bytes[..<50])), second = try Wrapped.zstandard.wrap(Array(Self.bytes[50...]))
    let capture = try ReadCapture(file: Self.skippable + first + Self.skippable + second + Self.skippable)
    #expect(capture.packets == SmallCaptures.expected)
    #expect(capture.damage == nil)
  }

  @Test(arguments: Wrapped.available) func anEmptyMemberOrFrameIsAnEmptyCapture(_ wrapped: Wrapped) throws {
    #expect(try ReadCapture(file: wrapped.wrap([])).damage?.reason == "found an empty file, expected a capture")
  }

  @Test(arguments: Wrapped.available) func everyLengthAroundTheBlockSizeIsReadToItsLastByte(_ wrapped: Wrapped) throws {
    // Well compressible content leaves much inside the decompressor when the block is full and the input has ended.
    for payload in stride(from: 262_144 - 340, through: 262_144 + 300, by: 1) where payload % 16 == 4 || abs(payload - 262_104) < 24 {
      let packet = CapturedPacket(at: SmallCaptures.start, [UInt8](repeating: 0, count: payload))
      let capture = try ReadCapture(file: wrapped.wrap(pcap([packet], snapLength: 1_000_000)))
      #expect(capture.damage == nil, "payload of \(payload)")
      #expect(capture.packets.first?.frame.count == payload)
    }
  }

  @Test func anyCompressedSizeAndContentIsReadWhole() throws {
    var random = SeededRandom(seed: 5)
    for round in 0..<12 {
      let packets = (0..<Int.random(in: 1...40, using: &random)).map { number in
        let count = Int.random(in: 0...30_000, using: &random), isNoise = Bool.random(using: &random)
        return CapturedPacket(
          at: Int64(number), (0..<count).map { isNoise ? UInt8.random(in: 0...255, using: &random) : UInt8(truncatingIfNeeded: $0 / 300) })
      }
      let bytes = pcap(packets)
      for wrapped in Wrapped.available {
        #expect(try ReadCapture(file: wrapped.wrap(bytes)) == ReadCapture(bytes), "seed 5, round \(round)")
      }
    }
  }
}
